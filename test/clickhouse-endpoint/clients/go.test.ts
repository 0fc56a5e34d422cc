import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startClickHouse, type RunningClickHouse } from '../../support/clickhouse.ts'
import { prepareClient, runClient, skipReason } from '../../support/client-program.ts'

const prepared = await prepareClient({
  name: 'go',
  what: 'a program with clickhouse-go 2.51.0',
  pins: ['go.mod', 'go.sum', 'main.go'],
  needs: [['go', 'version']],
  install: (target) => [['go', 'build', '-o', join(target, 'smoke'), '.']],
})

const ROWS = [1000, 499500]

describe.skipIf('hindrance' in prepared)(`clickhouse-go over HTTP${skipReason(prepared)}`, () => {
  const directory = 'directory' in prepared ? prepared.directory : ''
  let clickhouse: RunningClickHouse
  beforeAll(async () => {
    clickhouse = await startClickHouse()
  })
  afterAll(() => clickhouse.stop())

  it('works with every compression, and as Grafana uses it', async () => {
    expect(await runClient([join(directory, 'smoke')], clickhouse, { name: 'go' })).toEqual({
      'inserted none': ROWS,
      'inserted lz4': ROWS,
      'inserted zstd': ROWS,
      'inserted gzip': ROWS,
      'inserted deflate': ROWS,
      'inserted br': ROWS,
      types: [
        '-9223372036854775808',
        '18446744073709551615',
        '1.2345',
        '2026-01-02 03:04:05.678 +0000 UTC',
        '61f0c404-5cb3-11e7-907b-a6006ad3dba0',
        '1.2.3.4',
        '[1 2]',
        'map[a:1]',
        '<nil>',
        'low',
        'b',
        'true',
      ],
      parameters: "it's",
      streamed: 1_000_000,
      error: 47,
      setting: 'Asia/Tokyo',
      cancelled: true,
      'cancelled in the engine': true,
      columns: ['id', 'text', 'time', 'maybe', 'tags'],
      'grafana limit': 3,
      'grafana tables': 1,
      'grafana writes': 497,
    })
  })
})
