import { columnOf } from '../../record/columns.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter, type FilterField } from '../filter.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

export interface FacetsQuery {
  scope: Scope
  window: Window
  filter: Filter
  fields: readonly FilterField[]
  /** Maximum of values per field. */
  limit: number
}

/** The most frequent values of a field; null is an absent value, `otherCount` the executions with other values. */
export interface Facet {
  field: FilterField
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

/** The most frequent values of each field among the executions that match, in one pass over the rows. */
export async function getFacets(store: Store, query: FacetsQuery): Promise<Facet[]> {
  const where = filtered(tenantCondition(query.scope, query.window), query.filter)
  const columns = query.fields.map((field) => `ifNull(toString(${columnOf(field)}), '')`)
  const names = query.fields.map((field) => `'${field}'`)
  const rows = await store.query<FacetRow>(
    `SELECT field, value, n, total, different FROM (
       SELECT field, value, count() AS n, sum(n) OVER (PARTITION BY field) AS total,
         count() OVER (PARTITION BY field) AS different,
         row_number() OVER (PARTITION BY field ORDER BY n DESC, value) AS place
       FROM (SELECT arrayJoin(arrayZip([${names.join(', ')}], [${columns.join(', ')}])) AS pair,
           pair.1 AS field, pair.2 AS value
         FROM code_exec_logs FINAL WHERE ${where.sql})
       GROUP BY field, value
     ) WHERE place <= {limit:UInt32} ORDER BY field, place`,
    { ...where.parameters, limit: query.limit },
  )
  return query.fields.map((field) =>
    toFacet(
      field,
      rows.filter((row) => row.field === field),
    ),
  )
}

function toFacet(field: FilterField, rows: readonly FacetRow[]): Facet {
  const values = rows.map((row) => ({ value: row.value === '' ? null : row.value, count: Number(row.n) }))
  const listed = values.reduce((sum, { count }) => sum + count, 0)
  return {
    field,
    values,
    distinct: Number(rows[0]?.different ?? 0),
    otherCount: Number(rows[0]?.total ?? 0) - listed,
  }
}
