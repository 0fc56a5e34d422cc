/** The cells of a heat map as places on a grid, and regions of it. */

export interface HeatCell {
  /** Begin of the stretch of time. */
  at: string
  /** Least value, included. */
  from: number
  /** Greatest value, excluded. */
  to: number
  count: number
  failures: number
}

export interface HeatGrid {
  columns: number
  rows: number
  /** The most executions of one cell. */
  most: number
  places: readonly Place[]
  /** Begin of the first column, ms. */
  beginMs: number
  stepMs: number
  /** Number of the lowest row's bin. */
  lowest: number
}

interface Place {
  column: number
  /** 0 is the lowest. */
  row: number
  cell: HeatCell
}

/** Cells of a stretch of time whose values are at least `low` and below `high`. */
export interface Region {
  from: string
  to: string
  low: number
  high: number
}

/** Bins for each doubling of the value; the service's own. */
const BINS_PER_DOUBLING = 4
/** A few cells alone would fill the whole picture. */
const ROWS_MIN = 12

/**
 * @param window what the answer is about
 * @param stepSeconds length of a column
 */
export function heatGrid(
  cells: readonly HeatCell[],
  window: { from: string; to: string },
  stepSeconds: number,
): HeatGrid {
  const stepMs = stepSeconds * 1000
  const beginMs = Math.floor(Date.parse(window.from) / stepMs) * stepMs
  const columns = Math.max(1, Math.ceil((Date.parse(window.to) - beginMs) / stepMs))
  const bins = cells.map(binOf)
  const lowest = bins.reduce((least, bin) => Math.min(least, bin), bins[0] ?? 0)
  const highest = bins.reduce((greatest, bin) => Math.max(greatest, bin), bins[0] ?? 0)
  return {
    columns,
    rows: Math.max(ROWS_MIN, highest - lowest + 1),
    most: cells.reduce((most, { count }) => Math.max(most, count), 1),
    places: cells.map((cell, index) => ({
      column: Math.round((Date.parse(cell.at) - beginMs) / stepMs),
      row: (bins[index] ?? lowest) - lowest,
      cell,
    })),
    beginMs,
    stepMs,
    lowest,
  }
}

/** The number of a cell's bin; its least value may be 0, its greatest never is. */
function binOf({ to }: HeatCell): number {
  return Math.round(Math.log2(to) * BINS_PER_DOUBLING) - 1
}

/** The least value of a row. */
export function valueAt(grid: HeatGrid, row: number): number {
  return 2 ** ((grid.lowest + row) / BINS_PER_DOUBLING)
}

export interface Corner {
  column: number
  row: number
}

/** The region between two cells, both included. */
export function regionBetween(grid: HeatGrid, one: Corner, other: Corner): Region {
  const [left, right] = [Math.min(one.column, other.column), Math.max(one.column, other.column)]
  const [bottom, top] = [Math.min(one.row, other.row), Math.max(one.row, other.row)]
  const timeAt = (column: number): string => new Date(grid.beginMs + column * grid.stepMs).toISOString()
  return {
    from: timeAt(left),
    to: timeAt(right + 1),
    low: roundBound(valueAt(grid, bottom)),
    high: roundBound(valueAt(grid, top + 1)),
  }
}

export function regionOfCell(grid: HeatGrid, { at, from, to }: HeatCell): Region {
  const end = new Date(Date.parse(at) + grid.stepMs).toISOString()
  return { from: at, to: end, low: roundBound(from), high: roundBound(to) }
}

/** Enough digits for a bin's bound, few enough for an address. */
function roundBound(value: number): number {
  return Number(value.toPrecision(6))
}

function within(value: number, end: number): number {
  return Math.min(Math.max(value, 0), end)
}

/** The corners that a region covers, for drawing it; beyond the grid it is cut. */
export function cornersOf(grid: HeatGrid, { from, to, low, high }: Region): [Corner, Corner] {
  const columnAt = (iso: string): number => Math.round((Date.parse(iso) - grid.beginMs) / grid.stepMs)
  const rowAt = (value: number): number =>
    value <= 0 ? 0 : Math.round(Math.log2(value) * BINS_PER_DOUBLING) - grid.lowest
  return [
    { column: within(columnAt(from), grid.columns), row: within(rowAt(low), grid.rows) },
    { column: within(columnAt(to), grid.columns), row: within(rowAt(high), grid.rows) },
  ]
}

/** A region as one text for the address: `from/to/low/high`. */
export function writeRegion({ from, to, low, high }: Region): string {
  return [from, to, low, high].join('/')
}

/** Null for what is no region. */
export function readRegion(text: unknown): Region | null {
  if (typeof text !== 'string') return null
  const [from = '', to = '', low = '', high = ''] = text.split('/')
  const region = { from, to, low: Number(low), high: Number(high) }
  const isValid =
    Date.parse(from) < Date.parse(to) &&
    low !== '' &&
    region.low < region.high &&
    Number.isFinite(region.low) &&
    Number.isFinite(region.high)
  return isValid ? region : null
}
