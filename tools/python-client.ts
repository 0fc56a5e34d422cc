/**
 * Writes the typed parts of the Python client from the OpenAPI document: `types.py` and `operations.py`. A test holds the
 * files to it; `npx vitest run test/clients/python.test.ts --update` rewrites them.
 */

type Schema = Readonly<Record<string, unknown>>

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
}

interface Operation {
  operationId: string
  summary: string
  parameters?: readonly Parameter[]
  requestBody?: { content: Readonly<Record<string, { schema: Schema }>> }
  responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Schema }>> }>>
}

export interface OpenApi {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  components: { schemas: Readonly<Record<string, Schema>> }
}

/** Written by hand, because their replies are no JSON. */
const BY_HAND =
  /^(?:streamOutput|streamLive|exportExecutions|getMetrics|getOutFile|getLinkedContent|get(?:Stdout|Stderr|Code|Input|Request|Result))$/u
const NOTICE = '# Written by tools/python-client.ts from the OpenAPI document. Do not edit.\n'

/** `types.py`: a TypedDict for each object. */
export function pythonTypes({ components }: OpenApi, named: Named): string {
  for (const [name, schema] of Object.entries(components.schemas)) named.define(name, schema)
  return `"""Shapes of requests and replies."""

${NOTICE}
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

${named.text()}`
}

/** `operations.py`: a method for each operation. */
export function pythonOperations({ paths }: OpenApi, named: Named): string {
  const methods = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { operationId }]) => !BY_HAND.test(operationId))
      .map(([method, operation]) => toMethod(method.toUpperCase(), path, operation, named)),
  )
  return `"""The operations of the service, by their names in its OpenAPI document."""

${NOTICE}
from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Sequence

from . import types
from ._transport import ABSENT, Transport


class Operations:
    """Every method raises \`ProblemError\`. \`timeout\` is in seconds."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

${methods.join('\n')}`
}

/** A keyword argument, and its name on the wire. */
interface Keyword {
  name: string
  type: string
  required: boolean
}

function toMethod(method: string, path: string, operation: Operation, named: Named): string {
  const { operationId, summary, parameters = [] } = operation
  const inPath = parameters.filter((one) => one.in === 'path')
  const query = queryOf(operation, named)
  const body = bodyOf(operation, named)
  const keywords = [...query, ...body].toSorted((a, b) => Number(b.required) - Number(a.required))
  const signature = [
    'self',
    ...inPath.map(({ name }) => `${snake(name)}: str`),
    '*',
    ...keywords.map(toKeyword),
    'timeout: float | None = None',
  ]
  return `    def ${snake(operationId)}(
${signature.map((one) => `        ${one},`).join('\n')}
    ) -> ${replyOf(operation, named)}:
        """${summary}."""
        return self._transport.call(
            "${method}",
            "${path}",
            path_values=${toDict(inPath)},
            query=${toDict(query)},
            body=${body.length === 0 ? 'None' : toDict(body)},
            timeout=timeout,
        )
`
}

function queryOf({ operationId, parameters = [] }: Operation, named: Named): Keyword[] {
  return parameters
    .filter((one) => one.in === 'query')
    .map(({ name, schema, required = false }) => ({
      name,
      required,
      type: parameterType(schema, named, `${capital(operationId)}Query`),
    }))
}

function bodyOf({ operationId, requestBody }: Operation, named: Named): Keyword[] {
  const schema = requestBody?.content['application/json']?.schema ?? {}
  const required = new Set(listOf(schema['required']))
  return Object.entries(objectOf(schema['properties'])).map(([name, value]) => ({
    name,
    required: required.has(name),
    type: named.typeOf(objectOf(value), `${capital(operationId)}${capital(name)}`),
  }))
}

function replyOf({ operationId, responses }: Operation, named: Named): string {
  const replies = Object.entries(responses).flatMap(([status, { content }]) => {
    const schema = content?.['application/json']?.schema
    return status === 'default' || Number(status) >= 400 || schema === undefined
      ? []
      : [outside(named.typeOf(schema, `${capital(operationId)}Reply`))]
  })
  return [...new Set(replies)].join(' | ')
}

function toKeyword({ name, type, required }: Keyword): string {
  if (required) return `${snake(name)}: ${outside(type)}`
  return type === 'Any' ? `${snake(name)}: Any = ABSENT` : `${snake(name)}: ${outside(type)} | None = None`
}

function toDict(members: readonly { name: string }[]): string {
  return `{${members.map(({ name }) => `"${name}": ${snake(name)}`).join(', ')}}`
}

/** Several values may be given as a list, and times as datetimes. */
function parameterType(schema: Schema, named: Named, name: string): string {
  if (schema['format'] === 'date-time') return 'str | datetime'
  const type = named.typeOf(schema, name)
  return type.replaceAll('list[', 'Sequence[')
}

/** Names of types are in another module. */
function outside(type: string): string {
  return type.replaceAll(/(?<![\w.'"])([A-Z]\w+)(?![\w'"])/g, (name: string) =>
    BUILT_IN.has(name) ? name : `types.${name}`,
  )
}
const BUILT_IN: ReadonlySet<string> = new Set([
  'Any',
  'Literal',
  'Sequence',
  'Union',
  'None',
  'True',
  'False',
])
const KEYWORDS: ReadonlySet<string> = new Set(['from', 'in', 'is', 'not', 'and', 'or', 'class', 'def'])

function snake(name: string): string {
  const text = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return KEYWORDS.has(text) ? `${text}_` : text
}

function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** The TypedDicts met so far. */
export class Named {
  readonly #dicts = new Map<string, string>()

  define(name: string, schema: Schema): void {
    if (this.#dicts.has(name)) return
    if (schema['properties'] === undefined) {
      this.#dicts.set(name, `${name} = ${this.typeOf(schema, `${name}Item`)}\n`)
      return
    }
    // First, so that an object that holds itself ends.
    this.#dicts.set(name, '')
    const required = new Set(listOf(schema['required']))
    const members = Object.entries(objectOf(schema['properties'])).map(([key, value]) => {
      const type = this.typeOf(objectOf(value), `${name}${capital(key)}`)
      return `        "${key}": "${(required.has(key) ? type : `NotRequired[${type}]`).replaceAll('"', "'")}",`
    })
    this.#dicts.set(name, `${name} = TypedDict(\n    "${name}",\n    {\n${members.join('\n')}\n    },\n)\n`)
  }

  /** @param name of the object, where it is one without a name */
  typeOf(schema: Schema, name: string): string {
    const reference = schema['$ref']
    if (typeof reference === 'string') return reference.slice(reference.lastIndexOf('/') + 1)
    if (schema['const'] !== undefined) return `Literal[${JSON.stringify(schema['const'])}]`
    const values = listOf(schema['enum'])
    if (values.length > 0) return `Literal[${values.map((value) => JSON.stringify(value)).join(', ')}]`
    const choices = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])]
    if (choices.length > 0)
      return [
        ...new Set(choices.map((one, index) => this.typeOf(objectOf(one), `${name}${index || ''}`))),
      ].join(' | ')
    const { type } = schema
    if (Array.isArray(type)) return type.map((one) => this.typeOf({ ...schema, type: one }, name)).join(' | ')
    if (type === 'array') return `list[${this.typeOf(objectOf(schema['items']), `${name}Item`)}]`
    if (type === 'object') return this.#objectType(schema, name)
    return typeof type === 'string' ? (SIMPLE[type] ?? 'Any') : 'Any'
  }

  #objectType(schema: Schema, name: string): string {
    if (schema['properties'] !== undefined) {
      this.define(name, schema)
      return name
    }
    const { additionalProperties: values } = schema
    return `dict[str, ${typeof values === 'object' ? this.typeOf(objectOf(values), `${name}Value`) : 'Any'}]`
  }

  text(): string {
    return [...this.#dicts.values()].join('\n')
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'None',
}

function objectOf(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
