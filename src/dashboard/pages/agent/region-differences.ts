/** What is otherwise in a region of the heat map than in the rest of the agent's executions. */
import type { DifferencesReply } from '../../../client/index.ts'
import { isFieldName, formatValue, labelOf } from '../../format/fields.ts'

export interface RegionDifference {
  field: string
  label: string
  values: readonly ValueShare[]
}

export interface ValueShare {
  value: string | null
  /** With its unit. */
  text: string
  /** Share of the region's executions, 0–1. */
  here: number
  /** Share of all others. */
  elsewhere: number
}

/** Fields that the region itself is made of. */
const OWN = new Set(['durationMs', 'codeAgentId'])
const VALUES = 3
const FIELDS = 6
/** Two-sided 1 % over the fields that the service compares; its own level, here against the rest alone. */
const Z_SIGNIFICANT = 3.6
/** A value that is about as frequent in both says nothing. */
const DIFFERENCE_MIN = 0.05

/**
 * @param reply side a is the region, side b everything with the region in it
 * @returns fields that differ beyond chance; the most different first
 */
export function regionDifferences({ a, b, fields }: DifferencesReply): RegionDifference[] {
  const rest = b.count - a.count
  if (rest <= 0 || a.count === 0) return []
  return fields
    .filter(({ field }) => !OWN.has(field))
    .map(({ field, values }) => ({
      field,
      label: isFieldName(field) ? labelOf(field) : field,
      values: values
        .map(({ value, countA, countB }) => ({
          value,
          text: textOf(field, value),
          here: countA / a.count,
          elsewhere: (countB - countA) / rest,
        }))
        .filter(({ here, elsewhere }) => isBeyondChance({ here, elsewhere, inside: a.count, rest }))
        .slice(0, VALUES),
    }))
    .filter(({ values }) => values.length > 0)
    .slice(0, FIELDS)
}

/** The two-proportion z test with the pooled share. */
function isBeyondChance(of: { here: number; elsewhere: number; inside: number; rest: number }): boolean {
  const { here, elsewhere, inside, rest } = of
  const difference = Math.abs(here - elsewhere)
  const pooled = (here * inside + elsewhere * rest) / (inside + rest)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / inside + 1 / rest))
  return difference >= DIFFERENCE_MIN && difference > Z_SIGNIFICANT * error
}

/** Measures are compared by the power of two below them. */
function textOf(field: string, value: string | null): string {
  if (value === null) return 'none'
  if (!isFieldName(field)) return value
  const isMeasure = /(?:Ms|Bytes)$/u.test(field)
  return isMeasure ? `from ${formatValue(field, Number(value))}` : formatValue(field, value)
}
