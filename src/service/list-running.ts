import { InvalidRequestError } from '../errors.ts'
import type { Executor } from '../executor/executor.ts'
import type { Phase } from '../executor/executions.ts'
import type { Store } from '../store/client.ts'
import type { Filter } from '../store/filter.ts'
import { compileFilter, fieldsOf } from '../store/match-filter.ts'
import { getRunning } from '../store/queries/running.ts'
import { includes, type Scope } from '../store/scope.ts'
import { RUNNING_FIELDS, viewElsewhere, viewRunning, type RunningView } from './live-execution.ts'
import { STARTED_FIELDS } from './live/live-events.ts'
import { GRACE_MS } from './reconcile.ts'

/** What waits and runs, the oldest first. */
export interface Running {
  data: readonly RunningView[]
  /** All of this service's, by phase, and those of other executors that are listed. */
  counts: Record<Phase | 'elsewhere', number>
  /** True where more run than are listed. */
  truncated: boolean
}

interface RunningParts {
  store: Store
  scope: Scope
  executor: Pick<Executor, 'executions' | 'peers' | 'status'>
}

/**
 * Executions that wait or run: those of this process, current, and those that other executors of the store began
 * and did not end. An executor that is gone, or a time limit that has passed, ends them here too.
 * @throws {InvalidRequestError} for a filter on a field that only ended executions have
 */
export async function listRunning(
  parts: RunningParts,
  { filter, limit }: { filter: Filter; limit: number },
): Promise<Running> {
  rejectUnknownFields(filter)
  const now = Date.now()
  const own = listOwn(parts, filter, now)
  const elsewhere = await listElsewhere(parts, { filter, limit: limit + 1 })
  const counts = { queued: 0, starting: 0, running: 0, elsewhere: elsewhere.length }
  for (const { phase } of own) if (phase !== null) counts[phase] += 1
  const all = [...own, ...elsewhere].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
  return { data: all.slice(0, limit), counts, truncated: all.length > limit }
}

/** Those of other executors. */
async function listElsewhere(
  { store, scope, executor }: RunningParts,
  { filter, limit }: { filter: Filter; limit: number },
): Promise<RunningView[]> {
  const peers = await executor.peers()
  const gone = [...peers].flatMap(([executorId, liveness]) => (liveness === 'gone' ? [executorId] : []))
  const rows = await getRunning(store, {
    scope,
    filter,
    withoutExecutors: [executor.status().executorId, ...gone],
    graceMs: GRACE_MS,
    limit,
    fields: RUNNING_FIELDS,
  })
  const now = Date.now()
  return rows.map((row) => viewElsewhere(row, now))
}

function listOwn({ scope, executor }: RunningParts, filter: Filter, now: number): RunningView[] {
  const matches = compileFilter(filter)
  const own: RunningView[] = []
  for (const listed of executor.executions.list()) {
    const { started, phase } = listed.execution
    if (phase !== null && includes(scope, started) && matches(started)) own.push(viewRunning(listed, now))
  }
  return own
}

const KNOWN: ReadonlySet<string> = new Set(STARTED_FIELDS)

function rejectUnknownFields(filter: Filter): void {
  const unknown = fieldsOf(filter).find((name) => !KNOWN.has(name))
  if (unknown === undefined) return
  throw new InvalidRequestError([
    {
      path: 'where',
      message: `${unknown} is not known before the end; filter by: ${STARTED_FIELDS.join(', ')}`,
    },
  ])
}

/** An execution that another executor runs; null when there is none. */
export async function findElsewhere(parts: RunningParts, executionId: string): Promise<RunningView | null> {
  const filter: Filter = { terms: [{ field: 'executionId', operator: '=', values: [executionId] }] }
  const [found] = await listElsewhere(parts, { filter, limit: 1 })
  return found ?? null
}
