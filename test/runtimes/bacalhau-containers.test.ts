/**
 * Container jobs at the level of the wire: what is put to a real orchestrator, and a stand-in for one with a Docker
 * node, which runs the command of the job with the interpreters of this machine. No node here has Docker.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BacalhauApi } from '../../src/runtimes/bacalhau/api.ts'
import { bacalhau, type BacalhauRuntime } from '../../src/runtimes/bacalhau.ts'
import { DEFAULTS } from '../../src/runtimes/bacalhau/options.ts'
import { prepareJob } from '../../src/runtimes/bacalhau/job.ts'
import { prepareProgram } from '../../src/runtimes/bacalhau/program.ts'
import type { Language } from '../../src/execution.ts'
import { PROGRAMS } from '../contract/programs.ts'
import { ownNode, whyNoNode } from '../support/bacalhau.ts'
import { DockerStandIn } from '../support/bacalhau-docker.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const LANGUAGES = ['python', 'javascript', 'typescript', 'bash'] as const
const absent = await whyNoNode('exectrail')

async function containerJob(language: Language): Promise<unknown> {
  const request = makeRequest(language, PROGRAMS[language].value)
  const program = await prepareProgram(request, 'docker', { signal: new AbortController().signal })
  if (!('code' in program)) throw new Error(JSON.stringify(program))
  const { modulesPath, images, cpu } = DEFAULTS
  const plan = { engine: 'docker', channel: 'stream', modulesPath, images, cpu, labels: {} } as const
  return (await prepareJob(request, program, { ...plan, nodeLabel: null })).job
}

describe.skipIf(absent !== null)(`container jobs, put to a real orchestrator ${absent ?? ''}`, () => {
  let node: BacalhauRuntime
  beforeAll(async () => {
    node = await ownNode('exectrail')
    await record(node, makeRequest('javascript', 'export const main = () => 1'))
  })
  afterAll(() => node.close())

  it.each(LANGUAGES)('are taken for %s, and wait for a node with Docker', async (language) => {
    const api = new BacalhauApi((await node.apiUrl()) ?? '')
    const jobId = await api.submit(await containerJob(language))
    const said = await waitFor(
      async () =>
        (await api.history(jobId)).map(({ message }) => message).find((text) => /docker/iu.test(text)),
      { what: 'why it waits' },
    )
    expect(said).toMatch(/does not support docker/u)
    await api.stop(jobId, 'seen enough')
  })
})

describe('container jobs, run by a stand-in', () => {
  let standIn: DockerStandIn
  let runtime: BacalhauRuntime
  beforeAll(async () => {
    standIn = await DockerStandIn.start()
    runtime = bacalhau({
      apiUrl: standIn.url,
      home: '/nonexistent',
      cacheDir: '',
      path: '',
      engine: 'docker',
    })
  })
  afterAll(async () => {
    await runtime.close()
    await standIn.close()
  })

  it.each(LANGUAGES)('give back result, output and files of %s', async (language) => {
    const { exit, begun } = await record(
      runtime,
      makeRequest(language, PROGRAMS[language].value, { input: '{"xs":[1,2,39]}' }),
    )
    expect(exit).toMatchObject({ fault: null, exitCode: 0, isolation: 'container' })
    expect(JSON.parse(exit.result ?? '')).toEqual({ sum: 42, text: 'é𝄞', none: null })
    expect(begun).toBe(1)
  })
  it.each(LANGUAGES)('keep the exit code and the output of %s', async (language) => {
    const { exit, stdout } = await record(runtime, makeRequest(language, PROGRAMS[language].exits))
    expect({ code: exit.exitCode, fault: exit.fault, stdout }).toEqual({
      code: 7,
      fault: null,
      stdout: 'before\n',
    })
  })
  it('are stopped when the run is aborted', async () => {
    const controller = new AbortController()
    const { exit } = await record(runtime, makeRequest('python', PROGRAMS.python.endless), {
      signal: controller.signal,
      onRunning: () => controller.abort(),
    })
    expect(exit).toMatchObject({ fault: null, result: null })
    expect(standIn.stopped).toContain(exit.sandboxId)
  })
  it('that the kernel kills for lack of memory are reported as the memory limit', async () => {
    const { exit } = await record(
      runtime,
      makeRequest('python', 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)'),
    )
    expect(exit).toMatchObject({ limit: 'memory', exitCode: 137, fault: null })
  })
  it('ask for no network and for the memory of the request', () => {
    expect(standIn.tasks.length).toBeGreaterThan(0)
    for (const task of standIn.tasks) {
      expect(task.Network).toEqual({ Type: 'None' })
      expect(task.Resources).toMatchObject({ Memory: '268435456b' })
      expect(task.Engine.Params.Image).toMatch(/^(?:python|node|bash):/u)
    }
  })
})
