/** Names of code agents. */
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import { agentNameIssue } from '../registry/names.ts'
import type { Scope } from '../store/scope.ts'

export interface AgentName {
  namespace: string
  name: string
}

/** The parts of `namespace/name`. @throws {InvalidRequestError} for another text */
export function readName(text: string): AgentName {
  const message = agentNameIssue(text)
  if (message !== null) throw new InvalidRequestError([{ path: 'name', message }])
  const [namespace = '', name = ''] = text.split('/')
  return { namespace, name }
}

export function fullName({ namespace, name }: AgentName): string {
  return `${namespace}/${name}`
}

/** @param scope for which it is asked */
export function unknownAgent(name: AgentName, scope: Scope): ExectrailError {
  return new ExectrailError('not_found', `there is no code agent ${JSON.stringify(fullName(name))}`, {
    hint:
      scope === 'all'
        ? 'exectrail agent search finds agents by words.'
        : `exectrail agent search finds agents by words; private ones are seen by their owner alone, and this asks for the organization ${scope.organizationId}.`,
  })
}
