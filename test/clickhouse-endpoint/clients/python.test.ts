import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startClickHouse, type RunningClickHouse } from '../../support/clickhouse.ts'
import { prepareClient, runClient, skipReason } from '../../support/client-program.ts'

const prepared = await prepareClient({
  name: 'python',
  what: 'clickhouse-connect 1.12.0 and clickhouse-sqlalchemy 0.3.2',
  pins: ['requirements.txt'],
  needs: [['python3', '-m', 'pip', '--version']],
  install: (target) => [
    ['python3', '-m', 'pip', 'install', '--quiet', '--target', target, '-r', 'requirements.txt'],
  ],
})

const ROWS = ['1000', '499500', '1500.0000']

describe.skipIf('hindrance' in prepared)(`Python clients${skipReason(prepared)}`, () => {
  const directory = 'directory' in prepared ? prepared.directory : ''
  let clickhouse: RunningClickHouse
  beforeAll(async () => {
    clickhouse = await startClickHouse()
  })
  afterAll(() => clickhouse.stop())

  const run = (program: string): Promise<Record<string, unknown>> =>
    runClient(['python3', program], clickhouse, {
      name: 'python',
      env: { PYTHONPATH: directory, PYTHONDONTWRITEBYTECODE: '1', TZ: 'UTC' },
    })

  it('clickhouse-connect works with its defaults', async () => {
    expect(await run('with_connect.py')).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\./u),
      types: [
        '-9223372036854775808',
        '18446744073709551615',
        '170141183460469231731687303715884105727',
        '1.2345',
        '12345678901234567890.123456789',
        expect.stringMatching(/^2026-01-02 03:04:05\.678000/u),
        '2100-01-02',
        '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
        '1.2.3.4',
        '::1',
        '[1, 2]',
        "{'a': 1}",
        "(1, 'x')",
        'None',
        'low',
        'b',
        'True',
        expect.stringContaining('ab'),
      ],
      inserted: { lz4: ROWS, zstd: ROWS, gzip: ROWS, False: ROWS },
      raw: 'text',
      parameters: [["it's", 7]],
      streamed: 1_000_000,
      error: 47,
      denied: 497,
      setting: [['Asia/Tokyo']],
      clause: [[0], [1]],
      timeout: 159,
      seconds: expect.closeTo(1, 0),
      'gave up': true,
      ended: true,
      external: [[3]],
      tables: true,
      columns: ['id', 'text', 'amount', 'time', 'maybe', 'tags'],
      reader: [[1001]],
      'reader writes': 497,
    })
  })

  it('clickhouse-sqlalchemy works with its defaults', async () => {
    expect(await run('with_sqlalchemy.py')).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\./u),
      types: [
        '-9223372036854775808',
        '18446744073709551615',
        '1.2345',
        '2026-01-02 03:04:05.678000',
        'None',
        'low',
        '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
      ],
      inserted: ['1000', '499500', '1500'],
      parameters: [["it's", 7]],
      streamed: 100_000,
      clause: [[0], [1]],
      error: 'Code: 47.',
      tables: true,
      columns: ['id', 'text', 'amount', 'time'],
      reflected: true,
    })
  })
})
