import { globSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { leave, openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'
import { runChild } from './run-child.ts'

describe('a process killed in the midst of executions', () => {
  it('leaves them to the next one, which completes the unended as crashed with their original start', async () => {
    await using home = await temporaryDirectory()
    await using receiver = await startReceiver()
    await using child = runChild(home.path, '-', { count: 20, unended: 5 })
    await child.done()
    const left = await child.kill()
    const trail = await openTrail(home.path, receiver.url)
    expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
    expect(receiver.completed().toSorted()).toEqual([...left.begun].toSorted())
    expect(receiver.spans().toSorted()).toEqual([...left.begun].toSorted())
    expect(trail.status().adopted).toBe(5)
    const started = new Map(
      receiver.taken.filter(({ eventName }) => eventName === 'code_exec.started').map((one) => [one.id, one]),
    )
    const crashed = receiver.taken.filter(({ attributes }) => attributes['error.type'] === 'executor_crashed')
    const unended = [...left.begun].filter((id) => !left.completed.has(id))
    expect([...new Set(crashed.map(({ id }) => id))].toSorted()).toEqual(unended.toSorted())
    for (const one of crashed) {
      const begun = started.get(one.id)
      expect(one).toMatchObject({ traceId: begun?.traceId, spanId: begun?.spanId })
      expect(one.attributes['code_exec.outcome']).toBe('error')
      expect(one.attributes['gen_ai.tool.name']).toBe('run_code')
      if (one.signal === 'logs') {
        expect(one.attributes['code_exec.started_at']).toBe(begun?.attributes['code_exec.started_at'])
        expect(one.attributes['code_exec.code']).toBe('pass')
      }
    }
    expect(globSync('outbox/*/*.log', { cwd: home.path })).toEqual([])
  })

  it('is taken over once where several start at the same time', async () => {
    await using home = await temporaryDirectory()
    await using receiver = await startReceiver()
    await using child = runChild(home.path, '-', { count: 200, unended: 50 })
    await child.done()
    const left = await child.kill()
    const trails = await Promise.all(Array.from({ length: 4 }, () => openTrail(home.path, receiver.url)))
    for (const end of await Promise.all(trails.map((trail) => trail.shutdown(20_000))))
      expect(end.left).toBe(0)
    expect(receiver.completed().toSorted()).toEqual([...left.begun].toSorted())
    expect(trails.map((trail) => trail.status().adopted).reduce((a, b) => a + b)).toBe(50)
  })

  it('is taken over again where the one that took it over is killed as well', async () => {
    await using home = await temporaryDirectory()
    await using silent = await startReceiver(() => 'hang')
    await using receiver = await startReceiver()
    await using first = runChild(home.path, '-', { count: 40, unended: 10 })
    await first.done()
    const begun = await first.kill()
    await using second = runChild(home.path, silent.url, { count: 1, unended: 1 })
    await second.done()
    await expect.poll(() => globSync('outbox/*@*', { cwd: home.path }).length).toBe(1)
    const later = await second.kill()
    const trail = await openTrail(home.path, receiver.url)
    expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
    expect(receiver.completed().toSorted()).toEqual([...begun.begun, ...later.begun].toSorted())
  })
})

it('a process that lives keeps what is its own', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  await using child = runChild(home.path, '-', { count: 5, unended: 1 })
  await child.done()
  const trail = await openTrail(home.path, receiver.url)
  const { id } = leave(trail)
  expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([id])
  expect(globSync(join('outbox', '*', '*.log'), { cwd: home.path }).length).toBe(1)
})

it('what a trail left behind at its end goes out with the next', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const first = await openTrail(home.path, null)
  const { id } = leave(first)
  expect((await first.shutdown(50)).left).toBeGreaterThan(0)
  const second = await openTrail(home.path, receiver.url)
  expect(await second.shutdown(20_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([id])
})
