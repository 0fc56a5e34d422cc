import { columnOf } from '../../record/columns.ts'
import type { FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { countColumns } from '../rollups/values.ts'
import type { Scope, Window } from '../scope.ts'
import { tenantCondition, TENANT_PARAMETERS } from '../tenant.ts'

/** Executions to compare. */
export interface Side {
  window: Window
  filter: Filter
}

export interface DifferencesQuery {
  scope: Scope
  a: Side
  b: Side
  /** Maximum of fields. */
  limit: number
}

/** How often a value occurs on each side; shares are of the side's executions. */
export interface ValueDifference {
  value: string | null
  countA: number
  countB: number
  shareA: number
  shareB: number
  /** `shareA` − `shareB` */
  difference: number
}

/** A field whose values differ; the most different values first. */
export interface FieldDifference {
  field: string
  /** The greatest difference of a value, 0–1. */
  difference: number
  /** Whether chance explains it less than once in a hundred such fields. */
  significant: boolean
  values: readonly ValueDifference[]
}

export interface Differences {
  countA: number
  countB: number
  fields: readonly FieldDifference[]
}

/** Fields with few values, compared value by value. */
const COMPARED: readonly FieldName[] = [
  'runtime',
  'language',
  'isolation',
  'outcome',
  'errorType',
  'errorFingerprint',
  'exitCode',
  'signal',
  'hint',
  'validationPassed',
  'codeAgentId',
  'codeAgentVersion',
  'nodeId',
  'workspaceId',
  'userId',
  'model',
  'attempt',
  'codeSha256',
  'executorId',
  'outputTruncated',
]
/** Measures, compared by the power of two below the value. */
const MEASURED: readonly FieldName[] = [
  'durationMs',
  'queueMs',
  'startupMs',
  'cpuMs',
  'memoryPeakBytes',
  'codeBytes',
  'stdoutBytes',
  'stderrBytes',
]

const VALUES = 5
/** Two-sided 1 %, over the number of fields that are compared (Bonferroni). */
const Z_SIGNIFICANT = 3.6

/** Which fields differ most between two sets of executions, in one pass over the rows of both. */
export async function getDifferences(store: Store, query: DifferencesQuery): Promise<Differences> {
  const a = sideCondition(query.scope, query.a, 'a')
  const b = sideCondition(query.scope, query.b, 'b')
  const whole = {
    from: query.a.window.from < query.b.window.from ? query.a.window.from : query.b.window.from,
    to: query.a.window.to > query.b.window.to ? query.a.window.to : query.b.window.to,
  }
  const where = tenantCondition(query.scope, whole)
  const source = `(SELECT (${a.sql}) AS in_a, (${b.sql}) AS in_b, ${[...COLUMNS].map(([name, sql]) => `${sql} AS c_${name}`).join(', ')}
    FROM code_exec_logs FINAL WHERE ${where.sql} AND or(in_a, in_b))`
  const counted = countColumns(ALIASES, {
    source,
    keys: [],
    numbers: 'countIf(in_a) AS a, countIf(in_b) AS b',
  })
  const rows = await store.query<Row>(
    `SELECT field, value, sum(counted.a) AS a, sum(counted.b) AS b, ${wholeOf('a')} AS whole_a, ${wholeOf('b')} AS whole_b
     FROM (${counted}) AS counted GROUP BY field, value
     ORDER BY abs(a / greatest(1, whole_a) - b / greatest(1, whole_b)) DESC, value LIMIT ${VALUES} BY field`,
    { ...a.parameters, ...b.parameters, ...where.parameters },
  )
  return toDifferences(rows, query.limit)
}

/** The conditions of a side with parameters of their own. */
function sideCondition(scope: Scope, { window, filter }: Side, name: string) {
  const { sql, parameters } = filtered(tenantCondition(scope, window), filter)
  const own = Object.keys(parameters).filter((parameter) => !TENANT_PARAMETERS.has(parameter))
  return {
    sql: own.reduce((text, parameter) => text.replaceAll(`{${parameter}:`, `{${name}_${parameter}:`), sql),
    parameters: Object.fromEntries(own.map((parameter) => [`${name}_${parameter}`, parameters[parameter]])),
  }
}

/** A number, so that it is counted faster than text. */
function powerOf(column: string): string {
  return `if(isNull(${column}), NULL, if(${column} < 1, 0, pow(2, floor(log2(greatest(${column}, 1))))))`
}

const COLUMNS: ReadonlyMap<FieldName, string> = new Map([
  ...COMPARED.map((name) => [name, columnOf(name)] as const),
  ...MEASURED.map((name) => [name, powerOf(columnOf(name))] as const),
])
const ALIASES: ReadonlyMap<string, string> = new Map([...COLUMNS.keys()].map((name) => [name, `c_${name}`]))

/** Each field is counted once for each execution. */
function wholeOf(side: 'a' | 'b'): string {
  return `sum(${side}) OVER (PARTITION BY field)`
}

interface Row {
  field: string
  value: string
  a: string
  b: string
  whole_a: string
  whole_b: string
}

function toDifferences(rows: readonly Row[], limit: number): Differences {
  const [countA, countB] = [Number(rows[0]?.whole_a ?? 0), Number(rows[0]?.whole_b ?? 0)]
  const fields = [...COMPARED, ...MEASURED].map((field) =>
    toField(
      field,
      rows.filter((row) => row.field === field).map((row) => toValue(row, countA, countB)),
      { countA, countB },
    ),
  )
  const differing = fields.filter(({ difference }) => difference > 0)
  differing.sort(
    (left, right) =>
      Number(right.significant) - Number(left.significant) || right.difference - left.difference,
  )
  return { countA, countB, fields: differing.slice(0, limit) }
}

function toValue({ value, a, b }: Row, wholeA: number, wholeB: number): ValueDifference {
  const [countA, countB] = [Number(a), Number(b)]
  const shareA = countA / Math.max(1, wholeA)
  const shareB = countB / Math.max(1, wholeB)
  return { value: value === '' ? null : value, countA, countB, shareA, shareB, difference: shareA - shareB }
}

function toField(
  field: FieldName,
  values: readonly ValueDifference[],
  whole: { countA: number; countB: number },
): FieldDifference {
  const difference = values.reduce((most, value) => Math.max(most, Math.abs(value.difference)), 0)
  const significant = values.some((value) => Math.abs(zOf(value, whole)) > Z_SIGNIFICANT)
  return { field, difference, significant, values }
}

/** The two-proportion z statistic with the pooled share. */
function zOf(value: ValueDifference, { countA, countB }: { countA: number; countB: number }): number {
  if (countA === 0 || countB === 0) return 0
  const pooled = (value.countA + value.countB) / (countA + countB)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / countA + 1 / countB))
  return error === 0 ? 0 : value.difference / error
}
