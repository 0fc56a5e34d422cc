/** The record as a schema, for the OpenAPI document. */
import { z } from 'zod'
import type { Field } from './fields.ts'
import { FIELD_NAMES, fieldOf, mapNames } from './record.ts'

/** The record as callers of the API see it: JSON texts are the values themselves. */
export const recordShape = mapNames(FIELD_NAMES, (name) => schemaOf(fieldOf(name)))

function schemaOf(field: Field): z.ZodType {
  const { nullable = false, unit, means, type } = field
  if (type === 'json') return z.unknown().describe(`${means} Any JSON; the text of it where it was capped.`)
  const value = valueSchema(field)
  return (nullable ? value.nullable() : value).describe(unit === undefined ? means : `${means} ${unit}.`)
}

function valueSchema({
  type,
  values,
  column,
  min = column.includes('UInt') ? 0 : undefined,
}: Field): z.ZodType {
  if (values !== undefined) return z.enum(values)
  if (type === 'boolean') return z.boolean()
  if (type === 'double') return z.number().nonnegative()
  if (type === 'integer') return min === undefined ? z.int() : z.int().min(min)
  return z.string()
}
