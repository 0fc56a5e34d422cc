/** An outcome as icon, word and colour, so that no one needs the colour. */
import { Ban, CircleCheck, CircleX, Gauge, Timer, TriangleAlert, type LucideIcon } from 'lucide-react'
import { OUTCOMES, type Outcome } from '../../record/values.ts'
import styles from './outcome.module.css'

const ICONS: Readonly<Record<Outcome, LucideIcon>> = {
  success: CircleCheck,
  failure: CircleX,
  timeout: Timer,
  limit: Gauge,
  cancelled: Ban,
  error: TriangleAlert,
}

/** The variable with the colour of an outcome. */
export function outcomeColour(outcome: Outcome): string {
  return `var(--outcome-${outcome})`
}

export function isOutcome(value: string | null): value is Outcome {
  return OUTCOMES.some((outcome) => outcome === value)
}

export function OutcomeLabel({ outcome }: { outcome: Outcome }): React.ReactNode {
  const Icon = ICONS[outcome]
  return (
    <span className={styles['outcome']} data-outcome={outcome}>
      <Icon size={14} aria-hidden="true" />
      {outcome}
    </span>
  )
}
