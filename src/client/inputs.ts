/** What the operations take. */
import type { AgentExecutionRequest, ExecutionRequest } from '../execution.ts'
import type { FacetField } from '../store/queries/facets.ts'
import type { FieldName, FieldNameWith } from '../record/record.ts'
import type { RuntimeName } from '../record/values.ts'
import type { CostOrder } from '../store/cost-measures.ts'
import type { CostBucket } from '../store/queries/costs.ts'
import type { Measure } from '../store/queries/distribution.ts'
import type { ErrorState } from '../store/error-state.ts'
import type { ErrorOrder } from '../store/queries/errors.ts'
import type { ListOrder } from '../store/list-page.ts'
import type { GroupField, GroupOrder } from '../store/queries/stats.ts'

export type OneOrMore<Value = string> = Value | readonly Value[] | undefined
/** ISO 8601 with a zone, or a date. */
export type Time = string | Date

export interface WindowInput {
  /** Begin, included. @default 30 days before `to` */
  from?: Time | undefined
  /** End, excluded. @default now */
  to?: Time | undefined
  /** Narrows an administrator's key to one organization. */
  organization?: string | undefined
}

/** Which executions: several values of a field match any of them, and all given fields must match. */
export type FilterInput = WindowInput & { [Name in FieldNameWith<{ filterable: true }>]?: OneOrMore } & {
  /** Conditions on any field, such as `durationMs>=1000`. */
  where?: OneOrMore
  /** Text in the error or the output. */
  q?: string | undefined
}

export type ListInput = FilterInput & {
  order?: ListOrder | undefined
  limit?: number | undefined
  cursor?: string | undefined
  fields?: readonly FieldName[] | undefined
}
export type StatsInput = FilterInput & {
  groupBy?: OneOrMore<GroupField>
  order?: GroupOrder | undefined
  limit?: number | undefined
  compare?: 'previous' | undefined
  /** Adds to each group its executions in so many equal stretches of the window. */
  trend?: number | undefined
}
export type TimeseriesInput = FilterInput & { bucketSeconds?: number | undefined }
export type DistributionInput = TimeseriesInput & { measure?: Measure | undefined }
export type CostsInput = FilterInput & {
  groupBy?: OneOrMore<GroupField>
  order?: CostOrder | undefined
  limit?: number | undefined
}
export type CostSeriesInput = CostsInput & { bucket?: CostBucket | undefined }
export type WhatIfInput = FilterInput & {
  /** The runtime that the executions would have run on. */
  target: RuntimeName
  /** Of each sandbox, on e2b and bacalhau. @default 2 and 512 */
  vcpus?: number | undefined
  memoryMb?: number | undefined
}
/** Whose executions a budget is for: all that have the given values. */
export interface BudgetInput {
  /** @default that of the key, or `default` */
  organizationId?: string | undefined
  workspaceId?: string | null | undefined
  codeAgentId?: string | null | undefined
  userId?: string | null | undefined
  /** UTC */
  period: 'day' | 'month'
  /** 10⁻⁹ USD in a period. */
  limitNanoUsd: number
  /** What happens when it is spent. @default warn */
  action?: 'warn' | 'refuse' | undefined
}
export type FacetsInput = FilterInput & {
  fields?: readonly FacetField[] | undefined
  limit?: number | undefined
}
export type ErrorsInput = FilterInput & {
  order?: ErrorOrder | undefined
  /** @default all but ignored */
  state?: OneOrMore<ErrorState>
  limit?: number | undefined
}
export type DifferencesInput = FilterInput & {
  /** Conditions of the first set, as in `where`. */
  a?: OneOrMore
  b?: OneOrMore
  /** Window of the first set, where it is not the common one. */
  aFrom?: Time | undefined
  aTo?: Time | undefined
  bFrom?: Time | undefined
  bTo?: Time | undefined
  limit?: number | undefined
}
export type AgentInput = WindowInput & { id: string }
type NotOverHttp = 'signal' | 'onOutput' | 'parent' | 'traceparent' | 'tracestate' | 'replayOf'
export type RunInput = Omit<ExecutionRequest, NotOverHttp>
/** Names a code agent instead of code. */
export type AgentRunInput = Omit<AgentExecutionRequest, NotOverHttp>
export type AnyRunInput = RunInput | AgentRunInput
