/** Who gets which sandbox of E2B and when it ends, on the stand-in. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { E2bOptions } from '../../src/runtimes/e2b.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { PROGRAMS } from '../contract/programs.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { e2bOn } from '../support/e2b.ts'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const found = await E2bStandIn.start()
const CRASH = fileURLToPath(new URL('../support/e2b-crash.ts', import.meta.url))

describe.skipIf(found === null)('sandboxes of e2b (skipped without bubblewrap)', () => {
  const standIn = found as E2bStandIn
  const made: Runtime[] = []
  const make = (change: Partial<E2bOptions> = {}): Runtime => {
    const runtime = e2bOn(standIn, change)
    made.push(runtime)
    return runtime
  }
  const script = (change: Parameters<typeof makeRequest>[2] = {}): ReturnType<typeof makeRequest> =>
    makeRequest('bash', PROGRAMS.bash.script, change)
  const alive = (): string[] => [...standIn.sandboxes.keys()]
  const only = () => {
    const [sandbox] = standIn.sandboxes.values()
    if (sandbox === undefined) throw new Error('there is no sandbox')
    return sandbox
  }

  afterEach(async () => {
    standIn.forgive()
    await Promise.all(made.splice(0).map((runtime) => runtime.close()))
    expect(alive()).toEqual([])
  })
  afterAll(() => standIn.close())

  it('names the run in the metadata, cuts the network off and bounds the life', async () => {
    const request = script({ codeAgentId: 'summer', workflowExecutionId: 'wf-1' })
    let seen: Partial<ReturnType<typeof only>> = {}
    const { exit } = await record(make({ template: { bash: 'shells' } }), request, {
      onRunning: () => {
        seen = { ...only() }
      },
    })
    expect(exit.sandboxId).toBe(seen.id)
    expect(seen).toMatchObject({ template: 'shells', allowInternetAccess: false, timeoutS: 90 })
    expect(seen.metadata).toMatchObject({
      'exectrail.execution': request.executionId,
      'exectrail.agent': 'summer',
      'exectrail.workflow_execution': 'wf-1',
      'exectrail.organization': 'contract',
      'exectrail.executor': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })
  it.each([
    ['host', { allowInternetAccess: true }],
    [{ allow: ['example.com'] }, { network: { allowOut: ['example.com'], denyOut: ['0.0.0.0/0'] } }],
  ] as const)('opens the network only to %j', async (network, expected) => {
    let seen: object = {}
    await record(make(), script({ network }), {
      onRunning: () => {
        seen = { ...only() }
      },
    })
    expect(seen).toMatchObject(expected)
  })
  it('uses a warm sandbox once, and makes the next', async () => {
    const runtime = make({ warm: 1 })
    const first = await record(runtime, script())
    const warm = await waitFor(() => alive()[0], { what: 'a warm sandbox' })
    const second = await record(runtime, script())
    expect(first.exit.sandboxId).not.toBe(warm)
    expect(second.exit).toMatchObject({ sandboxId: warm, exitCode: 0 })
    expect(first.exit.sandboxAgeMs).toBe(0)
    expect(second.exit.sandboxAgeMs).toBeGreaterThan(0)
    await waitFor(() => alive().length === 1 && alive()[0] !== warm, { what: 'the next' })
    expect(only().metadata).toMatchObject({ 'exectrail.warm': 'true' })
  })
  it('makes a warm sandbox live long enough for a long run', async () => {
    const runtime = make({ warm: 1 })
    await record(runtime, script())
    await waitFor(() => alive()[0], { what: 'a warm sandbox' })
    const request = script({ limits: { timeoutMs: 3_600_000 } })
    let seconds = 0
    await record(runtime, request, {
      onRunning: () => {
        seconds = Math.max(...[...standIn.sandboxes.values()].map(({ timeoutS }) => timeoutS))
      },
    })
    expect(seconds).toBe(3660)
  })
  it('takes a fresh sandbox where the warm one has died', async () => {
    const runtime = make({ warm: 1 })
    await record(runtime, script())
    const warm = await waitFor(() => alive()[0], { what: 'a warm sandbox' })
    await standIn.kill(warm)
    const { exit, stdout } = await record(runtime, script())
    expect(exit).toMatchObject({ exitCode: 0, fault: null })
    expect(exit.sandboxId).not.toBe(warm)
    expect(stdout).toBe('out\n')
  })
  it('ends a warm sandbox that is not used', async () => {
    const runtime = make({ warm: 1, idleMs: 300 })
    const count = (wanted: string): number => standIn.served.filter((route) => route === wanted).length
    const [created, killed] = [count('create'), count('kill')]
    await record(runtime, script())
    // Seen by what was asked of the provider: on a busy machine it may be gone before anyone looks.
    await waitFor(() => count('create') === created + 2, { what: 'a warm sandbox' })
    const ended = (): boolean => count('kill') === killed + 2 && alive().length === 0
    await expect(waitFor(ended, { what: 'its end' })).resolves.toBe(true)
  })
  it('lets the runs of one workflow execution follow each other in one sandbox, each with a clean /out', async () => {
    const runtime = make({ reuse: 'workflow-execution' })
    const mine = { workflowExecutionId: 'wf-1' }
    const leave = 'echo kept > ~/note; echo a > /out/a.txt'
    const first = await record(runtime, makeRequest('bash', leave, mine))
    const second = await record(
      runtime,
      makeRequest('bash', 'cat ~/note; ls ~ /tmp; echo b > /out/b.txt', mine),
    )
    expect(second.exit.sandboxId).toBe(first.exit.sandboxId)
    expect(second.exit.sandboxAgeMs).toBeGreaterThan(first.tookMs / 2)
    expect(second.exit.files.map(({ path }) => path)).toEqual(['b.txt'])
    expect(second.stdout).toMatch(/^kept\n/)
    expect(second.stdout.match(/exectrail-/g)).toHaveLength(2)
    const other = await record(runtime, script({ workflowExecutionId: 'wf-2' }))
    const stranger = await record(runtime, script({ ...mine, organizationId: 'other' }))
    expect(new Set([first, other, stranger].map(({ exit }) => exit.sandboxId)).size).toBe(3)
    expect(alive()).toHaveLength(3)
  })
  it('gives runs of one workflow execution at the same time a sandbox each', async () => {
    const runtime = make({ reuse: 'workflow-execution' })
    const request = () => makeRequest('bash', 'sleep 0.2', { workflowExecutionId: 'wf-1' })
    const both = await Promise.all([record(runtime, request()), record(runtime, request())])
    expect(new Set(both.map(({ exit }) => exit.sandboxId)).size).toBe(2)
    expect(alive()).toHaveLength(1)
  })
  it('does not lend a sandbox again in which a run was cancelled', async () => {
    const runtime = make({ reuse: 'workflow-execution' })
    const controller = new AbortController()
    await record(runtime, makeRequest('bash', PROGRAMS.bash.endless, { workflowExecutionId: 'wf-1' }), {
      signal: controller.signal,
      onRunning: () => controller.abort(),
    })
    expect(alive()).toEqual([])
  })
  it('ends the sandboxes of an executor that was killed, page by page, and no others', async () => {
    await using home = await temporaryDirectory()
    const env = { PATH: process.env['PATH'], E2B_API_URL: standIn.url, E2B_SANDBOX_URL: standIn.url }
    const child = spawn(process.execPath, [CRASH, home.path, standIn.apiKey], { env })
    await once(child.stdout, 'data')
    const orphan = only()
    for (let count = 0; count < 3; count += 1)
      standIn.sandboxes.set(`${orphan.id}-${count}`, { ...orphan, id: `${orphan.id}-${count}` })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const neighbour = make({ home: home.path })
    const stop = new AbortController()
    standIn.fail({ on: 'list', how: 'answer', status: 500, times: 1 })
    let run: Promise<unknown> = Promise.resolve()
    await new Promise<void>((resolve) => {
      const request = makeRequest('bash', PROGRAMS.bash.endless)
      run = record(neighbour, request, { signal: stop.signal, onRunning: resolve })
    })
    expect(alive()).toHaveLength(5) // the neighbour asked and got no answer
    standIn.pageSize = 2
    const readiness = await make({ home: home.path }).check()
    expect(readiness.notes).toContain('4 sandboxes left by an executor that is gone were ended')
    expect(alive()).toHaveLength(1)
    stop.abort()
    await run
  })
  it('says how to get the SDK where it is not installed', async () => {
    const runtime = make({ load: () => Promise.reject(new Error("Cannot find package 'e2b'")) })
    const { exit } = await record(runtime, script())
    expect(exit.fault).toEqual({
      kind: 'runtime_unavailable',
      message: "the E2B SDK cannot be loaded: Cannot find package 'e2b': npm install --save-exact e2b@2.51.0",
    })
    const readiness = await runtime.check()
    expect(readiness).toMatchObject({
      ready: false,
      missing: [{ fix: 'npm install --save-exact e2b@2.51.0' }],
    })
  })
  it('says that the key is refused', async () => {
    const readiness = await make({ apiKey: 'e2b_wrong' }).check()
    expect(readiness.ready).toBe(false)
    expect(readiness.missing[0]?.what).toContain('AuthenticationError')
    expect(readiness.missing[0]?.fix).toContain('E2B_API_KEY')
  })
})
