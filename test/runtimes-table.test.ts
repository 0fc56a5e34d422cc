import { expect, it } from 'vitest'
import { RUNTIMES } from '../src/execution.ts'
import { renderPage } from '../tools/runtimes-table.ts'

it('the table of runtimes in the docs is what they declare of themselves (else: node tools/runtimes-table.ts)', async () => {
  const { page, wanted } = await renderPage()
  expect(page).toBe(wanted)
  for (const name of RUNTIMES) expect(page).toContain(`| \`${name}\` |`)
})
