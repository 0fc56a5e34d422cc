/** The SDK of `exectrail up`, around a service in this process. `test/cli/up.test.ts` tests it in `up`. */
import { context, logs, propagation, trace } from '@opentelemetry/api'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { Store } from '../../src/store/client.ts'
import { prepareNodeSdk } from '../../src/telemetry/node-sdk.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { absentStore, ADMIN_KEY, startService, withKey, type TestService } from '../support/service.ts'
import { exitWith, toyRuntime } from '../support/toy-executor.ts'
import { startReceiver, type Receiver } from './receiver.ts'

const [TRACE, CALLER] = ['11112222333344445555666677778888', 'b7ad6b7169203331'] as const
const RUN = { runtime: 'subprocess', language: 'bash', code: 'true' }

let home: TemporaryDirectory
let receiver: Receiver
let executor: Executor
let store: Store
let service: TestService

beforeAll(async () => {
  vi.stubEnv('OTEL_PROPAGATORS', 'b3multi')
  home = await temporaryDirectory()
  receiver = await startReceiver()
  executor = await createExecutor({
    config: offlineConfig(home.path, { EXECTRAIL_OTLP_ENDPOINT: receiver.url }),
    runtimes: [toyRuntime(() => Promise.resolve(exitWith()))],
    registerGlobals: await prepareNodeSdk(['b3multi']),
  })
  store = absentStore()
  service = await startService({ store, executor })
})
afterAll(async () => {
  await service.close()
  await store.close()
  await executor.close(0)
  for (const api of [trace, logs, context, propagation]) api.disable()
  await receiver[Symbol.asyncDispose]()
  await home[Symbol.asyncDispose]()
  vi.unstubAllEnvs()
})

async function run(headers: Record<string, string>): Promise<Receiver['taken']> {
  receiver.taken.length = 0
  await service.post('/v1/executions', RUN, { ...withKey(ADMIN_KEY).headers, ...headers })
  expect(await executor.flush(10_000)).toEqual({ left: 0 })
  return receiver.taken.filter(({ signal }) => signal === 'spans')
}

it('OTEL_PROPAGATORS decides how the caller is read', async () => {
  const spans = await run({ 'x-b3-traceid': TRACE, 'x-b3-spanid': CALLER, 'x-b3-sampled': '1' })
  const [request, execution] = [
    spans.find((span) => span.attributes['http.route'] === '/v1/executions'),
    spans.find((span) => 'code_exec.execution.id' in span.attributes),
  ]
  expect(request).toMatchObject({ traceId: TRACE, parentSpanId: CALLER })
  expect(execution).toMatchObject({ traceId: TRACE, parentSpanId: request?.spanId })
  expect(spans).toHaveLength(2)
})

it('a request whose span is not sampled leaves the caller as the parent', async () => {
  const b3 = { 'x-b3-traceid': TRACE, 'x-b3-spanid': CALLER, 'x-b3-sampled': '0' }
  const spans = await run({ ...b3, traceparent: `00-${TRACE}-${CALLER}-00` })
  expect(spans).toMatchObject([{ traceId: TRACE, parentSpanId: CALLER }])
})

it('neither a probe nor what sandboxes send through a proxy has a span', async () => {
  receiver.taken.length = 0
  await service.ask('/healthz')
  await service.ask('/metrics', withKey(ADMIN_KEY))
  await executor.flush(10_000)
  expect(receiver.taken).toEqual([])
})

it('refuses a propagator that is not installed', async () => {
  await expect(prepareNodeSdk(['tracecontext', 'xray'])).rejects.toThrow(
    'OTEL_PROPAGATORS: xray: write some of',
  )
})
