import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REGISTRY_EXAMPLES } from '../../src/api/registry-examples.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ADMIN_KEY } from '../support/service.ts'

interface Operation {
  operationId: string
  security?: object[]
  parameters?: { name: string; in: string; example?: string | number }[]
  requestBody?: { content: Record<string, { example?: unknown }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}
interface Asked {
  method: string
  path: string
  operation: Operation
}

/** What the examples name. */
const EXECUTION = '01934f6e-7c1a-7e3b-9d52-6f0a1b2c3d4e'
const common = { startedAt: '2026-11-20T10:00:00Z', timestamp: '2026-11-20T10:00:01Z', requestLoss: 'none' }
const records = [
  makeRecord({
    ...common,
    input: '{"xs":[1]}',
    result: '{"sum":1}',
    executionId: EXECUTION,
    workflowExecutionId: 'wf-1',
    codeAgentVersion: '3',
  }),
  makeRecord({
    ...common,
    executionId: `${EXECUTION.slice(0, -1)}f`,
    codeAgentVersion: '4',
    outcome: 'cancelled',
    success: false,
    errorType: 'cancelled',
    errorMessage: 'stopped',
    errorFingerprint: 'a'.repeat(16),
    durationMs: 2000,
  }),
]

let metadata: TestMetadata
let stack: ApiStack
let asked: Asked[]
let ajv: Ajv2020

beforeAll(async () => {
  metadata = await startMetadata()
  stack = await startApiStack({ metadata })
  await insertRecords(stack.clickhouse, records)
  await stack.service.post('/v1/registry/agents', REGISTRY_EXAMPLES.publishAgent.body)
  const document = await stack.service.json<{
    paths: Record<string, Record<string, Operation>>
    components: object
  }>('/openapi.json')
  asked = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'document', components: document.components })
})
afterAll(async () => {
  await stack.stop()
  await metadata[Symbol.asyncDispose]()
})

describe('the OpenAPI document', () => {
  it('has an example of every parameter in a path and of every body', () => {
    const lacking = asked.flatMap(({ operation: { operationId, parameters = [], requestBody } }) => [
      ...parameters
        .filter((one) => one.in === 'path' && one.example === undefined)
        .map(({ name }) => `${operationId} ${name}`),
      ...Object.values(requestBody?.content ?? {}).flatMap(({ example }) =>
        example === undefined ? [operationId] : [],
      ),
    ])
    expect(lacking).toEqual([])
  })

  it('says which scope each operation needs', () => {
    const lacking = asked.filter(({ operation }) => operation.security === undefined)
    expect(lacking.map(({ operation }) => operation.operationId)).toEqual([])
  })

  it('describes what each example request is answered with', async () => {
    for (const one of asked.filter(({ operation }) => !OF_SOMETHING_MADE.has(operation.operationId))) {
      const { operationId } = one.operation
      const answer = await send(one)
      const type = (answer.headers.get('Content-Type') ?? '').split(';')[0] ?? ''
      const text = type === 'text/event-stream' ? '' : await answer.text()
      expect(answer.status, `${operationId}: ${text.slice(0, 500)}`).toBeLessThan(300)
      const documented = one.operation.responses[answer.status]?.content ?? {}
      expect(Object.keys(documented), operationId).toContain(type)
      if (type === 'application/json')
        expectValid(operationId, documented[type]?.schema ?? {}, JSON.parse(text))
    }
  })

  it('describes what a wrong request is answered with', async () => {
    for (const one of asked) {
      const { operationId, responses, security = [] } = one.operation
      const schema = responses['default']?.content?.['application/problem+json']?.schema ?? {}
      const wrong = await send(one, { query: { nonsense: '1' } })
      if (!LENIENT.has(operationId)) expect(wrong.status, operationId).toBe(422)
      // Where a service is not ready, it says so in a form of its own.
      const own = responses[wrong.status]?.content?.['application/json']?.schema
      if (wrong.status >= 400) expectValid(operationId, own ?? schema, await wrong.json())
      const keyless = await send(one, { key: null })
      if (security.length > 0) {
        expect(keyless.status, operationId).toBe(401)
        expectValid(operationId, schema, await keyless.json())
      } else if (!OF_SOMETHING_MADE.has(operationId))
        expect(Object.keys(responses), operationId).toContain(String(keyless.status))
      for (const { body, bodyUsed } of [wrong, keyless]) if (!bodyUsed) await body?.cancel()
    }
  })
})

/** Their examples name what no service has. */
const OF_SOMETHING_MADE: ReadonlySet<string> = new Set([
  'revokeKey',
  'deleteBudget',
  'acknowledgeAlert',
  'resolveAlert',
  'listAlertNotifications',
  'getAlertRule',
  'changeAlertRule',
  'deleteAlertRule',
  'listAlertEvaluations',
  'endAlertSilence',
  'saveAlertChannel',
  'testAlertChannel',
  'deleteAlertChannel',
  'resolveAgentReport',
  'declineAgentNamespace',
  'getRequest',
  'getOutFile',
  'getLinkedContent',
])

/** They take no parameters and look at none: what a monitor adds must not stop it. */
const LENIENT: ReadonlySet<string> = new Set(['health', 'readiness', 'getMetrics'])

function expectValid(operationId: string, schema: object, value: unknown): void {
  const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components')
  const validate: ValidateFunction = ajv.compile(JSON.parse(text))
  expect(validate(value), `${operationId}: ${ajv.errorsText(validate.errors)}`).toBe(true)
}

/** The request as its example is. An endless answer is let go. */
async function send(
  { method, path, operation }: Asked,
  change: { query?: Record<string, string>; key?: null } = {},
): Promise<Response> {
  const given = (operation.parameters ?? []).filter(({ example }) => example !== undefined)
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(given.find((one) => one.in === 'path' && one.name === name)?.example)),
  )
  const query = new URLSearchParams(change.query)
  for (const one of given) if (one.in === 'query') query.set(one.name, String(one.example))
  const [[type, { example }] = ['', { example: undefined }]] = Object.entries(
    operation.requestBody?.content ?? {},
  )
  const response = await fetch(`${stack.service.url}${at}?${query.toString()}`, {
    method: method.toUpperCase(),
    headers: {
      ...(change.key === null ? {} : { Authorization: `Bearer ${ADMIN_KEY}` }),
      ...(type === '' ? {} : { 'Content-Type': type }),
    },
    ...(example === undefined ? {} : { body: JSON.stringify(example) }),
  })
  if (response.headers.get('Content-Type')?.startsWith('text/event-stream') === true)
    await response.body?.cancel()
  return response
}
