import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startClickHouse, type RunningClickHouse } from '../../support/clickhouse.ts'
import { prepareClient, runClient, skipReason } from '../../support/client-program.ts'

const prepared = await prepareClient({
  name: 'java',
  what: 'clickhouse-jdbc 0.11.1 with Maven',
  pins: ['pom.xml', 'Smoke.java'],
  needs: [
    ['javac', '-version'],
    ['mvn', '-version'],
  ],
  install: (target) => [
    ['mvn', '--quiet', '--batch-mode', 'dependency:copy-dependencies', `-DoutputDirectory=${target}`],
    ['javac', '-d', target, 'Smoke.java'],
  ],
})

const ROWS = [['1000', '499500']]

describe.skipIf('hindrance' in prepared)(`clickhouse-jdbc${skipReason(prepared)}`, () => {
  const directory = 'directory' in prepared ? prepared.directory : ''
  let clickhouse: RunningClickHouse
  beforeAll(async () => {
    clickhouse = await startClickHouse()
  })
  afterAll(() => clickhouse.stop())

  it('works with its defaults, in blocks of LZ4 and without', async () => {
    const classpath = `${directory}:${join(directory, '*')}`
    const command = ['java', '-Duser.timezone=UTC', '-cp', classpath, 'Smoke'] as const
    expect(await runClient(command, clickhouse, { name: 'java' })).toEqual({
      'error ': 47,
      'error compress=0': 47,
      'error decompress=1': 47,
      'error client.use_http_compression=true': 47,
      'inserted ': ROWS,
      'inserted compress=0': ROWS,
      'inserted decompress=1': ROWS,
      'inserted client.use_http_compression=true': ROWS,
      version: expect.stringMatching(/^\d+\.\d+\./u),
      types: [
        [
          '-9223372036854775808',
          '18446744073709551615',
          '1.2345',
          '2026-01-02 03:04:05.678',
          '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
          '{a=1}',
          'null',
          'low',
          'b',
          'true',
        ],
      ],
      parameters: [["it's", '7']],
      streamed: 1_000_000,
      error: 47,
      denied: 497,
      clause: [['0'], ['1']],
      'max rows': 5,
      cancelled: true,
      'cancel()': true,
      tables: ['code_exec_logs'],
      columns: ['id', 'text', 'time'],
      reader: [['1000']],
      'reader writes': 497,
    })
  })
})
