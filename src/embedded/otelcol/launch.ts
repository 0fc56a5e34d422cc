/** The Collector as a supervised process. */
import type { ProcessSpec } from '../process.ts'
import type { CollectorProgram } from './program.ts'
import { listBackups, setAsideBroken } from './queue-files.ts'
import { environmentOf, fragmentsOf, type CollectorSettings } from './settings.ts'

const READY_TIMEOUT_MS = 60_000

export interface CollectorPlace {
  queueDirectory: string
  logFile: string
  report: (line: string) => void
}

/** How to start and watch the Collector. Before each start broken queue files are set aside, with a line each. */
export function collectorSpec(
  program: CollectorProgram,
  settings: CollectorSettings,
  { queueDirectory, logFile, report }: CollectorPlace,
): ProcessSpec {
  const { command, args, env } = program.command({
    fragments: fragmentsOf(settings),
    env: environmentOf(settings),
    queueDirectory,
  })
  let backups: Set<string> | null = null
  return {
    name: 'Collector',
    command,
    args,
    env,
    logFile,
    readyTimeoutMs: READY_TIMEOUT_MS,
    async prepare() {
      for (const line of await setAsideBroken(queueDirectory)) report(`Collector: ${line}`)
      backups = new Set(await listBackups(queueDirectory))
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
