/** Which chart an answer makes: over time where a column has times, else bars by name. The types of the columns decide. */
import type { SeriesData } from '../../charts/series.ts'
import { instantOf, isNumeric, isTime, numberOf, textOf, type Column, type Reply } from './cells.ts'

export type Chart =
  | ({ is: 'series'; value: string } & Pick<SeriesData, 'buckets' | 'series'>)
  | { is: 'bars'; value: string; left: number; bars: readonly { name: string; value: number }[] }

const SERIES_MAX = 6
const BARS_MAX = 40
const POINTS_MAX = 5000

/** Null where there is nothing to draw. */
export function chartOf({ columns, data }: Pick<Reply, 'columns' | 'data'>): Chart | null {
  const numbers = columns.filter(isNumeric)
  const [first] = numbers
  if (first === undefined || data.length === 0) return null
  const time = columns.find(isTime)
  const name = columns.find((column) => column !== time && !isNumeric(column))
  if (time !== undefined) return overTime(data.slice(0, POINTS_MAX), { time, name, numbers, first })
  if (name === undefined) return null
  const bars = data.flatMap((row) => {
    const value = numberOf(row[first.name])
    return value === null ? [] : [{ name: textOf(row[name.name]) ?? 'NULL', value }]
  })
  return {
    is: 'bars',
    value: first.name,
    left: Math.max(0, bars.length - BARS_MAX),
    bars: bars.slice(0, BARS_MAX),
  }
}

/** With a column of names each name is a line, else each column of numbers. */
function overTime(
  data: Reply['data'],
  {
    time,
    name,
    numbers,
    first,
  }: { time: Column; name: Column | undefined; numbers: readonly Column[]; first: Column },
): Chart | null {
  const instants = [...new Set(data.flatMap((row) => instantOf(row[time.name]) ?? []))].toSorted(
    (a, b) => a - b,
  )
  if (instants.length === 0) return null
  const placeOf = new Map(instants.map((ms, place) => [ms, place]))
  const lines = new Map<string, (number | null)[]>()
  const set = (line: string, at: number, value: number | null): void => {
    if (!lines.has(line) && lines.size >= SERIES_MAX) return
    const values = lines.get(line) ?? instants.map(() => null)
    values[at] = value
    lines.set(line, values)
  }
  for (const row of data) {
    const at = placeOf.get(instantOf(row[time.name]) ?? Number.NaN)
    if (at === undefined) continue
    if (name === undefined) for (const column of numbers) set(column.name, at, numberOf(row[column.name]))
    else set(textOf(row[name.name]) ?? 'NULL', at, numberOf(row[first.name]))
  }
  const series = [...lines].map(([line, values], place) => ({
    name: line,
    values,
    colour: `--series-${place + 1}`,
  }))
  return { is: 'series', value: name === undefined ? '' : first.name, buckets: toBuckets(instants), series }
}

/** Each stretch reaches to the next instant; the last is as long as the one before. */
function toBuckets(instants: readonly number[]): SeriesData['buckets'] {
  const step = (instants.at(-1) ?? 0) - (instants.at(-2) ?? (instants.at(-1) ?? 0) - 60_000)
  return instants.map((ms, place) => ({
    from: new Date(ms).toISOString(),
    to: new Date(instants[place + 1] ?? ms + step).toISOString(),
    complete: true,
  }))
}
