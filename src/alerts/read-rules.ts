/** What the windows of rules show, of every kind. */
import { ExectrailError } from '../errors.ts'
import type { Database } from '../metadata/database.ts'
import type { Store } from '../store/client.ts'
import type { ConditionOf } from './conditions.ts'
import { askErrors } from './error-readings.ts'
import type { LateRows } from './late-rows.ts'
import { readFault, type Pipeline } from './pipeline-probe.ts'
import { askStore, type AskedWindows, type ScopedRule } from './question-readings.ts'
import type { GroupReadings, Reading } from './readings.ts'
import type { Scope } from '../store/scope.ts'

/** What rules are evaluated over. */
export interface AlertSources {
  /** What rules wait for late rows that do not say so themselves; absent: 30 s. */
  lateRows?: Pick<LateRows, 'delaySeconds'>
  store: Store
  database: Database
  /** Null where nothing can be known of the pipeline. */
  pipeline: Pipeline | null
  /** Spent share of a budget at a time, 0–1 and above; null for a service without budgets. */
  budgets: { spentShare(scope: Scope, budget: string, at: number): Promise<number | null> } | null
}

/** Readings of each rule, in the order of the rules; all have the interval of `windows`. */
export async function readRules(
  sources: AlertSources,
  rules: readonly ScopedRule[],
  windows: AskedWindows,
): Promise<GroupReadings[][]> {
  const overExecutions = rules.filter(({ rule }) => !OTHERS.has(rule.condition.kind))
  const asked = new Map<ScopedRule, GroupReadings[]>()
  const answers = await askStore(sources.store, overExecutions, windows)
  for (const [index, one] of overExecutions.entries()) asked.set(one, answers[index] ?? [])
  for (const one of rules) {
    const { condition } = one.rule
    if (condition.kind === 'error_group') asked.set(one, await askErrors(sources, one, condition, windows))
    if (condition.kind === 'pipeline')
      asked.set(one, nowAlone(windows, await readPipeline(sources, one, condition)))
    if (condition.kind === 'budget')
      asked.set(one, nowAlone(windows, await readBudget(sources, one, condition.budget)))
  }
  return rules.map((one) => asked.get(one) ?? [])
}

const OTHERS: ReadonlySet<string> = new Set(['error_group', 'pipeline', 'budget'])

/** What is only known now says nothing of windows that were missed. */
function nowAlone({ count }: AskedWindows, reading: Reading): GroupReadings[] {
  const unknown: Reading = {
    kind: 'observation',
    level: 'unknown',
    value: null,
    count: null,
    reason: 'not known of a window that was missed',
  }
  return [{ key: {}, readings: [...Array.from({ length: count - 1 }, () => unknown), reading] }]
}

async function readPipeline(
  { pipeline }: AlertSources,
  { id = '' }: ScopedRule,
  condition: ConditionOf<'pipeline'>,
): Promise<Reading> {
  const look = await pipeline?.look()
  if (look !== undefined) return readFault(condition, look.faultOf(condition.fault, id))
  throw new ExectrailError('stack_failed', 'nothing is known of the pipeline here')
}

async function readBudget(
  { budgets }: AlertSources,
  { scope }: ScopedRule,
  budget: string,
): Promise<Reading> {
  const share = (await budgets?.spentShare(scope, budget, Date.now())) ?? null
  if (share === null) throw missingBudget(budget)
  return readShare(share)
}

export function missingBudget(id: string): ExectrailError {
  return new ExectrailError('not_found', `there is no budget ${JSON.stringify(id)}`, {
    hint: 'Name a budget that exists, or delete the rule.',
  })
}

/** The reading of a budget of which a share is spent, 0–1 and above. */
export function readShare(share: number): Reading {
  const words = `${(share * 100).toFixed(1)} % of the budget is spent`
  return { kind: 'sample', value: share, count: 1, words }
}
