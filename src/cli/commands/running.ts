/** `exectrail running`: what waits and runs now, from the running service. */
import { setTimeout as pause } from 'node:timers/promises'
import { loadConfig } from '../../config.ts'
import { formatMs, formatTime } from '../../format.ts'
import type { Running } from '../../service/list-running.ts'
import type { RunningView } from '../../service/live-execution.ts'
import { toJson, toJsonLine } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface RunningOptions extends Omit<FilterOptions, 'since' | 'from' | 'to' | 'outcome' | 'search'> {
  limit: string
  watch?: true
  json?: true
}

const WATCH_EVERY_MS = 1_000
const CLEAR_SCREEN = '\u001B[H\u001B[2J'

/** Prints the list once, or every second. */
export async function running(options: RunningOptions, terminal: Terminal): Promise<number> {
  const query = { ...toFilterQuery(options, Date.now()), limit: options.limit }
  const service = await findService(loadConfig())
  for (;;) {
    const list = await service.get<Running>('/v1/running', query)
    const clear = options.watch && process.stdout.isTTY ? CLEAR_SCREEN : ''
    if (options.json) await terminal.data(options.watch ? toJsonLine(list) : toJson(list))
    else if (list.data.length > 0) await terminal.data(`${clear}${renderRunning(list)}`)
    else {
      if (clear !== '') await terminal.data(clear)
      terminal.say('Nothing waits or runs.')
      if (!options.watch)
        terminal.say(
          'Run something with `exectrail run` or POST /v1/executions; `exectrail logs` shows what ended.',
        )
    }
    if (!options.watch) return 0
    await pause(WATCH_EVERY_MS)
  }
}

function renderRunning({ data, counts, truncated }: Running): string {
  const { queued, starting, running: active, elsewhere } = counts
  const more = truncated ? '; more with --limit' : ''
  const summary = `${active} running, ${starting} starting, ${queued} queued here; ${elsewhere} in other executors${more}`
  const table = renderTable(
    [
      { title: 'started (UTC)' },
      { title: 'phase' },
      { title: 'for', align: 'right' },
      { title: 'language' },
      { title: 'runtime' },
      { title: 'agent', max: 24 },
      { title: 'execution' },
    ],
    data.map((row) => [
      formatTime(row.startedAt),
      phaseOf(row),
      formatMs(row.elapsedMs),
      row.language,
      row.runtime,
      row.codeAgentId,
      row.executionId,
    ]),
  )
  return `${table}\n\n${summary}`
}

function phaseOf({ phase, queuePosition, cancelRequested }: RunningView): string {
  if (cancelRequested) return 'cancelling'
  if (phase === null) return 'elsewhere'
  return queuePosition === null ? phase : `${phase} (${queuePosition})`
}
