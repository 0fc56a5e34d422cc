/** A multipart body: the statement, its parameters, and tables that live as long as the statement. */
import { HttpError } from './exceptions.ts'
import { readExternalTable, type ExternalSpec, type ExternalTable } from './external.ts'
import { RefusedStatement } from './refusal.ts'
import type { RequestQuery } from './request.ts'

export interface Form {
  /** '' where the URL has the statement. */
  text: string
  tables: ExternalTable[]
}

/** Held in memory whole. */
export const MAX_FORM_BYTES = 33_554_432
const SPEC = /^(?<table>\w{1,64})_(?<field>format|structure|types)$/u

/**
 * Reads the form; its parameters go into `query`.
 * @throws {HttpError} for a body that is none
 * @throws {RefusedStatement} code 36 for a field that means nothing, and for a table that cannot be read
 */
export async function readForm(body: Buffer, contentType: string, query: RequestQuery): Promise<Form> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => {
      throw new HttpError(400, 'The multipart form cannot be read')
    })
  let text = ''
  const files = new Map<string, Blob>()
  const specs = new Map(query.external)
  for (const [name, value] of form) {
    if (name === 'query') text = await textOf(value)
    else if (/^param_\w+$/u.test(name)) query.parameters.set(name.slice(6), await textOf(value))
    else if (typeof value === 'string' && SPEC.test(name)) addSpec(specs, name, value)
    else files.set(name, typeof value === 'string' ? new Blob([value]) : value)
  }
  const tables = [...files].map(([name, data]) => readExternalTable(name, specs.get(name), data))
  const orphan = [...specs.keys()].find((name) => !files.has(name))
  if (orphan !== undefined)
    throw new RefusedStatement(36, `The form has no data for the external table ${orphan}`)
  return { text, tables }
}

/** Notes `NAME_format`, `NAME_structure` or `NAME_types` of an external table; false for any other name. */
export function addSpec(specs: Map<string, ExternalSpec>, name: string, value: string): boolean {
  const { field, table } = SPEC.exec(name)?.groups ?? {}
  if (field === undefined || table === undefined) return false
  specs.set(table, { ...specs.get(table), [field]: value })
  return true
}

function textOf(value: string | Blob): string | Promise<string> {
  return typeof value === 'string' ? value : value.text()
}
