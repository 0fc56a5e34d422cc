/** What must stay unseen and untouched while hostile code runs: a secret, files, ports, a process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { ExecutionResult } from '../../src/execution.ts'

export interface Canaries {
  secret: string
  /** A host file that holds the secret, readable by all. */
  file: string
  /** A host directory everyone may write to. */
  directory: string
  /** A listener on loopback. */
  port: number
  /** A listener on an abstract unix socket, without the leading NUL. */
  abstractName: string
  /** A host process whose command line holds the secret. */
  pid: number
  /** Fails when any of them was reached. */
  check(result: ExecutionResult): void
  close(): Promise<void>
}

/** Sets them out. */
export async function setOutCanaries(): Promise<Canaries> {
  const secret = `canary-${randomBytes(12).toString('hex')}`
  const directory = await mkdtemp(join(tmpdir(), 'exectrail-canary-'))
  const file = join(directory, 'secret.txt')
  writeFileSync(file, secret, { mode: 0o644 })
  process.env['ATTACK_CANARY'] = secret
  let reached = 0
  const count = () => {
    reached += 1
  }
  const abstractName = `exectrail-${randomBytes(8).toString('hex')}`
  const tcp = await listen(createServer(count), { host: '127.0.0.1', port: 0 })
  const unix = await listen(createServer(count), { path: `\0${abstractName}` })
  const address = tcp.address()
  const bystander = spawn('/bin/sh', ['-c', 'while :; do sleep 1000; done', secret], { stdio: 'ignore' })
  return {
    secret,
    file,
    directory,
    abstractName,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    pid: bystander.pid ?? 0,
    check(result) {
      const seen = JSON.stringify([
        result.stdout,
        result.stderr,
        result.result,
        result.files,
        result.errorMessage,
      ])
      expect(seen, 'the secret got out').not.toContain(secret)
      expect(reached, 'a listener of the host was reached').toBe(0)
      expect(readFileSync(file, 'utf8'), 'a file of the host was changed').toBe(secret)
      expect(bystander.exitCode ?? bystander.signalCode, 'a process of the host was killed').toBeNull()
    },
    async close() {
      await stop(bystander)
      tcp.close()
      unix.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function listen(server: Server, where: { host: string; port: number } | { path: string }): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => resolve(server))
  })
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
