import { ExectrailError } from '../errors.ts'
import type { Store } from '../store/client.ts'
import { listSpans, type Span } from '../store/queries/spans.ts'
import { listAttempts, type Attempt } from '../store/queries/workflow-attempts.ts'
import type { Scope, Window } from '../store/scope.ts'
import { toTree, type TreeSpan } from './span-tree.ts'

/** Spans and executions of a trace. */
export interface TraceView {
  traceId: string
  window: Window
  /** In SigNoz; null where SIGNOZ_URL is not set. */
  url: string | null
  /** Begin of the first span. */
  startedAt: string
  /** The tree, each span before its children. An execution whose span is not stored has one made from its record. */
  spans: readonly TreeSpan[]
  executions: readonly Attempt[]
  /** True where there are more than are shown. */
  truncated: boolean
}

const SPANS_MAX = 2000
const EXECUTIONS_MAX = 1000

interface TraceParts {
  store: Store
  scope: Scope
  signozUrl: string | null
}

/** @throws {ExectrailError} `not_found`, also where only other organizations have spans of this trace */
export async function getTrace(
  { store, scope, signozUrl }: TraceParts,
  { traceId, window }: { traceId: string; window: Window },
): Promise<TraceView> {
  const [spans, executions] = await Promise.all([
    listSpans(store, { scope, window, traceIds: [traceId], limit: SPANS_MAX + 1 }),
    listAttempts(store, { scope, window, of: { traceId }, limit: EXECUTIONS_MAX + 1 }),
  ])
  const shown = withSpans(spans.slice(0, SPANS_MAX), executions.slice(0, EXECUTIONS_MAX))
  const [first] = shown
  if (first === undefined)
    throw new ExectrailError('not_found', 'no span or execution of this trace, or this key may not see it', {
      hint: `It was looked for from ${window.from} to ${window.to}; \`from\` and \`to\` widen that.`,
    })
  return {
    traceId,
    window,
    url: traceUrl(signozUrl, traceId),
    startedAt: first.startedAt,
    spans: toTree(shown, first.startedAt),
    executions: executions.slice(0, EXECUTIONS_MAX),
    truncated: spans.length > SPANS_MAX || executions.length > EXECUTIONS_MAX,
  }
}

/** Where SigNoz shows a trace; null without a SigNoz. */
export function traceUrl(signozUrl: string | null, traceId: string): string | null {
  return signozUrl === null ? null : `${signozUrl}/trace/${encodeURIComponent(traceId)}`
}

/** The spans, and one for each execution that has none among them, in order of their start. */
export function withSpans(spans: readonly Span[], executions: readonly Attempt[]): Span[] {
  const stored = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`))
  const made = executions
    .filter(({ traceId, spanId }) => traceId !== '' && !stored.has(`${traceId} ${spanId}`))
    .map(spanOf)
  return [...spans, ...made].toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
}

function spanOf(execution: Attempt): Span {
  const { durationMs, queueMs, startupMs, success } = execution
  return {
    traceId: execution.traceId,
    spanId: execution.spanId,
    parentSpanId: null,
    name: `execute_code ${execution.runtime}`,
    kind: 'Internal',
    service: '',
    startedAt: execution.startedAt,
    durationMs: (queueMs ?? 0) + (startupMs ?? 0) + (durationMs ?? 0),
    status: success === false ? 'Error' : 'Unset',
    statusMessage: execution.errorMessage?.slice(0, 256) ?? '',
    executionId: execution.executionId,
    attributes: {},
  }
}
