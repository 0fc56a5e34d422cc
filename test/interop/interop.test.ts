/** Host programs with a real OpenTelemetry SDK, of three release lines and of Python, around an executor. */
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createExecutor } from '../../src/executor/executor.ts'
import { createStore } from '../../src/store/client.ts'
import { prepareClient, skipReason } from '../support/client-program.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startOtlpSink, type OtlpSink } from '../support/otlp-sink.ts'
import { ADMIN_KEY, startService } from '../support/service.ts'
import { exitWith, toyRuntime } from '../support/toy-executor.ts'
import { startReceiver, type Receiver } from '../telemetry/receiver.ts'

const SOURCES = join(import.meta.dirname, '../fixtures/interop')
const EXECTRAIL = join(import.meta.dirname, '../../src/index.ts')
const LINES = ['0.203', '0.223', '0.301'] as const

interface Seen {
  span: string
  trace: string
  active: string
  named: string
  left: number
}

/** `npm` under the Node that runs this test. */
const NPM_INSTALL = ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix'] as const

for (const line of LINES) {
  const prepared = await prepareClient({
    name: `sdk-${line}`,
    sources: SOURCES,
    what: `@opentelemetry/sdk-node ${line}`,
    pins: ['package.json'],
    needs: [],
    install: (target) => [
      ['cp', 'package.json', target],
      [...NPM_INSTALL, target],
    ],
  })
  describe.skipIf('hindrance' in prepared)(`a host with sdk-node ${line}${skipReason(prepared)}`, () => {
    const place = join('directory' in prepared ? prepared.directory : '', `hosts-${process.pid}`)
    beforeAll(async () => {
      await mkdir(place, { recursive: true })
      for (const file of ['host.cjs', 'host.mjs', 'scenario.cjs'])
        await copyFile(join(SOURCES, file), join(place, file))
    })
    afterAll(() => rm(place, { recursive: true }))

    it.concurrent.each(
      ['host.cjs', 'host.mjs'].flatMap((host) =>
        ['SDK first', 'executor first'].map((order) => [host, order] as const),
      ),
    )('%s, %s: keeps its own telemetry, is the parent, and gets each execution once', async (host, order) => {
      await using ours = await startReceiver()
      await using theirs = await startOtlpSink()
      const seen = await play(join(place, host), { line, order, ours, theirs })
      expect(seen).toMatchObject({ active: seen.trace, named: seen.trace, left: 0 })
      const spans = ours.taken.filter(({ signal }) => signal === 'spans')
      expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([seen.span, seen.span])
      expect(ours.completed()).toHaveLength(2)
      expect(theirs.spans.map(({ name }) => name).toSorted()).toEqual([
        'after close',
        'execute_code subprocess',
        'execute_code subprocess',
        'host work',
      ])
      const records = theirs.logs.map(({ eventName }) => eventName)
      expect(records.toSorted()).toEqual(['', 'code_exec.completed', 'code_exec.completed'])
      const executions = theirs.logs.filter(({ eventName }) => eventName !== '')
      const ids = executions.map(({ attributes }) => String(attributes['code_exec.execution.id']))
      expect(ids.toSorted()).toEqual(ours.completed().toSorted())
      expect(executions.map(({ traceId }) => traceId)).toEqual([seen.trace, seen.trace])
    })
  })
}

/** Runs a host whose SDK sends to `theirs`, and its executor to `ours`. */
async function play(
  program: string,
  { line, order, ours, theirs }: { line: string; order: string; ours: Receiver; theirs: OtlpSink },
): Promise<Seen> {
  await using home = await temporaryDirectory()
  const exectrail = program.endsWith('.mjs') ? pathToFileURL(EXECTRAIL).href : EXECTRAIL
  const { PATH = '', HOME = '' } = process.env
  const { stdout } = await execa(process.execPath, [program, line, order, exectrail], {
    extendEnv: false,
    env: {
      PATH,
      HOME,
      EXECTRAIL_HOME: home.path,
      EXECTRAIL_OTLP_ENDPOINT: ours.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: theirs.url,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_SERVICE_NAME: 'host',
    },
  })
  return JSON.parse(stdout)
}

const python = await prepareClient({
  name: 'python',
  sources: SOURCES,
  what: 'opentelemetry-sdk for Python',
  pins: ['requirements.txt'],
  needs: [['python3', '-m', 'pip', '--version']],
  install: (target) => [
    ['python3', '-m', 'pip', 'install', '--quiet', '--target', target, '-r', 'requirements.txt'],
  ],
})

describe.skipIf('hindrance' in python)(`a host in Python${skipReason(python)}`, () => {
  it('is the parent of what it runs over HTTP', async () => {
    await using ours = await startReceiver()
    await using home = await temporaryDirectory()
    const config = offlineConfig(home.path, { EXECTRAIL_OTLP_ENDPOINT: ours.url })
    const executor = await createExecutor({
      config,
      runtimes: [toyRuntime(() => Promise.resolve(exitWith()))],
    })
    const store = createStore({
      url: 'http://127.0.0.1:9',
      user: 'default',
      password: '',
      database: 'exectrail',
    })
    const service = await startService({ store, executor })
    onTestFinished(async () => {
      await service.close()
      await store.close()
    })
    const program = join(SOURCES, 'python', 'host.py')
    const PYTHONPATH = 'directory' in python ? python.directory : ''
    const { stdout } = await execa('python3', [program, service.url, ADMIN_KEY], {
      env: { PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' },
    })
    await executor.close()
    const seen: { trace: string; span: string; ran: string } = JSON.parse(stdout)
    expect(seen.ran).toBe(seen.trace)
    expect(ours.taken.find(({ signal }) => signal === 'spans')).toMatchObject({
      traceId: seen.trace,
      parentSpanId: seen.span,
    })
  })
})
