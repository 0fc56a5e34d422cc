/** A multipart body: the statement, its parameters and external tables. */
import { HttpError } from './exceptions.ts'
import {
  addSpec,
  isSpec,
  readExternalTable,
  type ExternalSpec,
  type ExternalTable,
} from './external-tables.ts'
import { checkForm } from './form-bounds.ts'
import { RefusedStatement } from './refusal.ts'

export interface Form {
  /** '' when the statement is in the URL. */
  text: string
  tables: ExternalTable[]
}

/** What the URL says of the form. */
export interface FormParameters {
  parameters: Map<string, string>
  external: ReadonlyMap<string, ExternalSpec>
}

/** A form is held in memory. */
export const MAX_FORM_BYTES = 33_554_432

/**
 * Reads the form and adds its parameters to `query`.
 * @throws {HttpError} for a body that is not a form
 * @throws {RefusedStatement} code 36 for an unknown field or an invalid table
 */
export async function readForm(body: Buffer, contentType: string, query: FormParameters): Promise<Form> {
  checkForm(body, contentType)
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
    else if (typeof value === 'string' && isSpec(name)) addSpec(specs, name, value)
    else files.set(name, typeof value === 'string' ? new Blob([value]) : value)
  }
  const tables = [...files].map(([name, data]) => readExternalTable(name, specs.get(name), data))
  const orphan = [...specs.keys()].find((name) => !files.has(name))
  if (orphan !== undefined)
    throw new RefusedStatement(36, `The form has no data for the external table ${orphan}`)
  return { text, tables }
}

function textOf(value: string | Blob): string | Promise<string> {
  return typeof value === 'string' ? value : value.text()
}
