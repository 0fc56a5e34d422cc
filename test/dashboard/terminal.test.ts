import { describe, expect, it } from 'vitest'
import { toLines } from '../../src/dashboard/format/terminal.ts'
import { visible } from '../../src/dashboard/format/visible-text.ts'

const ESC = '\u001B'
const textOf = (text: string): string[] => toLines(text).map((line) => line.map((span) => span.text).join(''))

describe('output as a terminal shows it', () => {
  it('keeps the last state of a progress bar, and what a shorter text leaves of a longer one', () => {
    expect(textOf('10 %\r50 %\r100 %\ndone')).toEqual(['100 %', 'done'])
    expect(textOf('downloading\rok')).toEqual(['okwnloading'])
    expect(textOf(`downloading\rok${ESC}[K`)).toEqual(['ok'])
    expect(textOf(`downloading\r${ESC}[2Kok`)).toEqual(['ok'])
  })

  it('ends a line at \\r\\n and steps back at a backspace', () => {
    expect(textOf('a\r\nb')).toEqual(['a', 'b'])
    expect(textOf('ab\bc')).toEqual(['ac'])
  })

  it('gives colours and marks to what follows, over the end of a line, until they end', () => {
    expect(toLines(`${ESC}[1;31mred\nstill${ESC}[22m thin${ESC}[0m plain`)).toEqual([
      [{ text: 'red', style: 'bold colour1' }],
      [
        { text: 'still', style: 'bold colour1' },
        { text: ' thin', style: 'colour1' },
        { text: ' plain', style: '' },
      ],
    ])
    expect(
      toLines(`${ESC}[38;5;196mA${ESC}[38;2;0;200;0;1mB${ESC}[93mC`)[0]?.map((one) => one.style),
    ).toEqual(['colour1', 'bold colour2', 'bold colour3'])
  })

  it('leaves out cursor movements, titles and links, and shows what is no sequence', () => {
    expect(textOf(`a${ESC}[2J${ESC}[10;3Hb${ESC}]0;title\u0007c${ESC}]8;;http://x${ESC}\\d`)).toEqual([
      'abcd',
    ])
    expect(textOf(`${ESC}[${'1;'.repeat(500)}mX`)[0]).toContain('^[[1;1;')
  })

  it('reads a megabyte of escapes and returns in linear time', () => {
    const bomb = `${ESC}[1mA${ESC}[31mB\r`.repeat(90_000)
    const lines = toLines(bomb)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.length).toBeLessThan(500)
    expect(toLines(`${ESC}[${'1;'.repeat(500_000)}mX`)).toHaveLength(1)
  })
})

describe('text of programs', () => {
  it('shows control characters and what turns the direction, and keeps emoji whole', () => {
    expect(visible('a\u0000b\u202Ec\u007F\td')).toBe('a^@b[U+202E]c^?\td')
    expect(visible('👩‍👩‍👧 שלום')).toBe('👩‍👩‍👧 שלום')
  })
})
