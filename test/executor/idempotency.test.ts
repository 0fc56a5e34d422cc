import { describe, expect, it } from 'vitest'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { recordingTrail } from '../support/recording-trail.ts'
import { exitWith, toyRuntime } from '../support/toy-executor.ts'

const request: ExecutionRequest = {
  runtime: 'subprocess',
  language: 'javascript',
  code: 'toy',
  idempotencyKey: 'k',
}

interface Toy extends AsyncDisposable {
  executor: Executor
  runs: () => number
  end: () => void
}

/** An executor around a runtime whose runs end by `end()`, when they are cancelled, or at once for the code 'fast'. */
async function toy(result = '1'): Promise<Toy> {
  const home = await temporaryDirectory()
  let runs = 0
  const ending = new AbortController()
  const runtime = toyRuntime(async ({ code }, io) => {
    runs += 1
    io.onRunning()
    const over = AbortSignal.any([ending.signal, io.signal])
    if (!over.aborted && code !== 'fast')
      await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }))
    return exitWith({ result })
  })
  const executor = await createExecutor({
    config: offlineConfig(home.path),
    runtimes: [runtime],
    trail: recordingTrail(),
  })
  return {
    executor,
    runs: () => runs,
    end: () => ending.abort(),
    async [Symbol.asyncDispose]() {
      await executor.close(0)
      await home[Symbol.asyncDispose]()
    },
  }
}

describe('an idempotency key', () => {
  it('shares one run, which goes on until the last who waits for it gives up', async () => {
    await using held = await toy()
    const [first, second] = [new AbortController(), new AbortController()]
    const one = held.executor.execute({ ...request, signal: first.signal })
    const two = held.executor.execute({ ...request, signal: second.signal })
    first.abort()
    held.end()
    expect(await two).toMatchObject({ outcome: 'success', result: 1 })
    expect(await one).toEqual(await two)
    expect(held.runs()).toBe(1)
  })

  it('may be used again once its run was cancelled by all who waited', async () => {
    await using held = await toy()
    const [first, second] = [new AbortController(), new AbortController()]
    const one = held.executor.execute({ ...request, signal: first.signal })
    const two = held.executor.execute({ ...request, signal: second.signal })
    first.abort()
    second.abort()
    const again = held.executor.execute(request)
    const cancelled = await one
    expect(cancelled).toMatchObject({ outcome: 'cancelled' })
    expect(await two).toEqual(cancelled)
    held.end()
    const { outcome, executionId } = await again
    expect(outcome).toBe('success')
    expect(executionId).not.toBe(cancelled.executionId)
  })

  it('is not cancelled by a caller while another waits who cannot give up', async () => {
    await using held = await toy()
    const caller = new AbortController()
    const one = held.executor.execute(request)
    const two = held.executor.execute({ ...request, signal: caller.signal })
    caller.abort()
    held.end()
    expect(await one).toMatchObject({ outcome: 'success' })
    expect(await two).toMatchObject({ outcome: 'success' })
  })

  it('keeps no more than 64 MiB of answers: the oldest are run again', async () => {
    await using held = await toy(JSON.stringify('x'.repeat(9_000_000)))
    held.end()
    for (const idempotencyKey of ['a', 'b', 'c', 'd', 'd'])
      await held.executor.execute({ ...request, idempotencyKey })
    expect(held.runs()).toBe(4)
    await held.executor.execute({ ...request, idempotencyKey: 'a' })
    expect(held.runs()).toBe(5)
  })

  it('is not run twice while it runs, though the answers of others fill the cache', async () => {
    await using held = await toy(JSON.stringify('x'.repeat(9_000_000)))
    const slow = held.executor.execute({ ...request, idempotencyKey: 'slow' })
    for (const idempotencyKey of ['a', 'b', 'c', 'd'])
      await held.executor.execute({ ...request, code: 'fast', idempotencyKey })
    const again = held.executor.execute({ ...request, idempotencyKey: 'slow' })
    held.end()
    expect((await again).executionId).toBe((await slow).executionId)
    expect(held.runs()).toBe(5)
  })
})
