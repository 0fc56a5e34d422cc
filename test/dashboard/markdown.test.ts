import fc from 'fast-check'
import { lexer } from 'marked'
import { describe, expect, it } from 'vitest'
import { isCheapToParse, readEntities, safeLink } from '../../src/dashboard/components/markdown-text.ts'
import { startProcessorTime } from '../support/processor-time.ts'

describe('the Markdown of others', () => {
  it.each(['https://example.com/a?b#c', 'http://example.com/', 'mailto:a@example.com'])(
    'links to %s',
    (href) => {
      expect(safeLink(href)).toBe(href)
    },
  )

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//example.com/',
    '/settings',
    '#part',
    '',
    `https://example.com/${'a'.repeat(3000)}`,
  ])('does not link to %j', (href) => {
    expect(safeLink(href)).toBeNull()
  })

  it('never links to anything that a browser would run', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `javascript:${text}`),
        ),
        (href) => {
          const safe = safeLink(href)
          expect(safe === null || /^(?:https?|mailto):$/u.test(new URL(safe).protocol)).toBe(true)
        },
      ),
    )
  })

  it('reads the usual character references, and leaves the others as they are', () => {
    expect(readEntities('a &lt; b &amp;&amp; c &gt; d &#39; &bogus; &amp;lt;')).toBe(
      "a < b && c > d ' &bogus; &lt;",
    )
  })

  it('is parsed in bounded time, or else drawn as plain text', () => {
    const parts = [
      '>',
      '- ',
      '[',
      '![a](',
      '`',
      '|a|\n|-|\n',
      '<a ',
      '1. a\n   ',
      '&amp;',
      '_a*',
      '*a',
      '~~a',
    ]
    const inBlocks = ['_a*', '*a', '**a'].map((part) => `${part.repeat(Math.floor(300 / part.length))}\n\n`)
    for (const part of [...parts, ...inBlocks]) {
      const text = part.repeat(Math.floor(65_536 / part.length))
      const processorMs = startProcessorTime()
      try {
        if (isCheapToParse(text)) lexer(text)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
      expect(processorMs(), part.slice(0, 20)).toBeLessThan(5000)
    }
  })

  it('may have many marks where empty lines stand between', () => {
    expect(isCheapToParse('a _b_ **c**\n\n'.repeat(4000))).toBe(true)
    expect(isCheapToParse('_a*'.repeat(1000))).toBe(false)
  })
})
