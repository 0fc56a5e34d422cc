/** Whether the allowed runtimes serve the language, and which of them can run its examples here. */
import type { RuntimeName } from '../../execution.ts'
import type { AgentDefinition } from '../definition.ts'
import type { CheckRun } from './check-run.ts'
import { finding, type Finding } from './finding.ts'

/** The runtimes that are ready, in the order of the definition. */
export function readyRuntimes(definition: AgentDefinition, run: CheckRun): RuntimeName[] {
  return definition.runtimes.filter((name) => {
    const found = run.runtimes.get(name)
    return (
      found?.readiness.ready === true && found.runtime.capabilities.languages.includes(definition.language)
    )
  })
}

export function checkRuntimes(definition: AgentDefinition, run: CheckRun): Finding[] {
  const found = definition.runtimes.flatMap((name, at) => findingsOf({ name, at }, definition, run))
  if (readyRuntimes(definition, run).length > 0 || found.some(({ severity }) => severity === 'error'))
    return found
  return [
    ...found,
    finding({
      check: 'runtimes',
      severity: 'warning',
      path: 'runtimes',
      message: 'none of its runtimes is ready here, so its examples were not run',
      hint: 'Publish it where one is ready, or allow another runtime.',
    }),
  ]
}

function findingsOf(
  { name, at }: { name: RuntimeName; at: number },
  { language }: AgentDefinition,
  { runtimes }: CheckRun,
): Finding[] {
  const place = { check: 'runtimes', path: `runtimes.${at}` } as const
  const found = runtimes.get(name)
  const languages = found?.runtime.capabilities.languages ?? [language]
  if (!languages.includes(language))
    return [
      finding({
        ...place,
        severity: 'error',
        message: `${name} serves ${languages.join(', ')}, not ${language}`,
        hint: 'Take it from `runtimes`.',
      }),
    ]
  if (found?.readiness.ready === true) return []
  return [
    finding({
      ...place,
      severity: 'warning',
      message: `${name} is not ready here, so the code was not tried on it`,
      hint: found?.readiness.missing[0]?.fix ?? 'Ask whoever runs this installation.',
    }),
  ]
}
