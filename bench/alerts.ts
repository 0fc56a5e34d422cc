/**
 * How long one evaluator takes for a thousand alert rules over a store with many rows: what the store answers and what
 * Postgres keeps, for one window of each rule. The number is of rows; 1,000,000 unless given.
 */
import { randomUUID } from 'node:crypto'
import { evaluateDue } from '../src/alerts/evaluate.ts'
import type { Condition } from '../src/alerts/conditions.ts'
import { ruleSchema } from '../src/alerts/rule.ts'
import { insertRule } from '../src/metadata/alert-rules.ts'
import { openDatabase } from '../src/metadata/database.ts'
import { migrateMetadata } from '../src/metadata/migrate.ts'
import { startEmbeddedPostgres } from '../src/stack/embedded-postgres.ts'
import { printFigures } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { openFullStore } from './support/store-data.ts'
import { LARGE_ORGANIZATION } from './support/store-rows.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const RULES = 1_000
const ROUNDS = 3
const MINUTE = 60_000

const CONDITIONS: readonly Partial<Condition>[] = [
  { kind: 'ratio', share: 'failures', warning: 0.1, direction: 'above' },
  { kind: 'threshold', measure: 'failures', critical: 50, direction: 'above' },
  { kind: 'percentile', measure: 'durationMs', percentile: 95, warning: 1_000, direction: 'above' },
  { kind: 'change', measure: 'count', critical: 3, direction: 'above' },
]

using home = temporaryHome('exectrail-bench-')
const full = await openFullStore(ROWS)
const { store, endMs } = full
const postgres = await startEmbeddedPostgres({ home: home.path })
const database = openDatabase(postgres.url)
try {
  await migrateMetadata(database)
  for (let index = 0; index < RULES; index += 1) {
    // A question of its own for each rule: an agent, and a length of the window.
    const rule = ruleSchema.parse({
      name: `rule ${index}`,
      condition: CONDITIONS[index % CONDITIONS.length],
      filter: { where: [`codeAgentId=agent-${String(index % 400).padStart(3, '0')}`] },
      windowSeconds: [300, 900, 3_600][index % 3],
    })
    const nextEnd = new Date(endMs).toISOString()
    const change = { name: rule.name, definition: rule, enabled: true, changedBy: 'bench', nextEnd }
    const owner = { organizationId: LARGE_ORGANIZATION, workspaceId: null }
    await insertRule(database.queries, randomUUID(), owner, change)
  }
  const seconds: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const begin = performance.now()
    const done = await evaluateDue(
      { store, database, pipeline: null, budgets: null },
      endMs + round * MINUTE + 30_000,
    )
    if (done.windows !== RULES || done.failed > 0) throw new Error(`evaluated ${JSON.stringify(done)}`)
    seconds.push((performance.now() - begin) / 1000)
  }
  printFigures([
    {
      name: `${RULES} rules over ${ROWS.toLocaleString('en')} rows, slowest of ${ROUNDS} rounds`,
      value: Math.max(...seconds),
      unit: 's',
      target: { atMost: 60 },
    },
  ])
} finally {
  await database.close()
  await postgres.process.stop()
  await postgres.release()
  await full.stop()
}
