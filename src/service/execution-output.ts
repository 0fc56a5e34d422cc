import type { Executor } from '../executor/executor.ts'
import type { OutputLog } from '../executor/output-log.ts'
import type { LiveExecution } from '../executor/executions.ts'
import type { ExecutionRecord } from '../record/record.ts'
import { mapNames } from '../record/record.ts'
import type { Store } from '../store/client.ts'
import type { Scope } from '../store/scope.ts'
import { getExecution } from './get-execution.ts'
import { findLive } from './live-execution.ts'

/** What `end` says. */
export const END_FIELDS = [
  'executionId',
  'outcome',
  'errorType',
  'errorMessage',
  'exitCode',
  'signal',
  'durationMs',
  'stdoutBytes',
  'stderrBytes',
  'outputTruncated',
] as const

/** How an execution ended, in short. */
export type OutputEnd = Pick<ExecutionRecord, (typeof END_FIELDS)[number]>

/** Where a reader is: in the log of a run, whose places count bytes, or in what a record keeps. */
export type OutputPosition = { of: 'log'; place: number } | { of: 'record'; part: number } | 'end'

/** A part of the output; whoever gives its id back gets what follows. */
export type OutputPart =
  | { kind: 'stdout' | 'stderr'; id: string; text: string }
  | { kind: 'skipped'; id: string; bytes: number }
  | { kind: 'restart'; id: string }
  | { kind: 'end'; id: string; end: OutputEnd }

const RECORD_ID = /^record-(\d{1,2})$/u

/** The position that an id stands for; null for other texts. */
export function parsePosition(id: string): OutputPosition | null {
  if (id === 'end') return 'end'
  if (/^\d{1,15}$/u.test(id)) return { of: 'log', place: Number(id) }
  const part = RECORD_ID.exec(id)?.[1]
  return part === undefined ? null : { of: 'record', part: Number(part) }
}

/**
 * The output of an execution behind a position, while it runs and until it ends. A reader that falls behind gets `skipped`
 * for what is no longer kept. Of one that ended earlier: what its record keeps, after `restart` where the reader was in
 * the midst of the log.
 * @throws {ExectrailError} `not_found` when the scope has no such execution
 */
export async function openOutput(
  { store, scope, executor }: { store: Store; scope: Scope; executor: Pick<Executor, 'executions'> },
  executionId: string,
  from: Exclude<OutputPosition, 'end'>,
): Promise<AsyncIterable<OutputPart>> {
  const live = findLive(executor, scope, executionId)
  if (live !== null && live.output !== null)
    return follow(live, live.output, from.of === 'log' ? from.place : 0)
  return recorded(await getExecution({ store, scope }, executionId), from)
}

async function* follow(execution: LiveExecution, log: OutputLog, from: number): AsyncGenerator<OutputPart> {
  let place = from
  for (;;) {
    const following = log.after(place)
    if (following !== null && 'chunk' in following) {
      const { stream, text, end } = following.chunk
      yield { kind: stream, id: String(end), text }
      place = end
    } else if (following !== null) {
      yield { kind: 'skipped', id: String(following.end), bytes: following.skippedBytes }
      place = following.end
    } else if (log.closed) break
    else await log.changed()
  }
  if (execution.ended !== null) yield { kind: 'end', id: 'end', end: endOf(execution.ended.recorded) }
}

async function* recorded(
  record: OutputEnd & Pick<ExecutionRecord, 'stdout' | 'stderr'>,
  from: Exclude<OutputPosition, 'end'>,
): AsyncGenerator<OutputPart> {
  if (from.of === 'log' && from.place > 0) yield { kind: 'restart', id: 'record-0' }
  const passed = from.of === 'record' ? from.part : 0
  for (const [index, kind] of (['stdout', 'stderr'] as const).entries())
    if (index >= passed && record[kind] !== '') yield { kind, id: `record-${index + 1}`, text: record[kind] }
  yield { kind: 'end', id: 'end', end: endOf(record) }
}

function endOf(record: OutputEnd): OutputEnd {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each member is the record's own
  return mapNames(END_FIELDS, (name) => record[name]) as OutputEnd
}
