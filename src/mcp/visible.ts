/** Characters that a person does not see but a model reads, or that control a terminal: shown by their numbers. */
const HIDDEN = new RegExp(
  [
    String.raw`(?![\t\n])\p{Cc}`,
    // Format characters: zero-width, bidirectional, tags; and variation selectors.
    String.raw`\p{Cf}`,
    String.raw`\p{Variation_Selector}`,
    String.raw`[\u2028\u2029\u115f\u1160\u3164\uffa0]`,
    String.raw`[\u{e0000}-\u{e0fff}]`,
  ].join('|'),
  'gu',
)

/** The same value with every hidden character of its texts replaced by `<U+…>`. */
export function makeVisible(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [show(key), visible(item)]))
}

function visible(value: unknown): unknown {
  if (typeof value === 'string') return show(value)
  if (Array.isArray(value)) return value.map(visible)
  if (typeof value === 'object' && value !== null && !isRaw(value)) return makeVisible(value)
  return value
}

/** A number with more digits than a double holds, which `JSON.stringify` writes digit by digit. */
function isRaw(value: object): boolean {
  return Object.getPrototypeOf(value) === null && Object.isFrozen(value)
}

/** The same text with every hidden character replaced by `<U+…>`. */
export function show(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
  })
}
