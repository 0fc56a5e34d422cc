/** What the pages of workflows derive from a run. */
import type { Operations } from '../../../client/index.ts'
import type { WaterfallRow } from '../../charts/waterfall.tsx'

export type Run = Operations['getWorkflowExecution']['reply']
export type Node = Run['nodes'][number]
export type Attempt = Node['attempts'][number]

/** Of runs and tokens together, 10⁻⁹ USD; null where nothing of it is known. */
export function costOf(costs: {
  costRunNanoUsd: number | null
  costTokensNanoUsd: number | null
}): number | null {
  const { costRunNanoUsd: runs, costTokensNanoUsd: tokens } = costs
  return runs === null && tokens === null ? null : (runs ?? 0) + (tokens ?? 0)
}

/** The row of a node, for its attempts to stand below. */
export function nodeRow(node: Node): Omit<WaterfallRow, 'note' | 'detail'> {
  const last = node.attempts.at(-1)
  return {
    id: `node ${node.nodeId ?? ''}`,
    label: node.nodeId ?? 'without a node',
    depth: 0,
    offsetMs: node.offsetMs,
    durationMs: node.state === 'running' ? null : node.elapsedMs,
    outcome: last?.outcome ?? undefined,
  }
}

/** The row of an attempt: the time from its start to its end, with waiting and start-up. */
export function attemptRow(attempt: Attempt, depth: number): Omit<WaterfallRow, 'note' | 'detail'> {
  const { queueMs, startupMs, durationMs, offsetMs, executionId, nodeId } = attempt
  return {
    id: executionId,
    label: depth === 0 ? (nodeId ?? 'without a node') : `attempt ${attempt.attempt}`,
    depth,
    offsetMs,
    durationMs: durationMs === null ? null : (queueMs ?? 0) + (startupMs ?? 0) + durationMs,
    outcome: attempt.outcome ?? undefined,
  }
}

/** What the view leaves out, in words; null where it is whole. */
export function leftOut({ truncated }: Pick<Run, 'truncated'>): string | null {
  const parts = [
    truncated.executions ? 'the first 1,000 executions' : '',
    truncated.spans ? 'the first 2,000 spans' : '',
    truncated.traces ? 'the first 50 traces' : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? null : `The run has more than is shown: ${parts.join(', ')}.`
}
