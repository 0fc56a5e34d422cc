/** The buttons that resolve, ignore and reopen a group. */
import type { ErrorView } from '../../../client/index.ts'
import controls from '../../components/controls.module.css'
import { useSession, whyNot } from '../../data/session.ts'
import { ambiguityOf, DECISION_WORDS, decisionsFor, titleOf, type ErrorChange } from './groups.ts'

/** Why this reader cannot decide about a group; null: he can. */
export function useRefusal(group: Pick<ErrorView, 'organizations'>): string | null {
  return whyNot(useSession(), 'write', 'Deciding about errors') ?? ambiguityOf(group)
}

export function Decisions({
  group,
  onChange,
  refused,
}: {
  group: ErrorView
  onChange: (change: ErrorChange) => void
  refused: string | null
}): React.ReactNode {
  return decisionsFor(group).map((state) => (
    <button
      key={state}
      type="button"
      className={controls['button']}
      disabled={refused !== null}
      title={refused ?? undefined}
      aria-label={`${DECISION_WORDS[state].act}: ${titleOf(group)}`}
      onClick={() => onChange({ group, state })}
    >
      {DECISION_WORDS[state].act}
    </button>
  ))
}
