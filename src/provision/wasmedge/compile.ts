/** Compiles a language module to machine code, once for each engine and processor. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { takeLock, type Lock } from '../lock.ts'
import type { Progress } from '../progress.ts'
import { engineCommand, type Engine } from './engine.ts'
import { compiledPath, exists, type LanguageModule, type ModuleName } from './modules.ts'

const LOCK_POLL_MS = 500

/** What a compilation takes on one core of 2026, and the memory it needs at its peak. */
export const COMPILE_COST: Record<ModuleName, { seconds: number; memoryBytes: number }> = {
  quickjs: { seconds: 40, memoryBytes: 500_000_000 },
  python: { seconds: 170, memoryBytes: 2_200_000_000 },
}

export interface Compilation {
  engine: Engine
  module: LanguageModule
  progress: Progress
  /** Ends it; what was made so far is removed. */
  signal: AbortSignal
}

/**
 * Compiles at the lowest priority, one module at a time for this user. Not with `--interruptible`: that makes
 * loops 45 times slower, and a run is ended by killing its process in any case.
 * @returns path of the compiled module.
 * @throws Error when the engine fails or `signal` ends it.
 */
export async function compileModule({ engine, module, progress, signal }: Compilation): Promise<string> {
  const target = compiledPath(module, engine)
  if (await exists(target)) return target
  progress.stage('waiting for another compilation')
  const lock = await takeTurn(join(dirname(module.directory), 'compile.lock'), signal)
  // The engine writes plain machine code only for a name with this ending.
  const draft = target.replace(/\.so$/u, `.${process.pid}.so`)
  try {
    if (await exists(target)) return target
    await refuseWithoutMemory(module.name)
    await mkdir(dirname(target), { recursive: true })
    await runCompiler(engine, [join(module.directory, 'module.wasm'), draft], progress, signal)
    await rename(draft, target)
    return target
  } finally {
    await rm(draft, { force: true })
    lock.release()
  }
}

async function takeTurn(path: string, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    signal.throwIfAborted()
    const taken = await takeLock(path)
    if ('lock' in taken) return taken.lock
    await pause(LOCK_POLL_MS, undefined, { signal })
  }
}

/** Running out of memory here would hurt what else runs on this host. */
async function refuseWithoutMemory(name: ModuleName): Promise<void> {
  const needed = COMPILE_COST[name].memoryBytes
  const available = process.availableMemory()
  if (available < needed)
    throw new Error(
      `compiling ${name} needs ${gigabytes(needed)} GB of memory and ${gigabytes(available)} GB are free`,
    )
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}

const STAGES: Readonly<Record<string, string>> = {
  'verify start': 'checking',
  'optimize start': 'optimizing',
  'codegen start': 'generating code',
  'output start': 'writing',
}

async function runCompiler(
  engine: Engine,
  files: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const command = [...engineCommand(engine, engine.root ?? '/'), 'compile', ...files]
  const child = spawn('nice', ['-n', '19', ...command], {
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  let last = ''
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    last = line
    const stage = STAGES[/\[info\] (?<step>[a-z]+ [a-z]+)/u.exec(line)?.groups?.['step'] ?? '']
    if (stage !== undefined) progress.stage(stage)
  })
  child.stderr.on('data', (chunk: Buffer) => (last = chunk.toString('utf8').trim().slice(-300)))
  try {
    await once(child, 'close')
    signal.throwIfAborted()
    if (child.exitCode === 0) return
    throw new Error(`wasmedge compile ended with ${child.signalCode ?? child.exitCode}: ${last}`)
  } finally {
    signal.removeEventListener('abort', kill)
  }
}
