/** Checks the chain from an execution to its row, link by link, with a fix for each broken one. */
import { isExectrailError, messageOf } from '../../errors.ts'
import { FailedCheck, type DoctorCheck, type DoctorContext } from './check.ts'
import { CHECKS } from './checks.ts'

/** One link of the chain. */
export interface Finding {
  link: string
  /** `skipped`: not configured, or a weakness that breaks nothing. `blocked`: a link that it depends on is broken. */
  state: 'ok' | 'broken' | 'skipped' | 'blocked'
  detail: string
  fix: string | null
}

const LOOK = 'The logs under the home say more.'

/** Runs every check in order and reports each finding at once. */
export async function diagnose(
  context: DoctorContext,
  report: (finding: Finding) => Promise<void>,
): Promise<Finding[]> {
  const findings = new Map<string, Finding>()
  for (const check of CHECKS) {
    const broken = check.needs?.find((name) => isBroken(findings.get(name)))
    const finding =
      broken === undefined
        ? await runCheck(check, context)
        : unchecked(check.name, 'blocked', `not checked: ${broken} comes first`)
    findings.set(check.name, finding)
    await report(finding)
  }
  return [...findings.values()]
}

/** A link that depends on a broken or blocked one is not checked. */
function isBroken(finding: Finding | undefined): boolean {
  return finding?.state === 'broken' || finding?.state === 'blocked'
}

async function runCheck(check: DoctorCheck, context: DoctorContext): Promise<Finding> {
  try {
    const answer = await check.run(context)
    if (typeof answer !== 'string')
      return { ...unchecked(check.name, 'skipped', answer.skipped), fix: answer.fix ?? null }
    return { link: check.name, state: 'ok', detail: answer, fix: null }
  } catch (error) {
    const detail = messageOf(error)
    const fix =
      error instanceof FailedCheck ? error.fix : ((isExectrailError(error) ? error.hint : null) ?? LOOK)
    return { link: check.name, state: 'broken', detail, fix }
  }
}

function unchecked(link: string, state: 'skipped' | 'blocked', detail: string): Finding {
  return { link, state, detail, fix: null }
}
