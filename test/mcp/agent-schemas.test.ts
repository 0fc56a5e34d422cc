/** What the tools of code agents take, and what a model reads of the schemas that publishers write. */
import type { ServerContext } from '@modelcontextprotocol/server'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Client } from '../../src/client/index.ts'
import { readableSchema, toArguments } from '../../src/mcp/agent-schema.ts'
import { runAgent, searchAgents } from '../../src/mcp/tools/agents.ts'

/** Whether a call gets past its arguments, to the service. */
async function isTaken(tool: typeof runAgent, given: Record<string, unknown>): Promise<boolean> {
  let reached = false
  const answer = (): never => {
    reached = true
    throw new Error('reached')
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tools call nothing else of it
  const client = { searchAgents: answer, runCode: answer } as unknown as Client
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  const context = { mcpReq: { signal: new AbortController().signal } } as ServerContext
  const connect = () => Promise.resolve({ client, url: 'http://127.0.0.1' })
  await tool.call(given, { connect, report: () => undefined }, context)
  return reached
}

/** Around each bound, and of other types. */
const text = (most: number) => fc.integer({ min: 0, max: most + 2 }).map((length) => 'x'.repeat(length))
const number = (...bounds: number[]) =>
  fc.constantFrom(...bounds.flatMap((bound) => [bound - 1, bound, bound + 1]), ...bounds, 0.5)
const other = fc.constantFrom<unknown>(null, true, 'text', 7, [], {}, ['a'], '')
const or = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary }, { weight: 1, arbitrary: other })

const SEARCH = fc.record(
  {
    query: or(text(256)),
    topic: or(fc.array(or(fc.string({ maxLength: 5 })), { maxLength: 12 })),
    language: or(fc.constantFrom('python', 'bash', 'javascript', 'cobol')),
    sort: or(fc.constantFrom('success', 'relevance', 'trend', 'best')),
    limit: or(number(1, 30)),
    cursor: or(text(3)),
    organization: or(text(3)),
  },
  { requiredKeys: [] },
)
const RUN = fc.record(
  {
    agent: or(text(256)),
    input: fc.jsonValue(),
    runtime: or(fc.constantFrom('vm2', 'subprocess', 'wasmedge', 'docker')),
    timeoutMs: or(number(1, 600_000)),
    memoryMb: or(number(1, 16, 65_536)),
    nodeId: or(text(256)),
    workflowExecutionId: or(text(256)),
    organization: or(text(3)),
  },
  { requiredKeys: ['agent'] },
)

/** Now and then with a member that there is not. */
const withMore = (given: fc.Arbitrary<Record<string, unknown>>) =>
  fc.oneof(
    { weight: 9, arbitrary: given },
    {
      weight: 1,
      arbitrary: fc.tuple(given, other).map(([members, more]) => Object.assign(members, { more })),
    },
  )

it.each([
  ['search_agents', searchAgents, withMore(SEARCH)],
  ['run_agent', runAgent, withMore(RUN)],
] as const)(
  '%s takes what the schema that a model reads allows, and nothing else',
  async (_, tool, arguments_) => {
    const allows = new Ajv2020({ strict: false }).compile(tool.list().inputSchema)
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(arguments_, async (given) => {
        const allowed = allows(given)
        seen[`${allowed}`] += 1
        expect(await isTaken(tool, given), JSON.stringify(given)).toBe(allowed)
      }),
      { numRuns: 1_000 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(20)
  },
)

const KEYWORDS = [
  'type',
  'properties',
  'items',
  '$ref',
  '$defs',
  'enum',
  'pattern',
  'anyOf',
  'required',
  'description',
]
const hostileKey = fc.oneof(
  fc.constantFrom(...KEYWORDS, '$id', '$schema', '__proto__', 'x-mcp-header'),
  fc.string(),
)
const { schema: hostileSchema } = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 20, depthSize: 'xlarge' },
    fc.constantFrom<unknown>(true, false, null, 'object', 'https://evil.example/', '#/$defs/a'),
    fc.string({ maxLength: 2_000 }),
    fc.array(tie('schema'), { maxLength: 4 }),
    fc.dictionary(hostileKey, tie('schema'), { maxKeys: 6 }),
  ),
}))

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

it('a model reads a bounded part of whatever schema a publisher writes', () => {
  fc.assert(
    fc.property(hostileSchema, (schema) => {
      const shown = readableSchema(schema)
      const { schema: taken } = toArguments(schema)
      for (const one of [shown ?? {}, taken]) {
        const written = JSON.stringify(one)
        expect(written.length).toBeLessThanOrEqual(4_200)
        expect(depthOf(one)).toBeLessThan(40)
        for (const [, reference] of written.matchAll(/"\$ref":("[^"]*")/gu))
          expect(reference).toMatch(/^"#\/(?:\$defs|definitions)\//u)
      }
    }),
    { numRuns: 2_000 },
  )
})
