/** What the contract does not ask: one run for one call, nothing left behind, and a node as it is released. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BacalhauRuntime } from '../../src/runtimes/bacalhau.ts'
import { BacalhauApi } from '../../src/runtimes/bacalhau/api.ts'
import { readProgress } from '../../src/runtimes/bacalhau/progress.ts'
import { ownerLabels, stopOrphans } from '../../src/runtimes/bacalhau/orphans.ts'
import { FLOOD, PROGRAMS } from '../contract/programs.ts'
import { ownNode, whyNoNode } from '../support/bacalhau.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const RANDOM = 'import os, random\ndef main(input):\n    return os.urandom(8).hex() + str(random.random())'

// In JavaScript: a stock node compiles its module for every run, and that of Python takes it seconds.
describe.each(['exectrail', 'stock'] as const)('a node of the kind %s', (variant) => {
  let runtime: BacalhauRuntime
  let absent: string | null = null
  let api: BacalhauApi
  beforeAll(async () => {
    absent = await whyNoNode(variant)
    if (absent !== null) return
    runtime = await ownNode(variant)
    await record(runtime, makeRequest('javascript', ''))
    api = new BacalhauApi((await runtime.apiUrl()) ?? '')
  }, 1_800_000)
  afterAll(async () => {
    if (absent === null) await runtime.close()
  })

  it('gives back result, output and times', async (context) => {
    context.skip(absent !== null, absent ?? '')
    const { exit, stdout, begun } = await record(
      runtime,
      makeRequest('javascript', 'export const main = (input) => (console.log("é"), input)', {
        input: '[1,"ü"]',
      }),
    )
    expect(exit).toMatchObject({ fault: null, exitCode: 0, isolation: 'wasm' })
    expect(JSON.parse(exit.result ?? '')).toEqual([1, 'ü'])
    expect({ stdout, begun }).toEqual({ stdout: 'é\n', begun: 1 })
    expect(exit.durationMs).toBeLessThan(3_000)
    expect(exit.queueMs).toBeGreaterThanOrEqual(0)
  })
  it('delivers a flood to the last byte', async (context) => {
    context.skip(absent !== null, absent ?? '')
    const { stdoutBytes, exit } = await record(runtime, makeRequest('javascript', PROGRAMS.javascript.flood))
    expect(exit.fault).toBeNull()
    expect(stdoutBytes).toBe(FLOOD.lines * FLOOD.lineBytes)
  })
  it('gives each run chance of its own', async (context) => {
    context.skip(absent !== null, absent ?? '')
    const runs = await Promise.all([0, 1].map(() => record(runtime, makeRequest('python', RANDOM))))
    const [first, second] = runs.map(({ exit }) => exit.result)
    expect(first).not.toBeNull()
    expect(first).not.toBe(second)
  })
  it('takes files in and gives those of /out back', async (context) => {
    context.skip(absent !== null, absent ?? '')
    const files = [{ path: 'given/in.txt', content: 'kept' }]
    const { exit } = await record(runtime, makeRequest('javascript', PROGRAMS.javascript.files, { files }))
    expect(exit).toMatchObject({ fault: null, result: '"kept"' })
    expect(exit.files.toSorted((a, b) => a.path.localeCompare(b.path))).toEqual([
      { path: 'back.txt', content: 'kept!', encoding: 'utf8' },
      { path: 'raw.bin', content: 'AP8B', encoding: 'base64' },
    ])
  })
  it('stops the job of a run that is aborted', async (context) => {
    context.skip(absent !== null, absent ?? '')
    const controller = new AbortController()
    const { exit } = await record(runtime, makeRequest('javascript', PROGRAMS.javascript.endless), {
      signal: controller.signal,
      onRunning: () => controller.abort(),
    })
    expect(exit).toMatchObject({ fault: null, result: null })
    await waitFor(async () => (await stateOf(api, exit.sandboxId)) === 'Stopped', {
      what: 'the job to stop',
    })
  })
  it('stops jobs whose process is gone', async (context) => {
    context.skip(absent !== null, absent ?? '')
    const jobId = await api.submit({
      Name: `left-behind-${variant}`,
      Type: 'batch',
      Count: 1,
      Labels: ghostLabels(),
      Tasks: [
        {
          Name: 'main',
          Engine: { Type: 'docker', Params: { Image: 'bash' } },
          Network: { Type: 'None' },
          Timeouts: { QueueTimeout: 600 },
        },
      ],
    })
    await stopOrphans(api, () => undefined)
    expect(await stateOf(api, jobId)).toBe('Stopped')
  })
  it('has a job that fails tried once, and tells of it in the words of the node', async (context) => {
    context.skip(absent !== null, absent ?? '')
    const limits = { memoryBytes: 1_048_576 }
    const { exit, begun } = await record(runtime, makeRequest('javascript', '', { limits }))
    expect(exit).toMatchObject({ result: null, fault: { kind: 'runtime_error' } })
    expect(exit.fault?.message).toContain('quickjs.wasm')
    expect(begun).toBe(0)
    const tries = readProgress(await api.history(exit.sandboxId ?? '')).executionIds
    // A stock orchestrator has asked for the second try by the time it tells of the first one's end.
    expect(tries.length).toBeLessThanOrEqual(variant === 'exectrail' ? 1 : 2)
    expect(await stateOf(api, exit.sandboxId)).toMatch(/Failed|Stopped/u)
  })
})

async function stateOf(api: BacalhauApi, jobId: string | null): Promise<string> {
  return (await api.state(jobId ?? '')).state
}

/** Labels as this process gives them, but for another start of the same pid. */
function ghostLabels(): Record<string, string> {
  return { ...ownerLabels(makeRequest('python', '')), 'exectrail-started': 'long-ago' }
}
