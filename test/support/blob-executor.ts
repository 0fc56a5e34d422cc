/** Executors whose blobs go to a directory, with references in a real Postgres. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { DirectoryBlobStore } from '../../src/blobs/directory-store.ts'
import { hasErrno } from '../../src/blobs/disk-errors.ts'
import { collect } from '../../src/blobs/format/decode.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { openBlob } from '../../src/blobs/objects.ts'
import { sourceOf, type BudgetSource } from '../../src/budgets/source.ts'
import { loadConfig } from '../../src/config.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { RuntimeExit, RuntimeIo } from '../../src/runtimes/runtime.ts'
import type { Database } from '../../src/metadata/database.ts'
import { temporaryDirectory } from './directory.ts'
import { exitWith, toyRuntime } from './toy-executor.ts'
import { waitFor } from './wait.ts'

/** What the program does. */
export type Program = (io: RuntimeIo) => Promise<Partial<RuntimeExit> | void>

export interface BlobExecutor {
  home: string
  organizationId: string
  executor: Executor
  run: (program: Program, request?: Partial<ExecutionRequest>) => ReturnType<Executor['execute']>
  /** Content from the store once it is there. */
  stored: (sha256: string | null) => Promise<Buffer>
  /** Resolves when nothing waits. */
  sent: () => Promise<unknown>
  /** Files of the spool, but for those that say who writes it. */
  spooled: () => Promise<string[]>
}

interface Options {
  env?: Record<string, string>
  home?: string
  source?: BudgetSource
}

export async function openBlobExecutor(
  database: Database | null,
  options: Options = {},
): Promise<BlobExecutor> {
  const home = options.home ?? (await freshHome())
  const config = loadConfig({ EXECTRAIL_HOME: home, ...options.env })
  let program: Program = () => Promise.resolve()
  const runtime = toyRuntime(async (_request, io) => {
    io.onRunning()
    return exitWith((await program(io)) ?? {})
  })
  const source = options.source ?? (database === null ? NO_METADATA : sourceOf(database))
  const executor = await createExecutor({ config, runtimes: [runtime], budgets: source })
  onTestFinished(() => executor.close(0).then(() => undefined))
  const organizationId = `org ${randomUUID()}`
  const store = new DirectoryBlobStore(join(home, 'blobs'))
  return {
    home,
    organizationId,
    executor,
    run(next, request = {}) {
      program = next
      return executor.execute({
        runtime: 'subprocess',
        language: 'javascript',
        code: 'toy',
        context: { organizationId },
        ...request,
      })
    },
    async stored(sha256) {
      if (sha256 === null) throw new Error('there is no blob')
      const opened = await openBlob({ store, keyring: keyringOf([]) }, { organizationId, sha256 })
      if (opened === null) throw new Error(`no object of ${sha256}`)
      return collect(opened.read(), opened.bytes)
    },
    sent: () => waitFor(() => executor.status().blobs?.waiting === 0, { what: 'blobs to be sent' }),
    spooled: () => spooledIn(home),
  }
}

export async function spooledIn(home: string): Promise<string[]> {
  const names = await namesIn(join(home, 'blobs-spool'))
  return names.filter((name) => /\.(?:blob|json|draft)$/u.test(name) && !name.endsWith('owner.json'))
}

/** All names under a directory; read again when one below it is renamed while it is read. */
async function namesIn(directory: string): Promise<string[]> {
  while (existsSync(directory)) {
    try {
      return await readdir(directory, { recursive: true })
    } catch (error) {
      if (!hasErrno(error, 'ENOENT')) throw error
    }
  }
  return []
}

async function freshHome(): Promise<string> {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  return directory.path
}

const NO_METADATA: BudgetSource = {
  database: () => Promise.resolve(null),
  budgetsOf: () => Promise.resolve([]),
  isAbsent: () => true,
  close: () => Promise.resolve(),
}

/** Prints in chunks, as a runtime that waits for each does. */
export async function print(
  io: RuntimeIo,
  text: string | Buffer,
  chunk = 65_536,
  stream: 'stdout' | 'stderr' = 'stdout',
) {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += chunk)
    await io.onOutput({ stream, bytes: bytes.subarray(at, at + chunk) })
}
