/** Checks definitions before they are published, with the executor of the service. */
import { InvalidRequestError } from '../../errors.ts'
import { checkDefinition } from '../../registry/checks/check-definition.ts'
import type { CheckExecutor } from '../../registry/checks/check-run.ts'
import type { Finding } from '../../registry/checks/finding.ts'
import type { PublishParts } from './publish.ts'

/**
 * @returns what `publish` asks of its checks: it resolves to the findings, which are kept with the version, and rejects
 * with every finding that is an error
 */
export function checkingWith(executor: CheckExecutor): PublishParts['check'] {
  return async (definition, tenant) => {
    const findings = await checkDefinition(definition, executor, { tenant })
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw refusal(errors)
    return { checkedAt: new Date().toISOString(), findings }
  }
}

/** What to do is said once where it is the same for all. */
function refusal(errors: readonly Finding[]): InvalidRequestError {
  const [shared, ...others] = new Set(errors.map(({ hint }) => hint))
  if (others.length > 0)
    return new InvalidRequestError(errors.map((error) => toIssue(error, ` ${error.hint}`)))
  return new InvalidRequestError(
    errors.map((error) => toIssue(error, '')),
    shared,
  )
}

function toIssue({ path, line, message }: Finding, hint: string): { path: string; message: string } {
  const at = line === null ? '' : `line ${line}: `
  return { path: path === '' ? 'definition' : `definition.${path}`, message: `${at}${message}.${hint}` }
}
