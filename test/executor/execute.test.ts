import { describe, expect, it } from 'vitest'
import { CapacityError, InvalidRequestError } from '../../src/errors.ts'
import type { RuntimeIo } from '../../src/runtimes/runtime.ts'
import { CONTEXT_FIELDS, mapNames } from '../../src/record/record.ts'
import { exitWith, toyExecutor, toyRuntime } from '../support/toy-executor.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Ends only when it is asked to, as a killed child does. */
const untilAborted = toyRuntime(async (_request, io) => {
  io.onRunning()
  await new Promise((resolve) => {
    io.signal.addEventListener('abort', resolve, { once: true })
    if (io.signal.aborted) resolve(null)
  })
  return exitWith({ exitCode: null, signal: 'SIGKILL' })
})

describe('execute', () => {
  it('leaves one started and one completed record that agree, and answers with the result parsed', async () => {
    const runtime = toyRuntime(async (request, io) => {
      io.onRunning()
      await io.onOutput({ stream: 'stdout', bytes: bytes('hello') })
      return exitWith({ result: `{"echo":${request.input}}`, cpuMs: 3 })
    })
    const { execute, started, completed } = toyExecutor(runtime)
    const result = await execute({
      input: [1, 2],
      context: { codeAgentId: 'a' },
      usage: { inputTokens: 5, outputTokens: 7 },
    })
    expect(result).toMatchObject({
      outcome: 'success',
      result: { echo: [1, 2] },
      stdout: 'hello',
      stdoutBytes: 5,
      cpuMs: 3,
      tokensUsed: 12,
    })
    expect(started).toHaveLength(1)
    expect(completed).toHaveLength(1)
    expect(completed[0]).toMatchObject(started[0] ?? {})
    expect(completed[0]).toMatchObject({
      organizationId: 'default',
      workspaceId: null,
      attempt: 1,
      result: '{"echo":[1,2]}',
    })
  })

  it('copies all that the caller says of itself to the record', async () => {
    const context = mapNames(CONTEXT_FIELDS, (name) => `some ${name}`)
    const { execute, started, completed } = toyExecutor(toyRuntime(() => Promise.resolve(exitWith({}))))
    await execute({ context })
    expect(started[0]).toMatchObject(context)
    expect(completed[0]).toMatchObject(context)
  })

  it('turns a runtime that throws into outcome error, not a rejected promise', async () => {
    const { execute, completed } = toyExecutor(toyRuntime(() => Promise.reject(new Error('broken pipe'))))
    expect(await execute()).toMatchObject({
      outcome: 'error',
      errorType: 'runtime_error',
      errorMessage: 'subprocess failed: broken pipe',
    })
    expect(completed).toHaveLength(1)
  })

  it('counts the deadline from the first statement and says timeout', async () => {
    const { execute } = toyExecutor(untilAborted)
    const result = await execute({ limits: { timeoutMs: 30 } })
    expect(result).toMatchObject({
      outcome: 'timeout',
      errorType: 'timeout',
      success: false,
      limitTimeoutMs: 30,
    })
    expect(result.durationMs).toBeGreaterThanOrEqual(29)
  })

  it('cancels a run at once when the caller aborts, before it and during it', async () => {
    const { execute, completed } = toyExecutor(untilAborted)
    const caller = new AbortController()
    const during = execute({ signal: caller.signal })
    caller.abort()
    expect(await during).toMatchObject({ outcome: 'cancelled', errorType: 'cancelled' })
    expect(await execute({ signal: AbortSignal.abort() })).toMatchObject({ outcome: 'cancelled' })
    expect(completed).toHaveLength(2)
  })

  it('ends what runs as cancelled when the executor closes', async () => {
    const { execute, closing } = toyExecutor(untilAborted)
    const running = execute()
    closing.abort()
    expect(await running).toMatchObject({ outcome: 'cancelled' })
  })

  it('ends a flood as limit only where the policy says so, and counts every byte', async () => {
    const flood = toyRuntime(async (_request, io: RuntimeIo) => {
      io.onRunning()
      for (let n = 0; n < 100 && !io.signal.aborted; n += 1)
        await io.onOutput({ stream: 'stderr', bytes: bytes('x'.repeat(100)) })
      return exitWith()
    })
    const { execute } = toyExecutor(flood)
    const truncated = await execute({ limits: { outputBytes: 1000 } })
    expect(truncated).toMatchObject({ outcome: 'success', outputTruncated: true, stderrBytes: 10_000 })
    const killed = await execute({ limits: { outputBytes: 1000, outputPolicy: 'kill' } })
    expect(killed).toMatchObject({ outcome: 'limit', errorType: 'output_limit', stderrBytes: 1100 })
  })

  it('hands output on in order, code points unbroken, and waits for the listener', async () => {
    const heard: string[] = []
    const runtime = toyRuntime(async (_request, io) => {
      io.onRunning()
      for (const byte of bytes('aé😀z')) await io.onOutput({ stream: 'stdout', bytes: Uint8Array.of(byte) })
      heard.push('end')
      return exitWith()
    })
    await toyExecutor(runtime).execute({
      async onOutput({ text }) {
        await Promise.resolve()
        heard.push(text)
      },
    })
    expect(heard).toEqual(['a', 'é', '😀', 'z', 'end'])
  })

  it('hands on what a program left half said of a character', async () => {
    const heard: string[] = []
    const runtime = toyRuntime(async (_request, io) => {
      io.onRunning()
      await io.onOutput({ stream: 'stderr', bytes: Uint8Array.of(97, 0xe2, 0x82) })
      return exitWith()
    })
    const { stderr } = await toyExecutor(runtime).execute({ onOutput: ({ text }) => void heard.push(text) })
    expect(heard.join('')).toBe(stderr)
  })

  it('refuses denied code and bad input without a run, as a failure that validation explains', async () => {
    const { execute, completed } = toyExecutor(toyRuntime(() => Promise.reject(new Error('must not run'))))
    expect(await execute({ code: "require('fs')", policy: { denyModules: ['fs'] } })).toMatchObject({
      outcome: 'failure',
      errorType: 'policy',
      validationPassed: null,
    })
    const schema = { type: 'object', required: ['n'] }
    expect(await execute({ input: {}, inputSchema: schema })).toMatchObject({
      outcome: 'failure',
      errorType: 'validation_input',
      validationPassed: false,
    })
    expect(completed.map((record) => record.durationMs)).toEqual([0, 0])
  })

  it('holds the result against its schema', async () => {
    const { execute } = toyExecutor(toyRuntime(() => Promise.resolve(exitWith({ result: '{"n":"one"}' }))))
    const outputSchema = { type: 'object', properties: { n: { type: 'number' } } }
    expect(await execute({ outputSchema })).toMatchObject({
      outcome: 'failure',
      errorType: 'validation_output',
      validationPassed: false,
    })
    expect(await execute({ outputSchema: true })).toMatchObject({
      outcome: 'success',
      validationPassed: true,
    })
    expect(await execute()).toMatchObject({ outcome: 'success', validationPassed: null })
  })

  it('takes a result that is not JSON for what it is: hostile code', async () => {
    const { execute, completed } = toyExecutor(
      toyRuntime(() => Promise.resolve(exitWith({ result: '{"half":' }))),
    )
    expect(await execute()).toMatchObject({ outcome: 'failure', errorType: 'exception', result: null })
    expect(completed).toHaveLength(1)
  })

  it('names every fault of a request at once and leaves nothing behind', async () => {
    const { execute, started } = toyExecutor(untilAborted)
    const wrong = execute({
      language: 'python',
      code: '',
      limits: { timeoutMs: -1, memoryMb: 1e9 },
      input: 1n,
      files: [{ path: '../x', content: '' }],
    })
    const error = await wrong.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidRequestError)
    const paths = (error as InvalidRequestError).issues.map((issue) => issue.path)
    expect(paths).toEqual(
      expect.arrayContaining(['code', 'limits.timeoutMs', 'limits.memoryMb', 'input', 'files.0.path']),
    )
    expect(started).toEqual([])
  })

  it('names the languages a runtime serves', async () => {
    const { execute } = toyExecutor(untilAborted)
    await expect(execute({ language: 'python' })).rejects.toThrow(
      'subprocess serves javascript, bash, not python',
    )
    await expect(execute({ runtime: 'e2b' })).rejects.toThrow('e2b is not part of this executor')
  })

  it('refuses with a capacity error when the queue is full and records one that waited too long', async () => {
    const full = toyExecutor(untilAborted, { concurrency: 1, queueLimit: 0 })
    const running = full.execute()
    await expect(full.execute()).rejects.toThrow(CapacityError)
    expect(full.started).toHaveLength(1)
    full.closing.abort()
    await running

    const slow = toyExecutor(untilAborted, { concurrency: 1, queueTimeoutMs: 5 })
    const holder = slow.execute()
    await expect(slow.execute()).rejects.toThrow(CapacityError)
    expect(slow.completed).toMatchObject([{ outcome: 'error', errorType: 'runtime_unavailable' }])
    slow.closing.abort()
    await holder
    expect(slow.completed).toHaveLength(2)
  })
})
