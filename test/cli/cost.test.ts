/** `exectrail cost` on the rows that test/api/costs.test.ts adds up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { costFiguresOf, costRecords } from '../support/cost-records.ts'
import { overHttp } from '../support/mcp.ts'
import { makeRecord } from '../support/records.ts'
import { ADMIN_KEY } from '../support/service.ts'

const WINDOW = { from: '2026-01-10T00:00:00Z', to: '2026-04-01T00:00:00Z' }
const OPTIONS = ['--org', 'spending', '--from', WINDOW.from, '--to', WINDOW.to]
const strange = makeRecord({
  organizationId: 'strange',
  codeAgentId: '=HYPERLINK("x"),\n1',
  costRunNanoUsd: 5,
})

let asked: AskedService
beforeAll(async () => {
  asked = await startAskedService([...costRecords, strange])
})
afterAll(() => asked.stop())

describe('exectrail cost', () => {
  it('shows costs by agent, the most expensive first, and the forecast of the month', async () => {
    const { stdout, stderr } = await asked.ask('cost', ...OPTIONS)
    const total = costFiguresOf(costRecords)
    const lines = stdout.split('\n')
    expect(lines[1]).toMatch(
      /codeAgentId +count +success +cost +share +of tokens +per success +of failures +of timeouts/,
    )
    expect(lines.find((line) => line.includes('(all)'))).toContain(
      `$${(Number(total.costNanoUsd) / 1e9).toFixed(2)}`,
    )
    expect(stderr).toContain(`The resources of ${total.unpricedCount} executions have no known cost`)
    expect(stderr).toMatch(/^\d{4}-\d\d: .* so far; forecast: none: 0 complete days of history/m)
  })

  it('prints the reply of the service with --json, and the change with --compare', async () => {
    const found = await asked.askJson('cost', ...OPTIONS, '--by', 'runtime,model', '--order', 'failures')
    expect(found.total).toEqual(costFiguresOf(costRecords))
    expect(found.groups).toHaveLength(4)
    const { stdout } = await asked.ask('cost', ...OPTIONS, '--compare')
    expect(stdout).toContain('change: from the window before')
  })

  it('prints a CSV by month that adds up to the nano-dollar', async () => {
    const { stdout } = await asked.ask('cost', ...OPTIONS, '--by', 'codeAgentId,runtime', '--csv')
    const [head = '', ...rows] = stdout.trim().split('\n')
    const names = head.split(',')
    const column = (name: string): string[] => rows.map((row) => row.split(',')[names.indexOf(name)] ?? '')
    const total = costFiguresOf(costRecords)
    const sum = (name: string): bigint =>
      column(name).reduce((all, cell) => all + BigInt(cell.replace('.', '') || '0'), 0n)
    expect(new Set(column('month'))).toEqual(new Set(['2026-01', '2026-02', '2026-03']))
    expect(sum('costNanoUsd')).toBe(BigInt(total.costNanoUsd ?? 0))
    expect(sum('costUsd')).toBe(BigInt(total.costNanoUsd ?? 0))
    expect(sum('executions')).toBe(300n)
    expect(column('costUsd').every((cell) => /^\d+\.\d{9}$/.test(cell))).toBe(true)
  })

  it('prints no text of callers as a formula', async () => {
    const { stdout } = await asked.ask('cost', '--org', 'strange', '--since', '1d', '--csv')
    expect(stdout.slice(stdout.indexOf('\n') + 1)).toMatch(
      /^\d{4}-\d\d,"'=HYPERLINK\(""x""\),\n1",1,1,0,0,0,0\.000000005,5,5,,/,
    )
  })

  it('says what another runtime would have cost, and what that takes for granted', async () => {
    const { stdout } = await asked.ask('cost', ...OPTIONS, '--what-if', 'e2b', '--vcpus', '4')
    expect(stdout).toMatch(/^300 executions cost \$.*, \d+ of them unknown\non e2b: \$/)
    expect(stdout).toContain(
      'assuming that each execution has a sandbox of its own with 4 vCPUs and 512 MiB on e2b',
    )
  })
})

describe('exectrail reprice', () => {
  it('says what would change, writes it with --apply, and finds nothing to change then', async () => {
    const options = ['--org', 'strange', '--since', '1d']
    const dry = await asked.ask('reprice', ...options)
    expect(dry.stdout).toMatch(/prices before +after +count/)
    expect(dry.stderr).toContain('1 of 1 executions would change; nothing is written. Write it with --apply.')
    expect(await asked.askJson('reprice', ...options, '--apply')).toMatchObject({
      count: 1,
      changedCount: 1,
      applied: true,
      changes: [{ from: null, to: null, before: { costRunNanoUsd: 5 }, after: { costRunNanoUsd: 0 } }],
    })
    const again = await asked.ask('reprice', ...options, '--apply')
    expect(again.stderr).toContain('None of 1 executions changes.')
  })

  it('names what is wrong with the prices it is given', async () => {
    const ended = await asked.run(['reprice', '--prices', '/no/such/prices'])
    expect(ended.exitCode).toBe(78)
    expect(ended.stderr).toContain('/no/such/prices: cannot be read')
  })
})

it('the tool get_costs answers with the same numbers', async () => {
  const session = await overHttp(asked.url, ADMIN_KEY, 'auto')
  const found = await session.call('get_costs', {
    organization: 'spending',
    ...WINDOW,
    groupBy: ['runtime'],
    comparePrevious: true,
    forecast: true,
  })
  await session.close()
  const { costNanoUsd, perSuccessNanoUsd, failures } = costFiguresOf(costRecords)
  expect(found).toMatchObject({
    total: { count: 300, costNanoUsd, perSuccessNanoUsd, failures },
    change: { ratio: null },
    forecast: { forecastNanoUsd: null },
  })
  expect(found.groups).toHaveLength(2)
})
