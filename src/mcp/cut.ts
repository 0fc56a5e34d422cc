/** Bounds what a tool answers with, and says what was cut and how to get more. */
import { z } from 'zod'

export const cutSchema = z
  .array(
    z.object({
      field: z.string(),
      from: z.number(),
      to: z.number(),
      length: z.number(),
      more: z.string(),
    }),
  )
  .describe(
    'Fields of which only the characters `from` to `to`, excluded, of `length` are shown; `more`: how to get the rest',
  )

export type Cut = z.infer<typeof cutSchema>[number]

interface Range {
  offset: number
  maxCharacters: number
}

/**
 * The record with each text, and each JSON value as text, cut to a range.
 * @param more says how to get the rest of a field
 */
export function cutFields(
  record: Readonly<Record<string, unknown>>,
  { offset, maxCharacters }: Range,
  more: (field: string, from: number) => string,
): { record: Record<string, unknown>; cut: Cut[] } {
  const cut: Cut[] = []
  const shown = Object.entries(record).map(([field, value]): [string, unknown] => {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value
    if (typeof text !== 'string' || (text.length <= maxCharacters && offset === 0)) return [field, value]
    // Ids and names are short; an offset is into a long text.
    if (text.length <= maxCharacters && text.length <= SHORT) return [field, value]
    const part = sliceWhole(text, offset, offset + maxCharacters)
    const to = Math.min(text.length, offset + part.length)
    const rest = to < text.length ? more(field, to) : 'this is the end of it'
    cut.push({ field, from: Math.min(offset, text.length), to, length: text.length, more: rest })
    return [field, part]
  })
  return { record: Object.fromEntries(shown), cut }
}

const SHORT = 256

/** Without half of a surrogate pair at its end. */
function sliceWhole(text: string, from: number, to: number): string {
  const part = text.slice(from, to)
  return part.isWellFormed() ? part : part.replace(/[\ud800-\udbff]$/, '')
}

/** The first items that fit, by their JSON. At least one. */
export function fitting<Item>(items: readonly Item[], maxCharacters: number): readonly Item[] {
  let left = maxCharacters
  const end = items.findIndex((item) => {
    left -= JSON.stringify(item).length
    return left < 0
  })
  return end === -1 ? items : items.slice(0, Math.max(1, end))
}

/** Characters of an error's message or of a value in a list. */
export const TEXT_MAX = 500

/** The error with its message cut to `TEXT_MAX` characters. */
export function withShortMessage<Shown extends { message: string }>(error: Shown): Shown {
  return { ...error, message: error.message.slice(0, TEXT_MAX) }
}
