/** Runtimes whose fork servers are up. */
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import type { LocalOptions } from '../../src/runtimes/sandbox/options.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { descendants, pidsOf } from './descendants.ts'
import { localOptions } from './local-runtime.ts'
import { makeRequest, record } from './run-recorder.ts'
import { waitFor } from './wait.ts'

/** Command line of a fork server, not of the bubblewrap around it. */
export const FORK_SERVER = /^(?!\S*bwrap ).* \/run\/exectrail\/fork-server\./
const made: Runtime[] = []

/** Process ids of the fork servers, without runs that were just forked and still have their command line. */
export function forkServers(): number[] {
  const found = descendants().filter(({ command }) => FORK_SERVER.test(command))
  const pids = new Set(found.map(({ pid }) => pid))
  return found.filter(({ parent }) => !pids.has(parent)).map(({ pid }) => pid)
}

/** A runtime that `closeMade` closes. */
export function make(change: Partial<LocalOptions>): Runtime {
  const runtime = subprocess(localOptions(change))
  made.push(runtime)
  return runtime
}

/** Ends every runtime made here. */
export async function closeMade(): Promise<void> {
  await Promise.all(made.splice(0).map((runtime) => runtime.close()))
}

/** A runtime without a pool, whose fork server for that language is up. */
export async function makeForking(language: Language, code: string): Promise<Runtime> {
  const runtime = make({ pool: { cap: 0 } })
  const before = new Set(pidsOf(FORK_SERVER))
  await record(runtime, makeRequest(language, code))
  await record(runtime, makeRequest(language, code))
  await waitFor(() => pidsOf(FORK_SERVER).some((pid) => !before.has(pid)), {
    what: 'a fork server',
  })
  await waitFor(async () => (await isForked(runtime, language)) || null, {
    what: 'a forked run',
  })
  return runtime
}

const NAMESPACES_OFF = 'cat /proc/sys/user/max_user_namespaces'
const PRINTS: Record<'bash' | 'python', string> = {
  bash: NAMESPACES_OFF,
  python: 'print(open("/proc/sys/user/max_user_namespaces").read().strip())',
}

/** A run from nothing sees the limit of its outer user namespace, a forked one that of the fork server. */
export async function isForked(runtime: Runtime, language: Language): Promise<boolean> {
  const { stdout } = await record(
    runtime,
    makeRequest(language, PRINTS[language === 'python' ? 'python' : 'bash']),
  )
  return stdout.trim() === '0'
}
