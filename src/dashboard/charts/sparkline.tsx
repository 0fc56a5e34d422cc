/** A small trend without axes. */
import type { ReactNode } from 'react'
import styles from './charts.module.css'

interface SparklineProps {
  /** Says what it shows, such as `Executions over the window`. */
  label: string
  values: readonly number[]
  /** Part of each value, drawn in another colour, such as failures. */
  parts?: readonly number[]
}

const HEIGHT = 22
const STEP = 5
const GAP = 1

/** Bars from 0; a value above 0 is always seen. */
export function Sparkline({ label, values, parts }: SparklineProps): ReactNode {
  const most = Math.max(1, ...values)
  const sizeOf = (value: number): number => (value <= 0 ? 0 : Math.max(1.5, (value / most) * HEIGHT))
  const width = values.length * STEP - GAP
  const sum = values.reduce((whole, value) => whole + value, 0)
  return (
    <svg
      className={styles['sparkline']}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width={width}
      height={HEIGHT}
      role="img"
      aria-label={`${label}: ${sum} in all, at most ${Math.max(0, ...values)} at a time`}
    >
      {values.map((value, index) => (
        // A place in time has no other name than its number.
        // oxlint-disable-next-line react/no-array-index-key
        <g key={index}>
          <Bar index={index} size={sizeOf(value)} name="whole" />
          <Bar index={index} size={sizeOf(parts?.[index] ?? 0)} name="part" />
        </g>
      ))}
    </svg>
  )
}

function Bar({ index, size, name }: { index: number; size: number; name: 'whole' | 'part' }): ReactNode {
  if (size === 0) return null
  return <rect className={styles[name]} x={index * STEP} y={HEIGHT - size} width={STEP - GAP} height={size} />
}
