import Table from 'cli-table3'
import { escapeLine } from './escape-controls.ts'

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

export interface Column {
  title: string
  align?: 'left' | 'right'
  /** Longer cells are cut. */
  max?: number
}

/** A table without borders. Control characters are escaped; null is shown as `–`. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string {
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  for (const row of rows) table.push(row.map((cell, index) => renderCell(cell, columns[index]?.max ?? 60)))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function renderCell(cell: string | number | boolean | null, max: number): string {
  return cell === null ? '–' : escapeLine(String(cell), max)
}
