/** A verdict on the executions of a window against the week before, with the figures behind it. */
import type { Filter } from '../store/filter.ts'
import { getAgentChanges, type AgentChange } from '../store/queries/agent-changes.ts'
import { getDifferences } from '../store/queries/differences.ts'
import { secondsOf, type Window } from '../store/scope.ts'
import type { ReadinessView } from './check-readiness.ts'
import { differenceOfProportions, familyQuantile, ratioOfMeans, type Proportion } from './confidence.ts'
import type { ComparedAgent, HealthReport, WorseAgent } from './health-figures.ts'
import { describeReport } from './health-verdict.ts'
import { listErrors } from './list-errors.ts'

/** What was resolved or ignored is no news. */
const STATES = ['open', 'regressed'] as const
const WEEK_MS = 7 * 86_400_000
const AGENTS_MAX = 1000
const SHOWN = 5
const NEW_ERRORS_MAX = 50
const ERRORS_OF_AGENT = 3
const DIFFERENCES_OF_AGENT = 3
const SLOW_MIN_COUNT = 5
/** An agent is slower if its runs take this much longer, whatever the sample size. */
const SLOWER_FROM = 1.2

interface HealthQuery {
  window: Window
  filter: Filter
  pipeline: ReadinessView
}
type Parts = Parameters<typeof listErrors>[0]

export async function healthReport(parts: Parts, query: HealthQuery): Promise<HealthReport> {
  const { window, filter, pipeline } = query
  const baseline = baselineOf(window)
  const [changes, errors] = await Promise.all([
    getAgentChanges(parts.store, {
      scope: parts.scope,
      window,
      filter,
      baselineFrom: baseline.from,
      limit: AGENTS_MAX,
    }),
    listErrors(parts, { window, filter, states: STATES, order: 'firstSeen', limit: NEW_ERRORS_MAX }),
  ])
  // Two figures of each agent are compared.
  const z = familyQuantile(2 * Math.max(1, changes.agents.length))
  const agents = changes.agents.map((change) => compareAgent(change, z))
  const worse = agents.filter(isWorse).toSorted((a, b) => badness(b) - badness(a))
  const shown = worse.slice(0, SHOWN)
  const figures = {
    window,
    baseline,
    total: compareAgent(changes.total, familyQuantile(1)),
    agentCount: changes.agentCount,
    worseAgents: await Promise.all(shown.map((agent) => explain(parts, agent, { ...query, baseline }))),
    slowestAgents: slowest(agents),
    newErrors: errors.filter(({ isNew }) => isNew).toSorted((a, b) => b.count - a.count),
    pipeline,
  }
  return { ...describeReport({ ...figures, worseCount: worse.length }), ...figures }
}

function baselineOf(window: Window): Window {
  const begin = Date.parse(window.from)
  const length = Math.max(WEEK_MS, secondsOf(window) * 1000)
  return { from: new Date(Math.max(0, begin - length)).toISOString(), to: window.from }
}

function compareAgent(change: AgentChange, z: number): ComparedAgent {
  const { now, before } = change
  return {
    ...change,
    successRateDifference: differenceOfProportions(successesOf(before), successesOf(now), z),
    durationRatio: ratioOfMeans(before.duration, now.duration, z),
  }
}

function successesOf({ count, successCount }: AgentChange['now']): Proportion {
  return { count, successes: successCount }
}

function failsMore({ successRateDifference: change }: ComparedAgent): boolean {
  return change !== null && change.significant && change.estimate < 0
}

function isSlower({ durationRatio: ratio }: ComparedAgent): boolean {
  return ratio !== null && ratio.significant && ratio.estimate >= SLOWER_FROM
}

function isWorse(agent: ComparedAgent): boolean {
  return failsMore(agent) || isSlower(agent)
}

/** A lost percent of success counts as much as four percent of time. */
function badness(agent: ComparedAgent): number {
  const lost = failsMore(agent) ? -(agent.successRateDifference?.estimate ?? 0) : 0
  const slower = isSlower(agent) ? Math.log(agent.durationRatio?.estimate ?? 1) : 0
  return lost + slower / 4
}

function slowest(agents: readonly ComparedAgent[]): ComparedAgent[] {
  return agents
    .filter(({ now }) => now.count >= SLOW_MIN_COUNT)
    .toSorted((a, b) => (b.now.durationP95Ms ?? 0) - (a.now.durationP95Ms ?? 0))
    .slice(0, SHOWN)
}

/** Why an agent is worse: what goes wrong now, and what is otherwise than before. */
async function explain(
  parts: Parts,
  agent: ComparedAgent,
  { window, filter, baseline }: HealthQuery & { baseline: Window },
): Promise<WorseAgent> {
  const own = { field: 'codeAgentId', operator: '=', values: [agent.agentId] } as const
  const ofAgent: Filter = { ...filter, terms: [...filter.terms, own] }
  const [errors, found] = await Promise.all([
    listErrors(parts, { window, filter: ofAgent, states: STATES, order: 'count', limit: ERRORS_OF_AGENT }),
    getDifferences(parts.store, {
      scope: parts.scope,
      a: { window, filter: ofAgent },
      b: { window: baseline, filter: ofAgent },
      limit: 2 * DIFFERENCES_OF_AGENT,
    }),
  ])
  const differences = found.fields.filter(({ significant }) => significant).slice(0, DIFFERENCES_OF_AGENT)
  return { ...agent, reasons: reasonsOf(agent), errors, differences }
}

function reasonsOf(agent: ComparedAgent): string[] {
  const { successRateDifference: change, durationRatio: ratio, now, before } = agent
  const reasons: string[] = []
  if (failsMore(agent) && change !== null)
    reasons.push(
      `success ${percent(before.successCount / before.count)} → ${percent(now.successCount / now.count)} (${percent(change.low)} to ${percent(change.high)}; ${now.count} executions, ${before.count} before)`,
    )
  if (isSlower(agent) && ratio !== null)
    reasons.push(
      `${ratio.estimate.toFixed(1)} times as slow (${ratio.low.toFixed(1)} to ${ratio.high.toFixed(1)}; ${now.count} executions, ${before.count} before)`,
    )
  return reasons
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
