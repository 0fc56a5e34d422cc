import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/registry/checks/finding.ts'
import type { AgentDefinitionInput } from '../../src/registry/definition.ts'
import { checking } from '../support/definitions.ts'
import { longestTurn } from '../support/event-loop.ts'

const check = checking()

describe('a hostile definition', () => {
  const bomb = {
    $ref: '#/$defs/a0',
    $defs: Object.fromEntries(
      Array.from({ length: 31 }, (_, at) => [
        `a${at}`,
        at === 30 ? {} : { allOf: [{ $ref: `#/$defs/a${at + 1}` }, { $ref: `#/$defs/a${at + 1}` }] },
      ]),
    ),
  }

  test.each([
    ['a schema whose parts double thirty times', { outputSchema: bomb }, 'examples', 'examples.0'],
    [
      'a pattern that backtracks for ever',
      {
        policy: { denyPatterns: ['^(a+)+$'] },
        code: `${'a'.repeat(40)}!`,
      },
      'policy',
      'code',
    ],
    [
      'a schema that refers elsewhere',
      { inputSchema: { $ref: 'https://example.com/x.json' } },
      'schemas',
      'inputSchema',
    ],
    ['a schema of no known form', { inputSchema: { type: 'nothing' } }, 'schemas', 'inputSchema'],
    [
      'an example that never ends',
      {
        code: 'for (;;) {}',
        limits: { timeoutMs: 500 },
        runtimes: ['subprocess'],
      },
      'examples',
      'examples.0',
    ],
    [
      'an example that fills the memory',
      {
        code: 'function main() { const all = []; for (;;) all.push(new Uint8Array(1e7).fill(1)) }',
        runtimes: ['subprocess'],
      },
      'examples',
      'examples.0',
    ],
    [
      'an example that returns a deep value',
      {
        code: 'function main() { let value = 1; for (let at = 0; at < 5000; at += 1) value = [value]; return value }',
        runtimes: ['subprocess'],
      },
      'examples',
      'examples.0',
    ],
  ] satisfies [string, Partial<AgentDefinitionInput>, string, string][])(
    'with %s is refused, and the event loop stays free',
    async (_, change, name, path) => {
      let found: Finding[] = []
      const blocked = await longestTurn(async () => {
        found = await check(change)
      })
      expect(
        found.filter(({ severity }) => severity === 'error').map(({ check: each, path: at }) => [each, at]),
      ).toContainEqual([name, path])
      expect(blocked).toBeLessThan(150)
    },
  )

  test('with an enumeration of tens of thousands of texts is checked off the event loop', async () => {
    const values = Array.from({ length: 20_000 }, (_, at) => `v${at}`)
    const blocked = await longestTurn(() =>
      check({ outputSchema: { properties: { sum: { not: { enum: values } } } } }),
    )
    expect(blocked).toBeLessThan(150)
  })

  test('with megabytes of near-secrets is searched off the event loop', async () => {
    const content = `${'ghp_'.repeat(200)} eyJ${'a.eyJ'.repeat(200)} https://a:`.repeat(1200)
    const blocked = await longestTurn(() => check({ files: [{ path: 'a', content }] }))
    expect(blocked).toBeLessThan(150)
  })

  test('with fifty slow examples ends in time, with what was not run', async () => {
    const found = await check(
      {
        code: 'async function main() { await new Promise((done) => setTimeout(done, 1000)); return 1 }',
        examples: Array.from({ length: 50 }, (_, at) => ({ name: `example ${at}`, input: { xs: [] } })),
        runtimes: ['subprocess'],
      },
      4000,
    )
    expect(found.length).toBeGreaterThan(30)
    expect(found.at(-1)).toMatchObject({
      path: 'examples.49',
      message: expect.stringContaining('not run to its end'),
    })
  })
})
