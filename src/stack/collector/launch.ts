/** The Collector as a supervised process. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ProcessSpec } from '../process.ts'
import type { CollectorProgram } from '../../provision/collector/program.ts'
import { listBackups, setAsideBroken } from './queue-files.ts'
import { QueueDiskGuard, UNSIZED } from './queue-disk-guard.ts'
import { environmentOf, fragmentsOf, type CollectorSettings } from './settings.ts'

const READY_TIMEOUT_MS = 60_000
/** Short, because it would wait for a sink that hangs; its data stays in the queue. */
const GRACE_MS = 3_000

export interface CollectorPaths {
  queueDirectory: string
  logFile: string
  /**
   * ms to wait for the store before each start. The exporters read the columns of the tables only at start; if the store
   * is down then, events lose their name.
   */
  storePatienceMs: number
  report: (line: string) => void
}

/**
 * How to start and watch the Collector. Before each start it sets corrupt queue files aside. The Collector runs only while
 * the disk has space for its queue.
 */
export function collectorSpec(
  program: CollectorProgram,
  settings: CollectorSettings,
  { queueDirectory, logFile, storePatienceMs, report }: CollectorPaths,
): ProcessSpec {
  const { command, args, env } = sizedProgram(program, settings, queueDirectory)
  const sinks = settings.signoz.otlpEndpoint === null ? 'clickhouse' : 'both'
  const guard = new QueueDiskGuard(queueDirectory, { sinks, env, report })
  let backups: Set<string> | null = null
  return {
    name: 'Collector',
    command,
    args,
    env,
    logFile,
    readyTimeoutMs: READY_TIMEOUT_MS,
    graceMs: GRACE_MS,
    stopReason: () => guard.stopReason(),
    async prepare(stopping) {
      await guard.waitForSpace(stopping)
      for (const line of await setAsideBroken(queueDirectory)) report(`Collector: ${line}`)
      backups = new Set(await listBackups(queueDirectory))
      await waitForStore(settings.clickhouse.url, storePatienceMs, stopping)
    },
    async ready() {
      const answer = await fetch(`http://127.0.0.1:${settings.ports.health}/`, {
        signal: AbortSignal.timeout(1_000),
      })
      if (!answer.ok) return false
      const made = (await listBackups(queueDirectory)).filter((name) => backups?.has(name) === false)
      for (const name of made)
        report(`Collector: it set a corrupt queue file aside as ${queueDirectory}/${name}`)
      return true
    },
  }
}

/** The command, with a mutable environment, because the queue sizes may change at each start. */
function sizedProgram(
  program: CollectorProgram,
  settings: CollectorSettings,
  queueDirectory: string,
): { command: string; args: readonly string[]; env: Record<string, string> } {
  const { command, args, env } = program.command({
    fragments: fragmentsOf(settings),
    env: { ...environmentOf(settings), ...UNSIZED },
    queueDirectory,
  })
  return { command, args, env: { ...env } }
}

async function waitForStore(url: string, patienceMs: number, stopping: AbortSignal): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (Date.now() < deadline && !stopping.aborted && !(await pings(url))) await pause(100)
}

async function pings(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(1_000) }).catch(() => null)
  return answer?.ok === true
}
