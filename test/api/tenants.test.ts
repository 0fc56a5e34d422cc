/**
 * Requests over every route, with the keys of two organizations: each statement carries the caller's tenant, no answer holds
 * anything of the other organization, and no answer changes when the other's rows arrive. Routes come from the OpenAPI
 * document, so a new one is tried as soon as it is there.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createExecutor } from '../../src/executor/executor.ts'
import { publish } from '../../src/service/registry/publish.ts'
import type { Store } from '../../src/store/client.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { generateRequests, type Document, type GeneratedRequest } from '../support/generated-requests.ts'
import { ACME, FROM, GLOBEX, insertSpans, SHARED, TO, TRACE } from '../support/canary-rows.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords } from '../support/records.ts'
import { callerOf, makeDefinition, withoutChecks } from '../support/registry.ts'
import { ACME_KEY, GLOBEX_KEY, startService, withKey, type TestService } from '../support/service.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
const PER_ROUTE = Number(process.env['REQUESTS_PER_ROUTE'] ?? (IS_LONG_FORM ? 10 : 2))
const STREAM_MS = 250

interface Statement {
  sql: string
  organizationId: unknown
  parameters: object
}

let clickhouse: RunningClickHouse
let service: TestService
let metadata: TestMetadata
let close: () => Promise<void>
const statements: Statement[] = []

beforeAll(async () => {
  const home = await temporaryDirectory()
  clickhouse = await startClickHouse()
  metadata = await startMetadata()
  const executor = await createExecutor({ config: offlineConfig(home.path) })
  const store = observed(clickhouse.store)
  service = await startService({ store, callerStore: observed(clickhouse.callerStore), executor, metadata })
  close = async () => {
    await service.close()
    await executor.close(0)
    await clickhouse.stop()
    await metadata[Symbol.asyncDispose]()
    await home[Symbol.asyncDispose]()
  }
  await insertRecords(clickhouse, ACME)
  await insertSpans(clickhouse, 'acme', 3)
  await publishCanaries('acme')
})
afterAll(() => close())

/** Agents of an organization that others do not see: private, for all of it, and public but not approved. */
async function publishCanaries(organizationId: 'acme' | 'globex'): Promise<void> {
  for (const visibility of ['private', 'organization', 'public'] as const) {
    const canary = `${organizationId}-canary-agent-1`
    const definition = makeDefinition({
      name: `${organizationId}/canary-${visibility}`,
      description: canary,
      readme: canary,
      topics: [canary],
      code: `def main(input): return '${canary}'`,
    })
    const parts = withoutChecks(metadata.database)
    await publish(parts, callerOf({ organizationId }, canary), { definition, visibility })
  }
}

/** The store, with a note of each statement. */
function observed(store: Store): Store {
  const note = (sql: string, parameters: object): void => {
    statements.push({ sql, parameters, organizationId: Reflect.get(parameters, 'organizationId') })
  }
  return {
    ...store,
    query: (sql, parameters = {}) => {
      note(sql, parameters)
      return store.query(sql, parameters)
    },
    queryReadOnly: (sql, options) => {
      note('queryReadOnly', options.rows?.tenant ?? {})
      return store.queryReadOnly(sql, options)
    },
    stream: (sql, options) => {
      note(sql, options.parameters ?? {})
      return store.stream(sql, options)
    },
  }
}

const EXECUTIONS = [...ACME, ...GLOBEX].map(({ executionId }) => executionId)
const POOLS = {
  id: ['shared-agent', 'shared-workflow', TRACE, ...EXECUTIONS.slice(0, 2), ...EXECUTIONS.slice(-2)],
  '/v1/traces/{id}#id': [TRACE],
  '/v1/workflow-executions/{id}#id': ['shared-workflow'],
  fingerprint: [SHARED.errorFingerprint],
  from: [FROM],
  to: [TO],
  organization: ['acme', 'acme', 'acme', 'globex'],
  fields: ['executionId,organizationId,stdout,errorMessage', 'executionId'],
  where: ['organizationId=globex', 'durationMs>=1', 'outcome!=success', 'userId^=globex', 'stdout~canary'],
  q: ['canary', 'globex-canary-userId-1', 'acme-canary-userId-1'],
  a: ['1', 'outcome=failure'],
  b: ['2', 'outcome=success'],
  cursor: [],
  namespace: ['acme', 'globex'],
  name: ['canary-private', 'canary-organization', 'canary-public'],
  version: ['1.0.0', 'latest'],
  topic: ['acme-canary-agent-1', 'globex-canary-agent-1'],
  '/v1/registry/agents#q': ['canary', 'agent'],
  agent: ['shared-agent'],
  codeAgentId: ['shared-agent'],
  workflowExecutionId: ['shared-workflow'],
  traceId: [TRACE],
  executionId: EXECUTIONS.slice(-2),
  userId: ['globex-canary-userId-1', 'acme-canary-userId-1'],
  errorFingerprint: [SHARED.errorFingerprint],
  '*': ['shared-agent', 'canary', '1'],
}
const query = (sql: string, more: object = {}): string =>
  JSON.stringify({ query: sql, from: FROM, to: TO, ...more })
const BODIES = {
  'POST /v1/executions/{id}/links': ['{"part":"stdout"}', '{"part":"code"}'],
  'POST /v1/sql': [
    query('SELECT * FROM code_exec_logs ORDER BY execution_id'),
    query('SELECT count(), uniq(user_id), max(duration_ms) FROM code_executions'),
    query("SELECT count() FROM code_exec_logs WHERE organization_id = 'globex'"),
    query('SELECT * FROM otel_traces ORDER BY SpanId'),
    query('SELECT 1', { organization: 'globex' }),
    query('SELECT * FROM exectrail.code_exec_logs'),
  ],
}

interface Answer {
  status: number
  text: string
}

async function ask({ body, method, path, streams }: GeneratedRequest, key: string): Promise<Answer> {
  const leaving = new AbortController()
  const timer = setTimeout(() => leaving.abort(), streams ? STREAM_MS : 30_000)
  let text = ''
  let status = 0
  try {
    const headers = { ...withKey(key).headers, 'Content-Type': 'application/json' }
    const answer = await service.ask(path, { method, headers, body, signal: leaving.signal })
    status = answer.status
    const decoder = new TextDecoder()
    for await (const bytes of answer.body ?? []) text += decoder.decode(bytes as Uint8Array, { stream: true })
  } catch (error) {
    if (!leaving.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
  return { status, text: text.replaceAll(/"requestId":"[^"]*"/gu, '') }
}

/** The text without the values that the request itself names. */
function withoutEchoes(text: string, { body, path }: GeneratedRequest): string {
  const said = [decodeURIComponent(path), body ?? ''].join(' ')
  const values = said.match(/(?:acme|globex)-canary-\w+-\d+|0190000[ab][\w-]+/gu) ?? []
  return values.reduce((rest, value) => rest.replaceAll(value, ''), text)
}

/** One reader serves all listeners of `/v1/live`, which gets rows of all and hands each listener its own. */
function isSharedReader({ parameters, sql }: Statement): boolean {
  return 'fromMs' in parameters && /\bWHERE true AND\b/u.test(sql)
}

/** The catalogue says how long tables keep their rows; test/api/retention asserts that sizes are not for a bound key. */
function isOfCatalogue(sql: string): boolean {
  return /\bFROM system\.tables\b/u.test(sql) && !/\b(?:FROM|JOIN) (?!system\.|\()/u.test(sql)
}

const TABLES = /\b(?:code_exec_logs|code_exec_events|code_executions|otel_traces)\b/u
const TENANT = 'organization_id = {organizationId:String}'

/** Whose reader left a stream just now: the service may ask once more before it notices. */
let leaving: string | null = null

function expectTenant(asked: GeneratedRequest, organizationId: string): void {
  for (const statement of statements.splice(0)) {
    const { sql } = statement
    if ((sql !== 'queryReadOnly' && !TABLES.test(sql)) || isSharedReader(statement) || isOfCatalogue(sql))
      continue
    const label = `${asked.method} ${asked.path}\n${sql}`
    expect([organizationId, leaving], label).toContain(statement.organizationId)
    if (sql !== 'queryReadOnly') expect(sql, label).toContain(TENANT)
  }
}

it('no key sees anything of another organization, whatever it asks', async () => {
  const document = await service.json<Document>('/openapi.json')
  const requests = generateRequests(document, {
    pools: POOLS,
    bodies: BODIES,
    perRoute: PER_ROUTE,
    seed: SEED,
  }).filter(
    // Would run the code of its own rows again.
    ({ method, path }) => !(method === 'POST' && path.includes(ACME[0]?.executionId.slice(0, 9) ?? '')),
  )
  const tried = new Map<string, { request: GeneratedRequest; before: Answer | null }>()
  const good = new Set<string>()
  const tryAs = async (request: GeneratedRequest, organizationId: 'acme' | 'globex'): Promise<Answer> => {
    statements.length = 0
    const answer = await ask(request, organizationId === 'acme' ? ACME_KEY : GLOBEX_KEY)
    expectTenant(request, organizationId)
    leaving = request.streams ? organizationId : null
    const label = `${request.method} ${request.path} as ${organizationId}`
    expect(answer.status, `${label}\n${answer.text}`).not.toBe(500)
    const other = organizationId === 'acme' ? /globex-canary|0190000b/u : /acme-canary|0190000a/u
    expect(withoutEchoes(answer.text, request), label).not.toMatch(other)
    if (answer.status === 200) good.add(request.route)
    return answer
  }
  for (const request of requests) {
    const first = await tryAs(request, 'acme')
    const second = request.streams ? null : await tryAs(request, 'acme')
    // An answer that changes by itself, with the time, tells nothing when it changes.
    const before = second !== null && second.text === first.text ? first : null
    tried.set(`${request.method} ${request.path} ${request.body}`, { request, before })
  }
  await insertRecords(clickhouse, GLOBEX)
  await insertSpans(clickhouse, 'globex', 5)
  await publishCanaries('globex')
  let compared = 0
  for (const { request, before } of tried.values()) {
    const after = await tryAs(request, 'acme')
    await tryAs(request, 'globex')
    if (before === null) continue
    expect(after, `${request.method} ${request.path}`).toEqual(before)
    compared += 1
  }
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(new Set(requests.map(({ route }) => route)).size).toBe(routes.length)
  expect(good.size / routes.length).toBeGreaterThan(0.5)
  expect(compared).toBeGreaterThan(tried.size / 2)
  const all = await service.json<{ data: unknown[] }>(`/v1/executions?from=${FROM}&to=${TO}`)
  expect(all.data).toHaveLength(ACME.length + GLOBEX.length)
})
