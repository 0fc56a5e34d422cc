import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { once } from 'node:events'
import { connect } from 'node:net'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { openEvents, type EventReader, type ReceivedEvent } from '../support/event-stream.ts'
import { insertRecords, insertStart, makeRecord } from '../support/records.ts'
import { ACME_KEY, ADMIN_KEY, GLOBEX_KEY, readProblem, withKey } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

let stack: ApiStack
const readers: EventReader[] = []

beforeAll(async () => {
  stack = await startApiStack()
})
afterAll(async () => {
  for (const reader of readers) reader.close()
  await stack.stop()
})

async function listen(
  query = '',
  options: { key?: string; lastEventId?: string } = {},
): Promise<EventReader> {
  const reader = await openEvents(stack.service, `/v1/live${query}`, options)
  readers.push(reader)
  return reader
}

async function nextOf(reader: EventReader, count = 1): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = []
  while (events.length < count) {
    const event = await reader.next()
    if (event === null) throw new Error('the stream ended')
    events.push(event)
  }
  return events
}

const insert = (...parts: Parameters<typeof makeRecord>[0][]) => {
  const records = parts.map((part) => makeRecord(part))
  return insertRecords(stack.clickhouse, records).then(() => records)
}

describe('live events', () => {
  it('tell of starts and ends, the record without bodies, once each', async () => {
    const reader = await listen('?codeAgentId=told')
    expect(reader.headers.get('Cache-Control')).toContain('no-transform')
    const executionId = await insertStart(stack.clickhouse, { codeAgentId: 'told' })
    const [start] = await nextOf(reader)
    expect(start).toMatchObject({
      event: 'started',
      data: { executionId, codeAgentId: 'told', runtime: 'subprocess' },
    })
    const [first] = await insert({ executionId, codeAgentId: 'told', stdout: 'body', durationMs: 7 })
    const [end] = await nextOf(reader)
    expect(end).toMatchObject({
      event: 'execution',
      data: { executionId, durationMs: 7, outcome: 'success' },
    })
    for (const body of ['code', 'input', 'stdout', 'stderr', 'result', 'errorStack'])
      expect(end?.data).not.toHaveProperty(body)
    // The same row again is no event; the next one is.
    if (first !== undefined) await insertRecords(stack.clickhouse, [first])
    const [other] = await insert({ codeAgentId: 'told' })
    expect((await nextOf(reader))[0]?.data.executionId).toBe(other?.executionId)
  })

  it('are filtered as lists are, on bodies too, and only the kinds that were asked for', async () => {
    const [slow, text, starts, ends] = await Promise.all([
      listen('?codeAgentId=filtered&where=durationMs>=1000'),
      listen('?codeAgentId=filtered&q=NEEDLE'),
      listen('?codeAgentId=filtered&events=started'),
      listen('?codeAgentId=filtered&where=outcome!=success'),
    ])
    const begun = await insertStart(stack.clickhouse, { codeAgentId: 'filtered' })
    await insert({ codeAgentId: 'filtered', durationMs: 1 }, { codeAgentId: 'other', durationMs: 5000 })
    const made = await insert(
      { codeAgentId: 'filtered', durationMs: 2000 },
      { codeAgentId: 'filtered', stdout: 'a needle here' },
      { codeAgentId: 'filtered', outcome: 'failure', success: false },
    )
    const ids = made.map(({ executionId }) => executionId)
    expect((await nextOf(slow))[0]?.data.executionId).toBe(ids[0])
    const [found] = await nextOf(text)
    expect(found?.data.executionId).toBe(ids[1])
    expect(found?.data).not.toHaveProperty('stdout')
    expect((await nextOf(starts))[0]).toMatchObject({ event: 'started', data: { executionId: begun } })
    // A start says nothing of the outcome, so it is no event of this one.
    expect((await nextOf(ends))[0]).toMatchObject({ event: 'execution', data: { executionId: ids[2] } })
  })

  it('are only those of the tenant of the key', async () => {
    const [acme, globex, all] = await Promise.all([
      listen('', { key: ACME_KEY }),
      listen('', { key: GLOBEX_KEY }),
      listen('?codeAgentId=tenant', { key: ADMIN_KEY }),
    ])
    await insert({ organizationId: 'globex', codeAgentId: 'tenant' })
    await insert({ organizationId: 'acme', codeAgentId: 'tenant' })
    expect((await nextOf(acme))[0]?.data.organizationId).toBe('acme')
    expect((await nextOf(globex))[0]?.data.organizationId).toBe('globex')
    expect((await nextOf(all, 2)).map(({ data }) => String(data.organizationId)).toSorted()).toEqual([
      'acme',
      'globex',
    ])
    const foreign = await stack.service.ask('/v1/live?organization=globex', withKey(ACME_KEY))
    expect(await readProblem(foreign)).toMatchObject({ status: 403 })
  })

  it('go on behind the last one that was received, none lost and none twice', async () => {
    const first = await listen('?codeAgentId=resumed')
    await insert({ codeAgentId: 'resumed' }, { codeAgentId: 'resumed' })
    const received = await nextOf(first, 2)
    first.close()
    const missed = await insert(...Array.from({ length: 30 }, () => ({ codeAgentId: 'resumed' })))
    const again = await listen('?codeAgentId=resumed', { lastEventId: received[0]?.id ?? '' })
    const later = await insert({ codeAgentId: 'resumed' })
    const ids = (await nextOf(again, 32)).map(({ data }) => String(data.executionId))
    expect(ids.slice(0, 1)).toEqual([received[1]?.data.executionId])
    const expected = [...missed, ...later].map(({ executionId }) => executionId)
    expect(ids.slice(1).toSorted()).toEqual(expected.toSorted())
    expect(ids.at(-1)).toBe(later[0]?.executionId)
  })

  it('go on for a listener that had none before its connection was lost', async () => {
    const first = await listen('?codeAgentId=before')
    const heard = first.next()
    await waitFor(() => first.lastId() !== '', { what: 'an id' })
    first.close()
    await expect(heard).rejects.toThrow(/abort/)
    const [missed] = await insert({ codeAgentId: 'before' })
    const again = await listen('?codeAgentId=before', { lastEventId: first.lastId() })
    expect((await nextOf(again))[0]?.data.executionId).toBe(missed?.executionId)
  })

  it('go on from an id of a service that was restarted', async () => {
    const reader = await listen('?codeAgentId=restarted')
    await insert({ codeAgentId: 'restarted' })
    const [event] = await nextOf(reader)
    reader.close()
    const [, sequence, arrivedMs] = (event?.id ?? '').split('-')
    const [missed] = await insert({ codeAgentId: 'restarted' })
    const again = await listen('?codeAgentId=restarted', {
      lastEventId: `0123456789-${sequence}-${arrivedMs}`,
    })
    // What arrived shortly before the event may come again.
    const ids = (await nextOf(again, 2)).map(({ data }) => data.executionId)
    expect(ids).toEqual([event?.data.executionId, missed?.executionId])
    const bad = await stack.service.ask('/v1/live', {
      headers: { ...withKey(ADMIN_KEY).headers, 'Last-Event-ID': '12' },
    })
    expect(await readProblem(bad)).toMatchObject({ status: 422, errors: [{ path: 'Last-Event-ID' }] })
  })

  it('say how many a listener missed who took nothing for long', async () => {
    const url = new URL(stack.service.url)
    const socket = connect(Number(url.port), url.hostname)
    await once(socket, 'connect')
    socket.write(
      `GET /v1/live?codeAgentId=flood HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n\r\n`,
    )
    await once(socket, 'readable')
    socket.pause()
    const witness = await listen('?codeAgentId=flood&where=durationMs=99999')
    await stack.clickhouse.store.command(
      `INSERT INTO code_exec_logs (execution_id, organization_id, code_agent_id, error_message, started_at)
       SELECT toString(number), 'acme', 'flood', repeat('x', 2000), now64(9) FROM numbers(12000)`,
    )
    await insert({ codeAgentId: 'flood', durationMs: 99_999 })
    await nextOf(witness)
    let received = ''
    socket.on('data', (bytes) => (received += bytes.toString('latin1')))
    socket.resume()
    await waitFor(() => received.includes('99999'), { what: 'the last event' })
    socket.destroy()
    const events = [...received.matchAll(/^event: execution$/gmu)].length
    const skipped = [...received.matchAll(/"skipped":(?<count>\d+)/gu)].map(({ groups }) =>
      Number(groups?.['count']),
    )
    expect(skipped.length).toBeGreaterThan(0)
    expect(events + skipped.reduce((sum, count) => sum + count, 0)).toBe(12_001)
  })

  it('refuse a condition that is none', async () => {
    const answer = await stack.service.ask('/v1/live?where=nonsense', withKey(ADMIN_KEY))
    expect(await readProblem(answer)).toMatchObject({ status: 422, errors: [{ path: 'where' }] })
  })
})
