import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIRST, toDefinition } from '../../src/dashboard/pages/publish/draft.ts'
import { schemaOf } from '../../src/dashboard/pages/publish/schema-of.ts'
import { readDefinition } from '../../src/registry/definition.ts'

describe('the schema that a form of an example begins with', () => {
  it('names the members, their types, and what they all have', () => {
    expect(schemaOf({ xs: [1, 2], name: 'a', deep: { is: true }, mixed: [1, 'a'], none: null })).toEqual({
      type: 'object',
      required: ['xs', 'name', 'deep', 'mixed', 'none'],
      properties: {
        xs: { type: 'array', items: { type: 'number' } },
        name: { type: 'string' },
        deep: { type: 'object', required: ['is'], properties: { is: { type: 'boolean' } } },
        mixed: { type: 'array' },
        none: {},
      },
    })
  })

  it('always fits the value it is of', () => {
    const ajv = new Ajv2020({ strict: false })
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(ajv.validate(schemaOf(value), value)).toBe(true)
      }),
    )
  })
})

describe('a definition that was written in the form', () => {
  it('is one that the registry takes', () => {
    const definition = toDefinition({
      ...FIRST,
      name: ' acme/summer ',
      description: 'Adds numbers',
      topics: 'math, lists ,',
      code: 'pass',
      inputSchema: '{"type": "object"}',
      exampleInput: '{"xs": []}',
    })
    expect(readDefinition(definition)).toMatchObject({
      name: 'acme/summer',
      topics: ['math', 'lists'],
      examples: [{ name: 'example', input: { xs: [] } }],
    })
  })

  it('says which part is no JSON', () => {
    expect(() => toDefinition({ ...FIRST, exampleOutput: '{' })).toThrow(
      /The output of the example is no JSON/,
    )
  })
})
