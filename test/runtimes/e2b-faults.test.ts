/** How the provider fails, met through the real SDK: what the record will say, and that no sandbox is left. */
import * as sdk from 'e2b'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFault } from '../../src/runtimes/e2b/faults.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { PROGRAMS } from '../contract/programs.ts'
import { e2bOn } from '../support/e2b.ts'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const found = await E2bStandIn.start()

describe.skipIf(found === null)('e2b when the provider fails (skipped without bubblewrap)', () => {
  const standIn = found as E2bStandIn
  let runtime: Runtime
  const script = (): ReturnType<typeof makeRequest> => makeRequest('bash', PROGRAMS.bash.script)
  const noneLeft = (): Promise<true> =>
    waitFor(() => standIn.sandboxes.size === 0, { what: 'the last sandbox to be gone' })

  beforeEach(() => {
    runtime = e2bOn(standIn)
  })
  afterEach(async () => {
    standIn.forgive()
    standIn.metrics = []
    await runtime.close()
    expect([...standIn.sandboxes.keys()]).toEqual([])
  })
  afterAll(() => standIn.close())

  it.each([
    [401, 'E2B AuthenticationError: Unauthorized, please check your credentials. - planned'],
    [403, 'E2B SandboxError (403): 403: planned'],
    [429, 'E2B RateLimitError (429): Rate limit exceeded, please try again later - planned'],
    [500, 'E2B SandboxError (500): 500: planned'],
    [503, 'E2B ServiceBusyError (503): Service temporarily unavailable, please retry - planned'],
  ])('keeps the words of a creation refused with %i', async (status, words) => {
    standIn.fail({ on: 'create', how: 'answer', status })
    const { exit, begun } = await record(runtime, script())
    expect(exit.fault).toMatchObject({ kind: 'runtime_unavailable', message: expect.stringContaining(words) })
    expect({ begun, sandboxId: exit.sandboxId }).toEqual({ begun: 0, sandboxId: null })
  })
  it('says which template there is none of', async () => {
    const other = e2bOn(standIn, { template: 'missing-one' })
    const { exit } = await record(other, script())
    expect(exit.fault).toEqual({
      kind: 'runtime_unavailable',
      message: "E2B SandboxError (404): 404: template 'missing-one' not found",
    })
    await other.close()
  })
  it('says that no one answers', async () => {
    const gone = (await E2bStandIn.start()) as E2bStandIn
    await gone.close()
    const other = e2bOn(gone)
    const { exit } = await record(other, script())
    expect(exit.fault?.kind).toBe('runtime_unavailable')
    expect(exit.fault?.message).toContain('ECONNREFUSED')
    expect(await other.check()).toMatchObject({ ready: false })
    await other.close()
  })
  it('tries again after Retry-After', async () => {
    standIn.fail({ on: 'create', how: 'answer', status: 429, retryAfterS: 1 })
    const { exit } = await record(runtime, script())
    expect(exit).toMatchObject({ fault: null, exitCode: 0 })
  })
  it('calls a full sandbox a limit of the disk', async () => {
    standIn.fail({ on: 'upload', how: 'answer', status: 507, message: 'not enough disk space available' })
    const { exit } = await record(runtime, script())
    expect(exit).toMatchObject({ limit: 'disk', fault: null, sandboxId: expect.any(String) })
    expect(exit.uncaught?.message).toBe('E2B NotEnoughSpaceError: not enough disk space available')
  })
  it.each([
    ['upload', 400, 'InvalidArgumentError'],
    ['upload', 401, 'AuthenticationError'],
    ['upload', 404, 'FileNotFoundError'],
    ['upload', 429, 'RateLimitError'],
    ['upload', 502, 'TimeoutError'],
    ['start', 502, 'SandboxNotFoundError'],
    ['start', 401, 'AuthenticationError'],
  ] as const)('names the class of an %s refused with %i', async (on, status, name) => {
    standIn.fail({ on, how: 'answer', status })
    const { exit, begun } = await record(runtime, script())
    expect(exit.fault?.message).toMatch(new RegExp(`^E2B ${name}\\b`))
    expect(begun).toBe(0)
  })
  it('ends what a creation made whose answer was lost', async () => {
    standIn.fail({ on: 'create', how: 'half' })
    const { exit } = await record(runtime, script())
    expect(exit.fault?.kind).toBe('runtime_unavailable')
    await noneLeft()
  })
  it('ends what a creation made that took too long', async () => {
    const impatient = e2bOn(standIn, {
      connection: { apiUrl: standIn.url, sandboxUrl: standIn.url, requestTimeoutMs: 300 },
    })
    standIn.fail({ on: 'create', how: 'half-hang' })
    const { exit } = await record(impatient, script())
    expect(exit.fault?.message).toContain('TimeoutError')
    await noneLeft()
    await impatient.close()
  })
  it('ends at once when cancelled while the creation hangs, and the sandbox when it comes', async () => {
    standIn.fail({ on: 'create', how: 'late', delayMs: 4000 })
    const { exit, tookMs } = await record(runtime, script(), { signal: AbortSignal.timeout(100) })
    expect(exit).toMatchObject({ fault: null, result: null })
    expect(tookMs).toBeLessThan(3500)
    await runtime.close()
    expect(standIn.sandboxes.size).toBe(0)
  })
  it('ends at once when cancelled while the upload hangs', async () => {
    standIn.fail({ on: 'upload', how: 'hang' })
    const { exit, tookMs } = await record(runtime, script(), { signal: AbortSignal.timeout(200) })
    expect(exit).toMatchObject({ fault: null, result: null })
    expect(tookMs).toBeLessThan(15_000)
  })
  it('tells of a sandbox that died in the middle', async () => {
    const { exit, stdout } = await record(runtime, makeRequest('python', PROGRAMS.python.endless), {
      onOutput: async () => {
        for (const id of standIn.sandboxes.keys()) await standIn.kill(id)
      },
    })
    expect(exit.fault?.kind).toBe('runtime_error')
    expect(exit.fault?.message).toContain('E2B TimeoutError')
    expect(exit.fault?.message).toContain('killed')
    expect(stdout).toBe('begun\n')
  })
  it('gives up a run whose stream was cut, with the figures of the provider', async () => {
    const at = Date.now()
    const sample = { cpuUsedPct: 50, cpuCount: 2, memUsed: 3e8, memTotal: 5e8 }
    standIn.metrics = [
      { ...sample, timestamp: new Date(at).toISOString() },
      { ...sample, memUsed: 2e8, timestamp: new Date(at + 5000).toISOString() },
    ]
    const { exit } = await record(runtime, makeRequest('python', PROGRAMS.python.endless), {
      onOutput: () => {
        for (const id of standIn.sandboxes.keys()) standIn.cutStreams(id)
      },
    })
    expect(exit.fault?.kind).toBe('runtime_error')
    expect(exit).toMatchObject({ cpuMs: 10_000, memoryPeakBytes: 3e8, memorySource: 'provider' })
  })
  it('ends a cancelled run although the sandbox takes no word any more', async () => {
    standIn.fail({ on: 'input', how: 'hang' })
    const controller = new AbortController()
    const { exit, tookMs } = await record(runtime, makeRequest('bash', PROGRAMS.bash.endless), {
      signal: controller.signal,
      onRunning: () => controller.abort(),
    })
    expect(exit).toMatchObject({ fault: null, result: null, memorySource: null, memoryPeakBytes: null })
    expect(tookMs).toBeLessThan(15_000)
  })
  it('has the figures of a cancelled run', async () => {
    const controller = new AbortController()
    const { exit } = await record(runtime, makeRequest('python', PROGRAMS.python.endless), {
      signal: controller.signal,
      onOutput: () => controller.abort(),
    })
    expect(exit).toMatchObject({ fault: null, signal: 'SIGKILL', memorySource: 'rusage' })
    expect(exit.cpuMs).toBeGreaterThan(0)
  })
  it('ends a sandbox although the first requests for it fail', async () => {
    standIn.fail({ on: 'kill', how: 'answer', status: 500, times: 2 })
    const { exit } = await record(runtime, script())
    expect(exit.exitCode).toBe(0)
    await noneLeft()
  })
  it('has the last word at closing over a sandbox it could not end', async () => {
    const lines: string[] = []
    const other = e2bOn(standIn, { report: (line) => lines.push(line) })
    standIn.fail({ on: 'kill', how: 'answer', status: 500, times: 3 })
    await record(other, script())
    expect(lines[0]).toMatch(/^E2B sandbox i\w+ could not be ended; .*500: planned/)
    expect(standIn.sandboxes.size).toBe(1)
    await other.close()
    expect(standIn.sandboxes.size).toBe(0)
  })
  it('says what an interpreter said that did not start', async () => {
    const broken = await E2bStandIn.start({ node: '/usr/bin/false' })
    const other = e2bOn(broken as E2bStandIn)
    const { exit } = await record(other, makeRequest('javascript', PROGRAMS.javascript.script))
    expect(exit.fault?.message).toContain('the interpreter did not start')
    await other.close()
    await broken?.close()
  })
})

type ErrorClass = new (text: string) => Error
const CLASSES = Object.entries(sdk).flatMap(([name, value]): [string, ErrorClass][] =>
  typeof value === 'function' && value.prototype instanceof Error && name !== 'CommandExitError'
    ? [[name, value as unknown as ErrorClass]]
    : [],
)

it.each(CLASSES)('keeps the name and the words of %s', (name, type) => {
  const fault = readFault(sdk, new type('its words'), 'run')
  expect(fault.message).toContain(`E2B ${name}`)
  expect(fault.message).toContain('its words')
  expect(fault.kind).toMatch(/^runtime_(?:error|unavailable)$/)
})
