/** The checks of a definition at publishing. They run in threads, child processes and sandboxes, in bounded time. */
import type { AgentDefinition } from '../definition.ts'
import type { CheckExecutor, CheckRun, CheckTenant } from './check-run.ts'
import { checkExamples } from './examples.ts'
import { FINDINGS_MAX, type Finding } from './finding.ts'
import { checkCompleteness, checkPolicy, checkSchemas } from './rules.ts'
import { checkRuntimes } from './runtimes.ts'
import { checkSecrets } from './secrets.ts'
import { checkSyntax } from './syntax.ts'

/** ms all checks of a definition may take together. */
const CHECKS_MAX_MS = 120_000

export interface CheckOptions {
  tenant: CheckTenant
  /** Ends the checks; what is not run by then is a finding. */
  signal?: AbortSignal
  /** @default 120,000 */
  timeoutMs?: number
}

/**
 * Everything that is wrong with a definition or missing from it, errors first; at most 100 findings. Examples run only
 * when no error stands before them.
 * @throws {CapacityError} when too many checks already wait
 */
export async function checkDefinition(
  definition: AgentDefinition,
  executor: CheckExecutor,
  { tenant, signal, timeoutMs = CHECKS_MAX_MS }: CheckOptions,
): Promise<Finding[]> {
  const late = AbortSignal.timeout(timeoutMs)
  const listed = await executor.runtimes()
  const run: CheckRun = {
    tenant,
    executor,
    signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    runtimes: new Map(listed.map((each) => [each.runtime.name, each])),
  }
  const read = await Promise.all([
    checkSyntax(definition, run),
    checkPolicy(definition),
    checkSecrets(definition),
    checkSchemas(definition),
  ])
  const found = [...read.flat(), ...checkRuntimes(definition, run), ...checkCompleteness(definition)]
  const ran = hasErrors(found) ? [] : await checkExamples(definition, run)
  const all = [...found, ...ran]
  return [...all.filter(isError), ...all.filter((each) => !isError(each))].slice(0, FINDINGS_MAX)
}

/** Whether the findings keep the version from being published. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(isError)
}

function isError({ severity }: Finding): boolean {
  return severity === 'error'
}
