import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEndpoints } from '../../src/stack/endpoints.ts'
import { startStack } from '../../src/stack/stack.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { completedRecord, sendLogs } from '../support/otlp-records.ts'
import { configFor, startTestStack, startTestStackIn, type TestStack } from '../support/stack.ts'
import { waitFor } from '../support/wait.ts'

describe('parts that are elsewhere', () => {
  let elsewhere: TestStack
  beforeAll(async () => {
    elsewhere = await startTestStack()
  })
  afterAll(() => elsewhere[Symbol.asyncDispose]())

  function variables(): Record<string, string> {
    const {
      clickhouse,
      clickhouseUser,
      clickhousePassword,
      otlpHttp,
      metadata = '',
    } = elsewhere.stack.endpoints
    return {
      DATABASE_URL: metadata,
      CLICKHOUSE_URL: clickhouse,
      CLICKHOUSE_USER: clickhouseUser,
      CLICKHOUSE_PASSWORD: clickhousePassword,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpHttp,
    }
  }

  it('are used where they are and not started', async () => {
    await using started = await startTestStack(variables())
    const { CLICKHOUSE_URL, OTEL_EXPORTER_OTLP_ENDPOINT } = variables()
    expect(started.stack.components()).toEqual([
      expect.objectContaining({ name: 'store', state: 'external', url: CLICKHOUSE_URL, pid: null }),
      expect.objectContaining({ name: 'collector', state: 'external', url: OTEL_EXPORTER_OTLP_ENDPOINT }),
      expect.objectContaining({
        name: 'metadata',
        state: 'external',
        url: 'postgresql:///postgres',
        pid: null,
      }),
    ])
    expect(started.stack.metadataUrl).toBe(variables()['DATABASE_URL'])
    expect(started.stack.endpoints.metadata).toBeUndefined()
    expect(started.stack.endpoints).toMatchObject({
      clickhouse: CLICKHOUSE_URL,
      otlpHttp: OTEL_EXPORTER_OTLP_ENDPOINT,
      otlpGrpc: null,
      collectorHealth: null,
      collectorMetrics: null,
    })
    const published = await started.stack.publish('http://127.0.0.1:7070')
    expect(await readEndpoints(started.config.home)).toEqual(published)
  })

  it('may be only the store: the Collector of this stack writes there', async () => {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...store } = variables()
    await using started = await startTestStack(store)
    const id = randomUUID()
    await sendLogs(started.stack.endpoints.otlpHttp, [completedRecord(id)])
    const query = `SELECT execution_id FROM code_exec_logs WHERE execution_id = '${id}'`
    await waitFor(async () => (await elsewhere.column(query)).length > 0, { what: query })
    expect(await elsewhere.column(query)).toEqual([id])
  })

  it.each([
    ['with a wrong password', { CLICKHOUSE_PASSWORD: 'wrong' }, /AUTHENTICATION_FAILED|[Aa]uthentication/],
    ['that does not answer', { CLICKHOUSE_URL: 'http://127.0.0.1:1' }, /127\.0\.0\.1:1 /],
    [
      'of metadata that does not answer',
      { DATABASE_URL: 'postgresql://u@127.0.0.1:1/db' },
      /metadata in Postgres.*127\.0\.0\.1:1/,
    ],
  ])('are named, with what to do, for a store %s', async (_, wrong, message) => {
    await using home = await temporaryDirectory()
    const config = configFor(home.path, { ...variables(), ...wrong })
    await expect(startStack(config, () => undefined)).rejects.toMatchObject({
      code: 'stack_failed',
      message: expect.stringMatching(message),
      hint: expect.stringContaining(
        Object.keys(wrong).includes('DATABASE_URL') ? 'DATABASE_URL' : 'CLICKHOUSE_URL',
      ),
    })
    // Nothing is left behind that would keep the next start away.
    await using started = await startTestStackIn(configFor(home.path, variables()))
    expect(started.part('store').state).toBe('external')
  })
})
