import { FILTER_FIELDS, type FilterField } from '../../record/conditions.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { planRollups, type RollupPlan } from '../rollups/plan.ts'
import { countValues, KEPT_VALUES } from '../rollups/values.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

/** The fields of a filter, and the organization, which has a parameter of its own. */
export const FACET_FIELDS = ['organizationId', ...FILTER_FIELDS] as const
export type FacetField = FilterField | 'organizationId'

export interface FacetsQuery {
  scope: Scope
  window: Window
  filter: Filter
  fields: readonly FacetField[]
  /** Maximum of values per field. */
  limit: number
}

/** The most frequent values of a field; null is an absent value, `otherCount` the executions with other values. */
export interface Facet {
  field: FacetField
  values: readonly { value: string | null; count: number }[]
  distinct: number
  otherCount: number
}

interface FacetRow {
  field: string
  value: string
  n: string
  total: string
  different: string
}

/** The most frequent values of each field among the executions that match. */
export async function getFacets(store: Store, query: FacetsQuery): Promise<Facet[]> {
  const fields = [...new Set(query.fields)]
  const plan = await planValues(store, query)
  const kept = plan === null ? [] : fields.filter((field) => KEPT_VALUES.has(field))
  const others = fields.filter((field) => !kept.includes(field))
  const found = await Promise.all([
    kept.length === 0 || plan === null ? [] : askKept(store, { plan, fields: kept, limit: query.limit }),
    others.length === 0 ? [] : askRows(store, { ...query, fields: others }),
  ])
  const rows = found.flat()
  return query.fields.map((field) =>
    toFacet(
      field,
      rows.filter((row) => row.field === field),
    ),
  )
}

/** Values are kept of all executions together. */
async function planValues(store: Store, { scope, window, filter }: FacetsQuery): Promise<RollupPlan | null> {
  const isWhole = filter.terms.length === 0 && filter.text === undefined
  const asked = { scope, window, of: 'values', agentId: null, step: 'day' } as const
  return isWhole ? planRollups(store, asked) : null
}

function askRows(store: Store, { scope, window, filter, fields, limit }: FacetsQuery): Promise<FacetRow[]> {
  const where = filtered(tenantCondition(scope, window), filter)
  const counted = countValues(fields, `code_exec_logs FINAL WHERE ${where.sql}`)
  return store.query(mostFrequent(counted), { ...where.parameters, limit })
}

function askKept(
  store: Store,
  { plan, fields, limit }: { plan: RollupPlan; fields: readonly FacetField[]; limit: number },
): Promise<FacetRow[]> {
  const { rows, rollups } = plan
  return store.query(
    mostFrequent(`${countValues(fields, `code_exec_logs FINAL WHERE ${rows.sql}`)}
      UNION ALL SELECT toString(field), value, n
      FROM code_exec_rollup_values WHERE ${rollups.sql} AND field IN {fields:Array(String)}`),
    { ...rows.parameters, ...rollups.parameters, fields, limit },
  )
}

function mostFrequent(counted: string): string {
  return `SELECT field, value, sum(number) AS n, sum(n) OVER (PARTITION BY field) AS total,
      count() OVER (PARTITION BY field) AS different
    FROM (${counted}) GROUP BY field, value ORDER BY field, n DESC, value LIMIT {limit:UInt32} BY field`
}

function toFacet(field: FacetField, rows: readonly FacetRow[]): Facet {
  const values = rows.map((row) => ({ value: row.value === '' ? null : row.value, count: Number(row.n) }))
  const listed = values.reduce((sum, { count }) => sum + count, 0)
  return {
    field,
    values,
    distinct: Number(rows[0]?.different ?? 0),
    otherCount: Number(rows[0]?.total ?? 0) - listed,
  }
}
