/** What a health report says. */
import type { AgentChange } from '../store/queries/agent-changes.ts'
import type { FieldDifference } from '../store/queries/differences.ts'
import type { Window } from '../store/scope.ts'
import type { ReadinessView } from './check-readiness.ts'
import type { Interval } from './confidence.ts'
import type { ErrorView } from './error-view.ts'

/**
 * `broken`: records do not arrive. `degraded`: agents, or all together, are worse than before. `watch`: there are new
 * errors. `quiet`: nothing ran.
 */
export const VERDICTS = ['broken', 'degraded', 'watch', 'healthy', 'quiet'] as const
export type Verdict = (typeof VERDICTS)[number]

export const SEVERITIES = ['bad', 'warning', 'good', 'unknown'] as const
/** One statement, with its figures. */
export interface Finding {
  severity: (typeof SEVERITIES)[number]
  text: string
}

export interface HealthReport {
  verdict: Verdict
  /** The verdict in a sentence. */
  summary: string
  /** What it rests on, the worst first. */
  findings: readonly Finding[]
  window: Window
  /** What the window is compared with: the week before it, or as long a time as it is itself. */
  baseline: Window
  total: ComparedAgent
  agentCount: number
  /** Worse than before beyond chance, the worst first. */
  worseAgents: readonly WorseAgent[]
  /** The greatest 95th percentile of the duration, of agents with 5 executions and more. */
  slowestAgents: readonly ComparedAgent[]
  /** Not seen in the 30 days before the window, the most frequent first; at most 50. */
  newErrors: readonly ErrorView[]
  pipeline: ReadinessView
}

/** An agent, or all together, against the time before. Intervals hold for all compared agents at once, 19 times out of 20. */
export interface ComparedAgent extends AgentChange {
  successRateDifference: Interval | null
  durationRatio: Interval | null
}

export interface WorseAgent extends ComparedAgent {
  /** In words. */
  reasons: readonly string[]
  /** Its errors of the window, the most frequent first. */
  errors: readonly ErrorView[]
  /** Fields whose values differ most from the time before. */
  differences: readonly FieldDifference[]
}
