/** Parts of a page of the docs that a tool writes, between a comment that names it and `<!-- end -->`. */
import { readFileSync } from 'node:fs'

export interface Page {
  /** As it is. */
  page: string
  /** As it should be. */
  wanted: string
}

/** The page with the tool's section in it. */
export function renderSection(url: URL, tool: string, section: string): Page {
  const page = readFileSync(url, 'utf8')
  const begin = `<!-- made by tools/${tool} -->\n`
  const [before, rest = ''] = page.split(begin)
  const after = rest.slice(rest.indexOf('<!-- end -->'))
  return { page, wanted: `${before}${begin}\n${section}\n\n${after}` }
}

export function drawTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
