import { cp } from 'node:fs/promises'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'

/** Written by an executor of 0.1.0: three executions, one that never ended, and a log record and span of its host. */
const FIXTURE = join(import.meta.dirname, '../fixtures/outbox-of-0.1.0')
const id = (n: number): string => `019e0000-0000-7000-8000-00000000000${n}`

it('the outbox of an older release is delivered as it was written, and what never ended is completed', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  await cp(FIXTURE, join(home.path, 'outbox'), { recursive: true })
  const trail = await openTrail(home.path, receiver.url)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(trail.status()).toMatchObject({ adopted: 1, corrupt: 0, dead: 0, dropped: 0 })
  expect(receiver.completed().toSorted()).toEqual([id(1), id(2), id(3), id(4)])
  const find = (n: number, signal: string, eventName: string) =>
    receiver.taken.find((one) => one.id === id(n) && one.signal === signal && one.eventName === eventName)
  for (const n of [1, 2, 3, 4])
    expect(find(n, 'logs', 'code_exec.started')?.attributes).toMatchObject({ 'gen_ai.agent.id': 'summer' })
  expect(find(2, 'logs', 'code_exec.completed')?.attributes).toMatchObject({
    'code_exec.started_at': '1795161600123456789',
    'exception.type': 'TypeError',
    'exception.message': 'TypeError: noé',
    'code_exec.code': 'pass',
    'code_exec.workflow_execution.id': 'wf',
  })
  expect(find(4, 'logs', 'code_exec.completed')?.attributes).toMatchObject({
    'code_exec.outcome': 'error',
    'error.type': 'executor_crashed',
    'code_exec.code': 'pass',
    'code_exec.input': '[1]',
  })
  expect(find(4, 'spans', '')).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
  })
  expect(receiver.taken.map(({ eventName }) => eventName)).toContain('host.event')
  expect(globSync('outbox/*/*.log', { cwd: home.path })).toEqual([])
})
