/** What the numbers of `ESC [ … m` mean. Colours of 256 or 2^24 become the nearest of the eight that are legible here. */

export interface Style {
  /** 0 to 7, as a terminal counts them. */
  readonly colour?: number | undefined
  readonly background?: number | undefined
  readonly marks?: readonly Mark[] | undefined
}

const MARKS = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'reverse',
  8: 'dim',
  9: 'strike',
} as const
type Mark = (typeof MARKS)[keyof typeof MARKS]
/** What each of these ends. */
const ENDS: Readonly<Record<number, readonly Mark[]>> = {
  21: ['bold'],
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['reverse'],
  28: ['dim'],
  29: ['strike'],
}

export const PLAIN: Style = {}
const NUMBERS_MAX = 32

/** The style after a sequence; empty parameters end every style. */
export function nextStyle(style: Style, parameters: string): Style {
  const numbers = parameters.split(/[;:]/u, NUMBERS_MAX).map(Number)
  let next = style
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at] ?? 0
    if (number === 38 || number === 48) {
      const { colour, used } = extended(numbers.slice(at + 1))
      at += used
      next = number === 38 ? withColour(next, colour) : withBackground(next, colour)
    } else next = withNumber(next, number)
  }
  return next
}

function withNumber(style: Style, number: number): Style {
  if (number === 0 || Number.isNaN(number)) return PLAIN
  const mark = isMark(number) ? MARKS[number] : undefined
  if (mark !== undefined) return { ...style, marks: [...new Set([...(style.marks ?? []), mark])] }
  const ended = ENDS[number]
  if (ended !== undefined) return { ...style, marks: style.marks?.filter((one) => !ended.includes(one)) }
  if (number === 39) return withColour(style, undefined)
  if (number === 49) return withBackground(style, undefined)
  const tens = Math.floor(number / 10) * 10
  if ((tens === 30 || tens === 90) && number % 10 < 8) return withColour(style, number % 10)
  if ((tens === 40 || tens === 100) && number % 10 < 8) return withBackground(style, number % 10)
  return style
}

function withColour(style: Style, colour: number | undefined): Style {
  return { ...style, colour }
}

function withBackground(style: Style, background: number | undefined): Style {
  return { ...style, background }
}

function isMark(number: number): number is keyof typeof MARKS {
  return Object.hasOwn(MARKS, number)
}

/** A colour of `5;N` or `2;R;G;B`, and how many numbers it took. */
function extended([mode, first = 0, second = 0, third = 0]: readonly number[]) {
  if (mode === 2) return { colour: nearest(first, second, third), used: 4 }
  if (mode !== 5) return { colour: undefined, used: 1 }
  if (first < 16) return { colour: first % 8, used: 2 }
  if (first >= 232) return { colour: first < 244 ? 0 : 7, used: 2 }
  const cube = first - 16
  return { colour: nearest(Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6), used: 2 }
}

/** Of the eight colours, the one with the same of red, green and blue. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue)
  if (most === 0) return 0
  const has = (part: number): number => (part > most * 0.6 ? 1 : 0)
  return has(red) + has(green) * 2 + has(blue) * 4
}

/** Names of the classes of a style. */
export function classesOf({ colour, background, marks = [] }: Style): string {
  const names = [...marks] as string[]
  if (colour !== undefined) names.push(`colour${colour}`)
  if (background !== undefined) names.push(`background${background}`)
  return names.join(' ')
}
