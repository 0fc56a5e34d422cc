/** The walk from an execution to its row: each link asked in turn, with the remedy where it is broken. */
import { isExectrailError } from '../errors.ts'
import { BrokenLink, type Link, type Walk } from './link.ts'
import { LINKS } from './links.ts'

/** One link of the chain. */
export interface Finding {
  link: string
  /** `skipped`: not configured, so not needed, or a weakness that breaks nothing. `blocked`: a link before it is broken. */
  state: 'ok' | 'broken' | 'skipped' | 'blocked'
  detail: string
  fix: string | null
}

const LOOK = 'The logs under the home say more.'

/** Walks the chain; a link whose footing is broken is skipped. `report` gets each finding as it is made. */
export async function diagnose(walk: Walk, report: (finding: Finding) => Promise<void>): Promise<Finding[]> {
  const findings = new Map<string, Finding>()
  for (const link of LINKS) {
    const broken = link.needs?.find((name) => isBroken(findings.get(name)))
    const finding =
      broken === undefined
        ? await askLink(link, walk)
        : unasked(link.name, 'blocked', `not asked: ${broken} comes first`)
    findings.set(link.name, finding)
    await report(finding)
  }
  return [...findings.values()]
}

/** What rests on a broken link, or on one that could not be asked for that reason, is not asked. */
function isBroken(finding: Finding | undefined): boolean {
  return finding?.state === 'broken' || finding?.state === 'blocked'
}

async function askLink(link: Link, walk: Walk): Promise<Finding> {
  try {
    const answer = await link.ask(walk)
    if (typeof answer !== 'string')
      return { ...unasked(link.name, 'skipped', answer.skipped), fix: answer.fix ?? null }
    return { link: link.name, state: 'ok', detail: answer, fix: null }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const fix =
      error instanceof BrokenLink ? error.fix : ((isExectrailError(error) ? error.hint : null) ?? LOOK)
    return { link: link.name, state: 'broken', detail, fix }
  }
}

function unasked(link: string, state: 'skipped' | 'blocked', detail: string): Finding {
  return { link, state, detail, fix: null }
}
