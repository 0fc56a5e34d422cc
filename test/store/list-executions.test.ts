import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getExecution } from '../../src/store/queries/get-execution.ts'
import { LIST_ORDERS, type ListExecutionsQuery, type Position } from '../../src/store/list-page.ts'
import { listExecutions } from '../../src/store/queries/list-executions.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { DAY, insertOtelRows, type Given } from '../support/otel-rows.ts'

const acme = { organizationId: 'acme' }
let clickhouse: RunningClickHouse

const CRASH = {
  'error.type': 'executor_crashed',
  'code_exec.outcome': 'error',
  'code_exec.duration_ms': '500',
}

/** Ids of UUIDv7 that hold their start, other ids, and both kinds delivered again and after a presumed crash. */
function deliveries(): Given[] {
  const given = Array.from({ length: 60 }, (_, n): Given => {
    const startedMs = n % 7 === 0 ? 5000 : n * 1000
    const time = (Date.parse(DAY.from) + startedMs).toString(16).padStart(12, '0')
    const id = randomUUID()
    return {
      executionId: n % 3 === 0 ? id : `${time.slice(0, 8)}-${time.slice(8)}-7${id.slice(15)}`,
      startedMs,
      attributes: {
        'gen_ai.agent.id': `agent-${n % 4}`,
        'code_exec.outcome': n % 5 === 0 ? 'failure' : 'success',
        'code_exec.duration_ms': `${(n * 37) % 100}`,
      },
    }
  })
  const crashed = given.slice(0, 20).map(({ executionId, startedMs = 0, attributes }): Given => ({
    executionId,
    startedMs,
    attributes: { ...attributes, ...CRASH },
  }))
  return [...crashed, ...given, ...given.slice(10, 40)]
}

beforeAll(async () => {
  clickhouse = await startClickHouse()
  // Rows that are inserted together would be merged at once.
  const given = deliveries()
  for (const part of [given.slice(0, 20), given.slice(20, 80), given.slice(80)])
    await insertOtelRows(clickhouse.store, part)
  const [again] = given
  for (let n = 0; n < 40; n += 1) if (again !== undefined) await insertOtelRows(clickhouse.store, [again])
})
afterAll(() => clickhouse.stop())

async function walk(part: Partial<ListExecutionsQuery>): Promise<string[]> {
  const ids: string[] = []
  let after: Position | null = null
  do {
    const { rows: page } = await listExecutions(clickhouse.store, {
      scope: acme,
      window: DAY,
      filter: { terms: [] },
      order: 'newest',
      limit: 7,
      fields: ['executionId', 'outcome'],
      ...part,
      after,
    })
    ids.push(...page.map(({ record }) => String(record.executionId)))
    after = page.length < 7 ? null : (page.at(-1)?.position ?? null)
  } while (after !== null)
  return ids
}

const RANK = { newest: '', duration: 'duration_ms DESC,', memory: '', cost: '' }

describe('a list of executions', () => {
  it.each(LIST_ORDERS)('by %s has each execution once, as FINAL has it', async (order) => {
    const rows = await clickhouse.store.query<{ execution_id: string }>(
      `SELECT execution_id FROM code_exec_logs FINAL
       ORDER BY ${RANK[order]} started_at DESC, execution_id DESC`,
    )
    expect(rows).toHaveLength(60)
    expect(await walk({ order })).toEqual(rows.map((row) => row.execution_id))
  })

  it.each(LIST_ORDERS)('by %s leaves out a record for a presumed crash that was replaced', async (order) => {
    const terms = [{ field: 'outcome', operator: '=', values: ['error'] }] as const
    expect(await walk({ order, filter: { terms } })).toEqual([])
  })

  it('has the same rows for an administrator', async () => {
    expect(await walk({ scope: 'all' })).toEqual(await walk({}))
  })
})

describe('one execution', () => {
  it('is the last record of it, whatever its id', async () => {
    for (const executionId of await walk({})) {
      const found = await getExecution(clickhouse.store, acme, executionId)
      expect(found?.executionId).toBe(executionId)
      expect(found?.outcome).not.toBe('error')
    }
  })
})
