/** The columns that a list can show: every field but bodies, which live events do not carry either. */
import type { ListOrder } from '../../../store/list-page.ts'
import { FIELD_NAMES, fieldOf, type FieldName, type FieldNameWith } from '../../../record/record.ts'

export type ColumnName = Exclude<FieldName, FieldNameWith<{ content: 'optional' }> | 'errorStack'>

export const COLUMN_NAMES = FIELD_NAMES.filter(
  (name): name is ColumnName => fieldOf(name).content !== 'optional' && name !== 'errorStack',
)

const DEFAULT: readonly ColumnName[] = [
  'startedAt',
  'outcome',
  'codeAgentId',
  'runtime',
  'language',
  'durationMs',
  'memoryPeakBytes',
  'errorMessage',
]
const STORED = 'exectrail.columns'

/** The columns of a text such as `startedAt,outcome`, in the order of the fields; null where it names none. */
export function readColumns(given: unknown): readonly ColumnName[] | null {
  const names = new Set(typeof given === 'string' ? given.split(',') : [])
  const known = COLUMN_NAMES.filter((name) => names.has(name)).sort((a, b) => placeOf(a) - placeOf(b))
  return known.length === 0 ? null : known
}

/** What there is room for beside an execution. */
const BESIDE: ReadonlySet<ColumnName> = new Set<ColumnName>([
  'startedAt',
  'outcome',
  'codeAgentId',
  'errorMessage',
])

/** Those of the columns that are shown beside an opened execution. */
export function columnsBeside(columns: readonly ColumnName[]): readonly ColumnName[] {
  const shown = columns.filter((name) => BESIDE.has(name))
  return shown.length === 0 ? columns.slice(0, 1) : shown
}

export function loadColumns(): readonly ColumnName[] {
  try {
    return readColumns(localStorage.getItem(STORED)) ?? DEFAULT
  } catch {
    return DEFAULT
  }
}

export function saveColumns(columns: readonly ColumnName[]): void {
  try {
    localStorage.setItem(STORED, columns.join(','))
  } catch {
    // The address has them too.
  }
}

/** The start leads, the error ends; the others are as in the table of fields. */
function placeOf(name: ColumnName): number {
  const place = DEFAULT.indexOf(name)
  if (name === 'errorMessage') return 2 * FIELD_NAMES.length
  return place === -1 ? FIELD_NAMES.length + FIELD_NAMES.indexOf(name) : place
}

/** The order of the list that a click on a column's heading chooses. */
export const ORDER_OF_COLUMN: Readonly<Partial<Record<ColumnName, ListOrder>>> = {
  startedAt: 'newest',
  durationMs: 'duration',
  memoryPeakBytes: 'memory',
  costAllocatedNanoUsd: 'cost',
}

export function isNumeric(name: ColumnName): boolean {
  const { type } = fieldOf(name)
  return type === 'integer' || type === 'double'
}

/** Least width, px, and the share of what is left over. */
const WIDTHS: Readonly<Partial<Record<ColumnName, readonly [number, number]>>> = {
  startedAt: [116, 0],
  timestamp: [116, 0],
  outcome: [92, 0],
  codeAgentId: [110, 1],
  errorMessage: [130, 4],
  executionId: [270, 0],
  language: [84, 0],
  runtime: [92, 0],
  hint: [160, 1],
}
const NUMBER: readonly [number, number] = [84, 0]
const TEXT: readonly [number, number] = [110, 1]
const MARK_PX = 20
const GAP_PX = 12
/** What is left of an error beside an execution, at least. */
const BESIDE_PX = 90

/** 'beside': an execution has most of the page. */
export type Room = 'whole' | 'beside'

/** The tracks of a grid with these columns, behind the one of the marks, and the least width of all, px. */
export function gridOf(columns: readonly ColumnName[], room: Room): { tracks: string; minPx: number } {
  const widths = columns.map((name) => widthOf(name, room))
  const grows = widths.some(([, share]) => share > 0)
  const tracks = widths.map(([px, share]) => (share > 0 ? `minmax(${px}px, ${share}fr)` : `${px}px`))
  return {
    // Without a column that grows, the rest stays empty at the end.
    tracks: [`${MARK_PX}px`, ...tracks, ...(grows ? [] : ['1fr'])].join(' '),
    minPx: widths.reduce((sum, [px]) => sum + px + GAP_PX, MARK_PX + 2 * GAP_PX),
  }
}

/** Beside an execution, what would grow shrinks instead: the agent before the error. */
function widthOf(name: ColumnName, room: Room): readonly [number, number] {
  const [px, share] = WIDTHS[name] ?? (isNumeric(name) ? NUMBER : TEXT)
  if (room === 'whole' || share === 0) return [px, share]
  return [name === 'errorMessage' ? BESIDE_PX : 0, Math.min(share, 2)]
}
