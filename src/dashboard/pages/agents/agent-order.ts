/** What the list of agents is ordered by. */
import type { StatsInput } from '../../../client/index.ts'
import type { GroupRow } from '../../data/figures.ts'

type ApiOrder = NonNullable<StatsInput['order']>
/** `name` ascends; the figures descend, so that what needs a look stands first. */
export type AgentOrder = ApiOrder | 'name'

const API_ORDERS: readonly ApiOrder[] = [
  'count',
  'failures',
  'failureRate',
  'duration',
  'memory',
  'cost',
  'tokens',
]
const DEFAULT: ApiOrder = 'count'

export function readOrder(given: unknown): AgentOrder {
  return given === 'name' ? given : (API_ORDERS.find((known) => known === given) ?? DEFAULT)
}

/** Which agents the service chooses where there are more than it answers with. */
export function toApiOrder(order: AgentOrder): ApiOrder {
  return order === 'name' ? DEFAULT : order
}

/** The service's order, or by name. */
export function sortRows(rows: readonly GroupRow[], order: AgentOrder): readonly GroupRow[] {
  if (order !== 'name') return rows
  return rows.toSorted((one, other) => (one.value ?? '').localeCompare(other.value ?? ''))
}
