/** Names of code agents as the service's paths take them. */
import { InvalidRequestError } from '../errors.ts'
import { parseReference } from '../registry/reference.ts'

/** Options of every command over a tenant. */
export interface AgentOptions {
  org?: string
  json?: true
}

/** What follows the `@`, as text; null without. */
export function splitReference(text: string): { name: string; selector: string | null } {
  const { name } = parseReference(text, 'agent')
  return { name, selector: name.length === text.length ? null : text.slice(name.length + 1) }
}

/** Path of an agent. @throws {InvalidRequestError} for a text that is no name */
export function agentPath(name: string): string {
  const { name: checked, selector } = splitReference(name)
  if (selector !== null)
    throw new InvalidRequestError([{ path: 'agent', message: `write ${checked}, without a version` }])
  return `/v1/registry/agents/${checked}`
}

/** Name and version of `namespace/name@1.2.0`. @throws {InvalidRequestError} without a version */
export function pinOf(text: string): { name: string; version: string } {
  const { name, selector } = splitReference(text)
  if (selector === null)
    throw new InvalidRequestError([{ path: 'agent', message: `name the version: ${name}@1.2.0` }])
  return { name, version: selector }
}
