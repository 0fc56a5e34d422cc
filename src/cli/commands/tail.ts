/** `exectrail tail`: executions as they start and end, from the running service. */
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { formatMs, formatTime } from '../../format.ts'
import type { ExecutionRecord } from '../../record/record.ts'
import { escapeLine, toJsonLine } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'

export interface TailOptions extends Omit<FilterOptions, 'since' | 'from' | 'to'> {
  events?: string
  limit?: string
  json?: true
}

type LiveRecord = Partial<ExecutionRecord>

/** Prints a line for each event, until the limit or for ever. */
export async function tail(
  agent: string | undefined,
  options: TailOptions,
  terminal: Terminal,
): Promise<number> {
  const limit = readLimit(options.limit)
  const filter = toFilterQuery({ agent, ...options }, Date.now())
  const service = await findService(loadConfig())
  // Says what is wrong at once; later the stream waits for a service that restarts.
  await service.get('/v1/running', { limit: 1 })
  if (!options.json) terminal.say('Waiting for executions that start and end; Ctrl-C stops.')
  let left = limit
  for await (const { event, data } of service.stream('/v1/live', { ...filter, events: options.events })) {
    if (event === 'skipped') {
      terminal.say(
        `${String(Reflect.get(Object(data), 'skipped'))} events were skipped: they came faster than they were read`,
      )
      continue
    }
    const record: LiveRecord = Object(data)
    await terminal.data(options.json ? toJsonLine({ event, ...record }) : renderLine(event, record, terminal))
    left -= 1
    if (left <= 0) return 0
  }
  return 0
}

function readLimit(given: string | undefined): number {
  if (given === undefined) return Infinity
  if (/^[1-9]\d{0,8}$/u.test(given)) return Number(given)
  throw new InvalidRequestError([{ path: '--limit', message: `${given} is not a count from 1 on` }])
}

function renderLine(event: string, record: LiveRecord, terminal: Terminal): string {
  const { outcome = null, startedAt = null, timestamp = null, language = '', runtime = '' } = record
  const ended = event === 'execution'
  const state = ended ? String(outcome) : 'started'
  const style = !ended ? 'dim' : outcome === 'success' ? 'green' : 'red'
  const columns = [
    formatTime(ended ? timestamp : startedAt),
    terminal.paint(style, state.padEnd(9), 'stdout'),
    `${language} in ${runtime}`.padEnd(24),
    (ended ? formatMs(record.durationMs ?? null) : '').padStart(9),
    escapeLine(record.codeAgentId ?? '–', 24).padEnd(16),
    escapeLine(record.executionId ?? '', 40),
    escapeLine(record.errorMessage ?? record.errorType ?? '', Math.max(20, terminal.columns - 120)),
  ]
  return columns.join('  ').trimEnd()
}
