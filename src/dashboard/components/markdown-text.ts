/** What of Markdown's texts and links is passed on. */

/** Quotes, lists and emphasis inside one another; deeper ones stay text. */
export const MARKDOWN_DEPTH_MAX = 30

const LINK_MAX = 2000

/** A link that leaves the page for the web or a letter; null for any other, such as a script or a relative one. */
export function safeLink(href: string): string | null {
  if (href.length > LINK_MAX || !URL.canParse(href)) return null
  const { protocol } = new URL(href)
  return protocol === 'https:' || protocol === 'http:' || protocol === 'mailto:' ? href : null
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['#39', "'"],
  ['nbsp', '\u00a0'],
  ['copy', '©'],
  ['hellip', '…'],
  ['ndash', '–'],
  ['mdash', '—'],
  ['rarr', '→'],
])

/** The usual character references as the characters they stand for; others stay as they are written. */
export function readEntities(text: string): string {
  return text.replaceAll(/&(#39|[a-z]{2,6});/gu, (whole, name: string) => ENTITIES.get(name) ?? whole)
}

/** Marks of emphasis between two empty lines: the parser takes their number squared in time. */
const MARKS_MAX = 300

/** Whether a text is parsed in about a second at most, whatever stands in it. */
export function isCheapToParse(text: string): boolean {
  return text.split(/\n[ \t]*\n/u).every((block) => (block.match(/[*_~]/gu)?.length ?? 0) <= MARKS_MAX)
}
