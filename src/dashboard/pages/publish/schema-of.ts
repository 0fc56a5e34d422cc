/** A JSON Schema that a value fits, as a start to write a better one from. */

const DEPTH_MAX = 4
const PROPERTIES_MAX = 50

export function schemaOf(value: unknown, depth = 0): Record<string, unknown> {
  if (depth > DEPTH_MAX) return {}
  if (Array.isArray(value)) {
    const items = itemsOf(value, depth)
    return { type: 'array', ...(Object.keys(items).length > 0 && { items }) }
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).slice(0, PROPERTIES_MAX)
    return {
      type: 'object',
      required: members.map(([name]) => name),
      properties: Object.fromEntries(members.map(([name, member]) => [name, schemaOf(member, depth + 1)])),
    }
  }
  if (typeof value === 'number') return { type: 'number' }
  if (typeof value === 'boolean' || typeof value === 'string') return { type: typeof value }
  return {}
}

/** What all items fit: the schema that they share, else their type, else nothing. */
function itemsOf(items: readonly unknown[], depth: number): Record<string, unknown> {
  const schemas = items.map((item) => schemaOf(item, depth + 1))
  const [first = {}] = schemas
  if (schemas.every((schema) => JSON.stringify(schema) === JSON.stringify(first))) return first
  const { type } = first
  return type !== undefined && schemas.every((schema) => schema['type'] === type) ? { type } : {}
}
