/** Where the strings of JSON text end, found without reading the text as JSON. */

const BACKSLASH = 92

/** Index of the quote that closes the string which begins at `from`; the length of the text where there is none. */
export function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return at
  }
  return text.length
}
