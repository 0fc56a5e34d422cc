import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { executionRequestSchema } from '../src/executor/request-schema.ts'
import { validate } from '../src/validation.ts'

const valid = { runtime: 'subprocess', language: 'python', code: '1' }

function issuesOf(request: unknown) {
  const checked = validate(executionRequestSchema, request)
  return checked.ok ? [] : checked.issues
}

describe('the issues of an input', () => {
  it.each([
    [null, '', 'an object, not null'],
    [{ ...valid, code: 5 }, 'code', 'a text, not a number'],
    [{ runtime: 'vm2', language: 'js' }, 'code', 'is missing; give a text'],
    [{ ...valid, runtime: 'docker' }, 'runtime', 'one of: vm2, subprocess, wasmedge, e2b, bacalhau'],
    [{ ...valid, limits: { memory: 5 } }, 'limits.memory', /^unknown; known are: timeoutMs, cpuMs/],
    [{ ...valid, limits: { memoryMb: 1.5 } }, 'limits.memoryMb', 'a whole number'],
    [{ ...valid, network: 'all' }, 'network', "'none', 'host', or { allow: [host names] }"],
    [{ ...valid, network: { allow: [] } }, 'network.allow', 'must not be empty'],
    [{ ...valid, env: { 'a b': 'x' } }, 'env.a b', 'names are letters, digits and _'],
    [{ ...valid, inputSchema: 5 }, 'inputSchema', 'a JSON Schema: an object, true or false'],
  ])('say what is expected and what came: %j', (request, path, message) => {
    expect(issuesOf(request)).toEqual([
      { path, message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ])
  })

  it('are a hundred at most, however many keys are unknown', () => {
    const unknown = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, 1]))
    expect(issuesOf({ ...valid, ...unknown })).toHaveLength(100)
  })

  it('are never in the words of the validation library', () => {
    const keys = fc.constantFrom(...Object.keys(executionRequestSchema.shape), 'other')
    fc.assert(
      fc.property(fc.dictionary(keys, fc.anything({ maxDepth: 3 })), (request) => {
        for (const { message } of issuesOf({ ...valid, ...request }))
          expect(message).not.toMatch(/invalid|unrecognized|too (?:big|small)|expected|received/i)
      }),
    )
  })
})

it.each([
  ['js', 'javascript'],
  ['ts', 'typescript'],
  ['py', 'python'],
  ['sh', 'bash'],
])('%s is short for %s', (alias, language) => {
  expect(validate(executionRequestSchema, { ...valid, language: alias })).toMatchObject({
    ok: true,
    value: { language },
  })
})
