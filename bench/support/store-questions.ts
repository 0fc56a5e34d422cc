/** The questions of `npm run bench store`, as requests to the service, with their targets. */
import { LARGE_AGENT, LARGE_ORGANIZATION } from './store-rows.ts'

/** Requests that are sent at once; the answer is there with the last. */
export interface Question {
  name: string
  /** p95, ms; null where there is none. */
  target: number | null
  paths: (draw: Draw) => readonly string[]
}

/** What varies from one time to the next. */
export interface Draw {
  /** Counts up. */
  n: number
  endMs: number
  /** Executions that exist. */
  ids: readonly { organizationId: string; executionId: string }[]
}

const DAY_MS = 86_400_000

function path(resource: string, { endMs }: Draw, days: number, search: Record<string, string>): string {
  const window = { from: new Date(endMs - days * DAY_MS).toISOString(), to: new Date(endMs).toISOString() }
  return `/v1/${resource}?${new URLSearchParams({ ...window, ...search }).toString()}`
}

/** Agents and organizations in the middle of the distribution. */
const usualAgent = ({ n }: Draw): string => `agent-00${3 + (n % 5)}`
const usualOrganization = ({ n }: Draw): string => `org-0${String(5 + (n % 10)).padStart(2, '0')}`

const large = { organization: LARGE_ORGANIZATION }

function overview(organization: ((draw: Draw) => string) | 'all'): Question['paths'] {
  return (draw) => {
    const own: Record<string, string> = organization === 'all' ? {} : { organization: organization(draw) }
    return [
      path('stats', draw, 7, { ...own, groupBy: 'outcome', compare: 'previous' }),
      path('stats', draw, 7, { ...own, groupBy: 'codeAgentId', limit: '10' }),
      path('stats/timeseries', draw, 7, own),
      path('errors', draw, 7, { ...own, limit: '10' }),
      `/v1/running?${new URLSearchParams({ ...own, limit: '50' }).toString()}`,
    ]
  }
}

function one(
  name: string,
  target: number | null,
  days: number,
  resource: string,
  search: Record<string, string>,
): Question {
  return { name, target, paths: (draw) => [path(resource, draw, days, search)] }
}

const several = { outcome: 'failure', runtime: 'subprocess', workspaceId: 'w1', language: 'python' }

export const QUESTIONS: readonly Question[] = [
  {
    name: 'agent stats, usual agent, 30 days',
    target: 30,
    paths: (draw) => [
      path(`agents/${usualAgent(draw)}/stats`, draw, 30, { organization: usualOrganization(draw) }),
    ],
  },
  one('agent stats, largest agent, 1 year', 150, 365, `agents/${LARGE_AGENT}/stats`, large),
  {
    name: 'list, usual organization',
    target: 100,
    paths: (draw) => [path('executions', draw, 30, { organization: usualOrganization(draw), limit: '50' })],
  },
  one('list, all organizations', 100, 30, 'executions', { limit: '50' }),
  one('list, largest organization', 100, 30, 'executions', { ...large, limit: '50' }),
  one('list, largest, four filters', 100, 30, 'executions', { ...large, ...several, limit: '50' }),
  one('list, largest, a filter that nothing meets', 100, 30, 'executions', {
    ...large,
    userId: 'absent',
    limit: '50',
  }),
  one('list, largest, text in output or error', 100, 30, 'executions', {
    ...large,
    q: 'No rate for',
    limit: '50',
  }),
  one('list, largest, text that is nowhere', 100, 30, 'executions', {
    ...large,
    q: 'nowhere to be found',
    limit: '50',
  }),
  one('list, largest, longest first', 100, 30, 'executions', { ...large, order: 'duration', limit: '50' }),
  { name: 'overview, usual organization, 7 days', target: 250, paths: overview(usualOrganization) },
  { name: 'overview, largest organization, 7 days', target: 250, paths: overview(() => LARGE_ORGANIZATION) },
  { name: 'overview, all organizations, 7 days', target: null, paths: overview('all') },
  one('timeseries, largest, 30 days', 150, 30, 'stats/timeseries', large),
  one('facets, largest, 7 days', 200, 7, 'facets', large),
  one('facets, largest, 30 days', 200, 30, 'facets', large),
  {
    name: 'one execution by id',
    target: 20,
    paths: ({ ids, n }) => {
      const id = ids[n % ids.length]
      return [`/v1/executions/${id?.executionId}?organization=${id?.organizationId}`]
    },
  },
  one('error groups, largest, 7 days', 150, 7, 'errors', large),
  one('workflows, largest, 7 days', null, 7, 'workflow-executions', { ...large, limit: '50' }),
  one('failed workflows, largest, 7 days', null, 7, 'workflow-executions', {
    ...large,
    state: 'failed',
    limit: '50',
  }),
  one('health report, largest, 1 day', null, 1, 'health-report', large),
  one('agents with trend, largest, 7 days', null, 7, 'stats', {
    ...large,
    groupBy: 'codeAgentId',
    trend: '24',
    compare: 'previous',
    limit: '50',
  }),
  one('two sets compared, largest agent, 7 days', null, 7, 'differences', {
    ...large,
    codeAgentId: LARGE_AGENT,
    a: 'outcome!=success',
    b: 'outcome=success',
  }),
  one('list, largest, text that is nowhere, 1 year', null, 365, 'executions', {
    ...large,
    q: 'nowhere to be found',
    limit: '50',
  }),
  one('list, largest, longest first, 1 year', null, 365, 'executions', {
    ...large,
    order: 'duration',
    limit: '50',
  }),
]

/** What a page of a dashboard asks, by turns. */
export const READERS: readonly Question[] = QUESTIONS.filter(({ name }) =>
  ['agent stats, usual agent, 30 days', 'list, usual organization', 'one execution by id'].includes(name),
)
