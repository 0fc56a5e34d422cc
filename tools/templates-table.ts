/**
 * Writes the table of templates in docs/registry.md from their definitions: `node tools/templates-table.ts`. A test holds
 * the page to it.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readTemplates } from '../src/registry/templates.ts'
import { drawTable, renderSection, type Page } from './generated-section.ts'

const PAGE = new URL('../docs/registry.md', import.meta.url)

/** The page, and the page as it should be. */
export async function renderPage(): Promise<Page> {
  const rows = (await readTemplates()).map(({ name, language, runtimes, description }) => [
    `[\`${name}\`](../templates/${name.split('/')[1]}/README.md)`,
    language,
    runtimes.join(', '),
    description,
  ])
  return renderSection(PAGE, 'templates-table.ts', drawTable(['agent', 'language', 'runtimes', ''], rows))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, (await renderPage()).wanted)
