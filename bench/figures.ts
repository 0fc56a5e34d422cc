/** What every benchmark prints: a figure, its unit and the target beside it. */
export interface Figure {
  name: string
  value: number
  unit: string
  /** Absent where the figure stands for comparison only. */
  target?: { atMost: number } | { atLeast: number }
}

/** Prints figures as aligned lines; says for each whether its target is reached. */
export function printFigures(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map((figure) => figure.name.length))
  for (const figure of figures) {
    const { name, value, unit, target } = figure
    const shown =
      value >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()
    console.log(`${name.padEnd(width)}  ${shown.padStart(10)} ${unit}${describeTarget(value, target)}`)
  }
}

function describeTarget(value: number, target: Figure['target']): string {
  if (target === undefined) return ''
  const [sign, bound, reached] =
    'atMost' in target
      ? ['≤', target.atMost, value <= target.atMost]
      : ['≥', target.atLeast, value >= target.atLeast]
  return `   target ${sign} ${bound.toLocaleString('en')}   ${reached ? 'reached' : 'NOT REACHED'}`
}

/** The value below which the fraction `p` (0–1) of the sample lies, by the nearest rank. */
export function percentile(sample: readonly number[], p: number): number {
  const sorted = sample.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN
}
