import { CONTENT, type ExecutionRecord, type FieldName } from '../record/record.ts'
import type { Store } from '../store/client.ts'
import type { Filter } from '../store/filter.ts'
import type { ListOrder, Position } from '../store/list-page.ts'
import { listExecutions as queryExecutions } from '../store/queries/list-executions.ts'
import type { Scope, Window } from '../store/scope.ts'
import { viewFields, type ExecutionView } from './execution-view.ts'

/** A page of a list as callers see it. */
export interface ExecutionPage {
  data: readonly Partial<ExecutionView>[]
  nextCursor: string | null
  /** Where a search for what is rare has stopped; null: it has not. */
  searchedFrom: string | null
  window: Window
}

export interface ListQuery {
  window: Window
  filter: Filter
  order: ListOrder
  /** Maximum of records per page. */
  limit: number
  /** The last record of the page before; null for the first page. */
  after: Position | null
  fields: readonly FieldName[]
}

const PAGE_MAX_BYTES = 32 * 1_048_576

/**
 * Executions of a window in order. `next` is the position of the next page, null on the last page. A page ends early
 * when its bodies exceed 32 MiB, and where a search has stopped, from which `next` goes on.
 */
export async function listExecutions(
  { store, scope }: { store: Store; scope: Scope },
  { fields, limit, ...query }: ListQuery,
): Promise<{ records: Partial<ExecutionView>[]; next: Position | null; searchedFrom: string | null }> {
  // One extra record shows whether another page follows.
  const found = await queryExecutions(store, { ...query, scope, fields, limit: limit + 1 })
  const page = withinBytes(found.rows.slice(0, limit).map(({ record }) => record))
  const records = page.map((record) => viewFields(record))
  if (found.rows.length > page.length)
    return { records, next: found.rows[page.length - 1]?.position ?? null, searchedFrom: null }
  return { records, next: beforeTime(found.searchedFrom), searchedFrom: found.searchedFrom }
}

/** The position behind all executions from this time on. */
function beforeTime(startedAt: string | null): Position | null {
  return startedAt === null ? null : { rank: null, startedAt, executionId: '' }
}

function withinBytes(rows: readonly Partial<ExecutionRecord>[]): Partial<ExecutionRecord>[] {
  let left = PAGE_MAX_BYTES
  const end = rows.findIndex((row) => {
    left -= CONTENT.reduce((sum, name) => sum + (row[name]?.length ?? 0), 0)
    return left < 0
  })
  return rows.slice(0, end === -1 ? rows.length : Math.max(end, 1))
}
