/**
 * Writes the table of `code_exec_logs` in docs/data-dictionary.md from the table of fields:
 * `node tools/data-dictionary.ts`. A test holds the page to it.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { COLUMNS, type Column } from '../src/record/columns.ts'
import { drawTable, renderSection, type Page } from './generated-section.ts'

const PAGE = new URL('../docs/data-dictionary.md', import.meta.url)
const TITLES = ['column', 'field', 'type', 'unit', 'meaning', 'attribute of the log record']

/** The page, and the page as it should be. */
export function renderPage(): Page {
  return renderSection(PAGE, 'data-dictionary.ts', drawTable(TITLES, COLUMNS.map(toRow)))
}

function toRow({ name, field, type, unit = '–', means, values, source }: Column): string[] {
  const meaning = values === undefined ? means : `${means}: ${listOf(values)}.`
  return [`\`${name}\``, field === null ? '–' : `\`${field}\``, `\`${type}\``, unit, meaning, source]
}

function listOf(values: readonly string[]): string {
  return values
    .map((value) => `\`${value}\``)
    .join(', ')
    .replace(/, (?=[^,]*$)/u, ' or ')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, renderPage().wanted)
