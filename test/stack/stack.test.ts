import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpointsPath, readEndpoints } from '../../src/stack/endpoints.ts'
import { startStack } from '../../src/stack/stack.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { completedRecord, sendLogs, sendSpans } from '../support/otlp-records.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { configFor, startTestStack, startTestStackIn, type TestStack } from '../support/stack.ts'
import { waitFor } from '../support/wait.ts'

describe('a running stack', () => {
  let started: TestStack
  beforeAll(async () => {
    started = await startTestStack()
  })
  afterAll(() => started[Symbol.asyncDispose]())

  const arrive = (query: string): Promise<string[]> =>
    waitFor(async () => ((await started.column(query)).length > 0 ? started.column(query) : null), {
      what: query,
    })

  it('has every part ready', () => {
    expect(started.stack.components()).toEqual([
      expect.objectContaining({ name: 'store', state: 'ready', restarts: 0, lastError: null }),
      expect.objectContaining({ name: 'collector', state: 'ready', restarts: 0, lastError: null }),
      expect.objectContaining({ name: 'metadata', state: 'ready', restarts: 0, lastError: null }),
    ])
  })

  it('publishes where everything is, with its secrets, to its owner only', async () => {
    const published = await started.stack.publish('http://127.0.0.1:7070')
    expect(await readEndpoints(started.config.home)).toEqual(published)
    expect((await stat(endpointsPath(started.config.home))).mode & 0o777).toBe(0o600)
    expect(published.clickhousePassword.length).toBeGreaterThanOrEqual(32)
  })

  it('keeps a second stack off its home', async () => {
    await expect(startStack(started.config, () => undefined)).rejects.toThrow(/another stack \(process \d+\)/)
    expect(started.part('store').state).toBe('ready')
  })

  it('puts completed records into code_exec_logs and nowhere else', async () => {
    const id = randomUUID()
    await sendLogs(started.stack.endpoints.otlpHttp, [completedRecord(id)])
    expect(await arrive(`SELECT execution_id FROM code_exec_logs WHERE execution_id = '${id}'`)).toEqual([id])
    expect(await started.column(`SELECT 1 FROM code_exec_events WHERE execution_id = '${id}'`)).toEqual([])
  })

  it('makes no row of a forged record: one of another scope, or without the id of an execution', async () => {
    const { otlpHttp } = started.stack.endpoints
    const [id, other] = [randomUUID(), randomUUID()]
    for (const event of ['code_exec.completed', 'code_exec.started']) {
      const named = ['', 7].map((one) => ({ event, attributes: { 'code_exec.execution.id': one } }))
      await sendLogs(otlpHttp, [{ event, attributes: {} }, ...named], { scope: 'exectrail' })
      await sendLogs(otlpHttp, [{ ...completedRecord(other), event }], { scope: 'another' })
      await sendLogs(otlpHttp, [{ ...completedRecord(id), event }], { scope: 'exectrail' })
    }
    for (const table of ['code_exec_logs', 'code_exec_events']) {
      expect(await arrive(`SELECT execution_id FROM ${table} WHERE execution_id = '${id}'`)).toEqual([id])
      const forged = `SELECT execution_id FROM ${table} WHERE execution_id IN ('', '7', '${other}')`
      expect(await started.column(forged)).toEqual([])
    }
  })

  it('puts started records into code_exec_events and other log records into neither table', async () => {
    const [id, other] = [randomUUID(), randomUUID()]
    const { otlpHttp } = started.stack.endpoints
    const { event: _, ...ordinary } = completedRecord(other)
    await sendLogs(otlpHttp, [ordinary, { ...completedRecord(other), event: 'another.event' }])
    await sendLogs(otlpHttp, [{ ...completedRecord(id), event: 'code_exec.started' }])
    expect(await arrive(`SELECT execution_id FROM code_exec_events WHERE execution_id = '${id}'`)).toEqual([
      id,
    ])
    expect(
      await started.column(`SELECT 1 FROM code_exec_logs WHERE execution_id IN ('${id}', '${other}')`),
    ).toEqual([])
    expect(await started.column(`SELECT 1 FROM code_exec_events WHERE execution_id = '${other}'`)).toEqual([])
  })

  it('puts spans into otel_traces', async () => {
    const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
    await sendSpans(started.stack.endpoints.otlpHttp, [
      { name: 'execute_code vm2', traceId, spanId, attributes: {} },
    ])
    expect(await arrive(`SELECT SpanName FROM otel_traces WHERE TraceId = '${traceId}'`)).toEqual([
      'execute_code vm2',
    ])
  })

  it('brings back a killed part on the same ports and keeps what it holds', async () => {
    const id = randomUUID()
    await sendLogs(started.stack.endpoints.otlpHttp, [completedRecord(id)])
    await arrive(`SELECT execution_id FROM code_exec_logs WHERE execution_id = '${id}'`)
    for (const name of ['store', 'collector', 'metadata'] as const) {
      await started.kill(name)
      expect(started.part(name).state).not.toBe('ready')
      await waitFor(() => started.part(name).state === 'ready', { what: `the ${name}` })
      expect(started.part(name)).toMatchObject({ restarts: 1, lastError: expect.stringContaining('SIGKILL') })
    }
    expect(
      await started.column(`SELECT execution_id FROM code_exec_logs WHERE execution_id = '${id}'`),
    ).toEqual([id])
    const next = randomUUID()
    await sendLogs(started.stack.endpoints.otlpHttp, [completedRecord(next)])
    expect(await arrive(`SELECT execution_id FROM code_exec_logs WHERE execution_id = '${next}'`)).toEqual([
      next,
    ])
  })
})

describe('SigNoz', () => {
  it.each(['refuses', 'hangs'] as const)('holds nothing up when it %s', async (how) => {
    await using sink = await startOtlpSink()
    sink.status = how === 'refuses' ? 503 : 0
    await using started = await startTestStack({ SIGNOZ_OTLP_ENDPOINT: sink.url })
    const ids = Array.from({ length: 2_000 }, () => randomUUID())
    for (let from = 0; from < ids.length; from += 100)
      await sendLogs(
        started.stack.endpoints.otlpHttp,
        ids.slice(from, from + 100).map((id) => completedRecord(id)),
      )
    const stored = (): Promise<string[]> => started.column('SELECT execution_id FROM code_exec_logs FINAL')
    await waitFor(async () => (await stored()).length === ids.length, {
      what: 'the records',
    })
    expect(new Set(await stored())).toEqual(new Set(ids))
    expect(sink.logs).toEqual([])
    expect(sink.headers.length).toBeGreaterThan(0)
  })
})

describe('starting and stopping', () => {
  it('leaves rows for the next start and no endpoints behind', async () => {
    await using home = await temporaryDirectory()
    const config = configFor(home.path)
    const id = randomUUID()
    const first = await startStack(config, () => undefined)
    await first.publish('http://127.0.0.1:7070')
    await sendLogs(first.endpoints.otlpHttp, [completedRecord(id)])
    await first.stop()
    expect(await readEndpoints(home.path)).toBeNull()
    await using second = await startTestStackIn(config)
    const found = (): Promise<string[]> =>
      second.column(`SELECT execution_id FROM code_exec_logs WHERE execution_id = '${id}'`)
    await waitFor(async () => (await found()).length === 1, { what: 'the record' })
    expect(await found()).toEqual([id])
  })

  it('starts again at once, with every record, after the process that held it all was killed', async () => {
    await using home = await temporaryDirectory()
    const config = configFor(home.path)
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, JSON.stringify(config)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(holder.stdout, 'data')) as [Buffer]
    const id = randomUUID()
    await sendLogs(said.toString().trim(), [completedRecord(id)])
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await using started = await startTestStackIn(config)
    const query = `SELECT execution_id FROM code_exec_logs WHERE execution_id = '${id}'`
    await waitFor(async () => (await started.column(query)).length === 1, { what: query })
    expect(await started.column(query)).toEqual([id])
  })

  it('says what to do when the home cannot be written', async () => {
    await using home = await temporaryDirectory()
    await writeFile(join(home.path, 'file'), '')
    const config = configFor(join(home.path, 'file', 'home'))
    await expect(startStack(config, () => undefined)).rejects.toMatchObject({
      code: 'stack_failed',
      message: expect.stringContaining('ENOTDIR'),
      hint: expect.stringContaining('EXECTRAIL_HOME'),
    })
  })
})

const HOLDER = `
  import { startStack } from '${new URL('../../src/stack/stack.ts', import.meta.url).href}'
  const stack = await startStack(JSON.parse(process.argv[1]), () => {})
  console.log(stack.endpoints.otlpHttp)
`
