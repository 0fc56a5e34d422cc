/**
 * Writes the table of runtimes in docs/runtimes/README.md from what they declare of themselves:
 * `node tools/runtimes-table.ts`. A test holds the page to it.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../src/config.ts'
import { LIMITS, RUNTIMES } from '../src/execution.ts'
import { createRuntimes } from '../src/runtimes/index.ts'
import { LIMITATIONS, type Runtime } from '../src/runtimes/runtime.ts'
import { drawTable, renderSection, type Page } from './generated-section.ts'

const PAGE = new URL('../docs/runtimes/README.md', import.meta.url)

/** The page, and the page as it should be. */
export async function renderPage(): Promise<Page> {
  return renderSection(PAGE, 'runtimes-table.ts', await renderTable())
}

/** What they declare without settings: nothing is started or asked. */
async function renderTable(): Promise<string> {
  const table = createRuntimes({ config: loadConfig({}), report: () => undefined })
  const runtimes = RUNTIMES.flatMap((name) => table.find(name) ?? [])
  const titles = ['runtime', 'languages', 'isolation', ...LIMITS, 'streams output']
  const differences = runtimes.flatMap(toDifferences)
  await table.close()
  return [
    drawTable(titles, runtimes.map(toRow)),
    'The contract suite holds all of them to the same answers; what one cannot give by its nature it declares:',
    drawTable(['runtime', 'goes without', 'because'], differences),
  ].join('\n\n')
}

function toDifferences({ name, capabilities }: Runtime): string[][] {
  return LIMITATIONS.flatMap((lack) => {
    const why = capabilities.lacks?.[lack]
    return why === undefined ? [] : [[`\`${name}\``, lack, why]]
  })
}

function toRow({ name, capabilities }: Runtime): string[] {
  const { languages, isolation, enforces, streaming } = capabilities
  const limits = LIMITS.map((limit) => mark(enforces.includes(limit)))
  return [`\`${name}\``, languages.join(', '), isolation, ...limits, mark(streaming)]
}

function mark(holds: boolean): string {
  return holds ? '✔' : '–'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, (await renderPage()).wanted)
