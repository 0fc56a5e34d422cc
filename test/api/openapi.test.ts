import { Script } from 'node:vm'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startOfflineService, type TestService } from '../support/service.ts'

interface Operation {
  operationId: string
  responses: Record<string, unknown>
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { content: Record<string, { schema: object }> }
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}

let service: TestService
let document: Document

beforeAll(async () => {
  service = await startOfflineService()
  document = await service.json<Document>('/openapi.json')
})
afterAll(() => service.close())

it('describes every route of the service', () => {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(routes.sort()).toEqual([
    'DELETE /v1/alerts/channels/{id}',
    'DELETE /v1/alerts/rules/{id}',
    'DELETE /v1/alerts/silences/{id}',
    'DELETE /v1/budgets/{id}',
    'DELETE /v1/keys/{id}',
    'DELETE /v1/registry/agents/{namespace}/{name}/tags/{tag}',
    'DELETE /v1/registry/installed/{namespace}/{name}',
    'DELETE /v1/registry/keys/{id}',
    'GET /healthz',
    'GET /metrics',
    'GET /readyz',
    'GET /v1/agents/{id}/logs',
    'GET /v1/agents/{id}/stats',
    'GET /v1/agents/{id}/versions/compare',
    'GET /v1/alerts',
    'GET /v1/alerts/channels',
    'GET /v1/alerts/rules',
    'GET /v1/alerts/rules/{id}',
    'GET /v1/alerts/rules/{id}/evaluations',
    'GET /v1/alerts/silences',
    'GET /v1/alerts/{id}/notifications',
    'GET /v1/audit',
    'GET /v1/budgets',
    'GET /v1/costs',
    'GET /v1/costs/forecast',
    'GET /v1/costs/prices',
    'GET /v1/costs/timeseries',
    'GET /v1/costs/what-if',
    'GET /v1/differences',
    'GET /v1/errors',
    'GET /v1/executions',
    'GET /v1/executions/export',
    'GET /v1/executions/{id}',
    'GET /v1/executions/{id}/code',
    'GET /v1/executions/{id}/files',
    'GET /v1/executions/{id}/files/content',
    'GET /v1/executions/{id}/input',
    'GET /v1/executions/{id}/output',
    'GET /v1/executions/{id}/request',
    'GET /v1/executions/{id}/result',
    'GET /v1/executions/{id}/stderr',
    'GET /v1/executions/{id}/stdout',
    'GET /v1/facets',
    'GET /v1/health-report',
    'GET /v1/keys',
    'GET /v1/links',
    'GET /v1/live',
    'GET /v1/pipeline',
    'GET /v1/registry/agents',
    'GET /v1/registry/agents/{namespace}/{name}',
    'GET /v1/registry/agents/{namespace}/{name}/versions/{version}',
    'GET /v1/registry/installed',
    'GET /v1/registry/keys',
    'GET /v1/registry/namespaces',
    'GET /v1/registry/reports',
    'GET /v1/registry/reviews',
    'GET /v1/retention',
    'GET /v1/running',
    'GET /v1/runtimes',
    'GET /v1/session',
    'GET /v1/sql/schema',
    'GET /v1/stats',
    'GET /v1/stats/distribution',
    'GET /v1/stats/timeseries',
    'GET /v1/traces/{id}',
    'GET /v1/workflow-executions',
    'GET /v1/workflow-executions/{id}',
    'GET /v1/workflow-executions/{id}/logs',
    'PATCH /v1/alerts/rules/{id}',
    'PATCH /v1/errors/{fingerprint}',
    'PATCH /v1/registry/agents/{namespace}/{name}',
    'POST /v1/alerts/channels',
    'POST /v1/alerts/channels/{id}/test',
    'POST /v1/alerts/rules',
    'POST /v1/alerts/rules/dry-run',
    'POST /v1/alerts/silences',
    'POST /v1/alerts/{id}/acknowledge',
    'POST /v1/alerts/{id}/resolve',
    'POST /v1/executions',
    'POST /v1/executions/{id}/cancel',
    'POST /v1/executions/{id}/links',
    'POST /v1/executions/{id}/replay',
    'POST /v1/keys',
    'POST /v1/registry/agents',
    'POST /v1/registry/agents/{namespace}/{name}/fork',
    'POST /v1/registry/agents/{namespace}/{name}/reports',
    'POST /v1/registry/agents/{namespace}/{name}/review',
    'POST /v1/registry/agents/{namespace}/{name}/status',
    'POST /v1/registry/keys',
    'POST /v1/registry/namespaces',
    'POST /v1/registry/namespaces/{namespace}/accept',
    'POST /v1/registry/namespaces/{namespace}/decline',
    'POST /v1/registry/namespaces/{namespace}/offer',
    'POST /v1/registry/reports/{id}/resolve',
    'POST /v1/sql',
    'PUT /v1/budgets',
    'PUT /v1/registry/agents/{namespace}/{name}/tags/{tag}',
    'PUT /v1/registry/installed',
  ])
})

it('is OpenAPI 3.1 whose references lead somewhere and whose schemas are JSON Schemas', () => {
  expect(document.openapi).toBe('3.1.0')
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"(?<target>[^"]+)"/g)]
  expect(references.length).toBeGreaterThan(5)
  for (const { groups } of references) {
    const name = groups?.['target']?.replace('#/components/schemas/', '') ?? ''
    expect(Object.keys(document.components.schemas)).toContain(name)
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    expect(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`).toBe(true)
  }
})

it('gives every operation a name of its own, a good reply and problems', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  expect(new Set(operations.map((operation) => operation.operationId)).size).toBe(operations.length)
  for (const operation of operations)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', 'default']))
})

it('lists parameters as a caller writes them: none required but the path', () => {
  const { parameters = [] } = document.paths['/v1/executions']?.['get'] ?? {}
  expect(parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['from', 'to', 'limit', 'cursor', 'fields', 'organization', 'outcome']),
  )
  expect(parameters.filter(({ required }) => required === true)).toEqual([])
  expect(parameters.find(({ name }) => name === 'limit')?.schema).toMatchObject({
    minimum: 1,
    maximum: 1000,
    default: 50,
  })
})

it('shows what POST /v1/executions takes', () => {
  const schema = document.paths['/v1/executions']?.['post']?.requestBody?.content['application/json']?.schema
  expect(schema).toMatchObject({
    type: 'object',
    properties: { runtime: {}, language: {}, code: {}, agent: { type: 'string' } },
  })
})

it('serves the reference with its script from here, and lets it load nothing from elsewhere', async () => {
  const page = await service.ask('/docs')
  expect(await page.text()).not.toMatch(/https?:\/\//)
  expect(page.headers.get('Content-Security-Policy')).toMatch(/script-src 'self';.*connect-src 'self'/)
  const script = await service.ask('/docs/scalar.js')
  expect(script.headers.get('Content-Type')).toMatch(/^text\/javascript/)
  const text = await script.text()
  expect(text.length).toBeGreaterThan(1_000_000)
  // What the page asks of it.
  for (const setting of [
    'withDefaultFonts',
    'hideClientButton',
    'telemetry',
    'showDeveloperTools',
    'agent',
    'mcp',
  ])
    expect(text).toContain(`${setting}:`)
  expect(() => new Script(text)).not.toThrow()
})
