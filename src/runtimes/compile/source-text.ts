/** Code as people save it: a byte order mark and a first line for the shell are no part of the program. */

/** Without a byte order mark; a first line `#!…` becomes a comment, so that no line changes its number. */
export function toSource(code: string): string {
  const text = code.startsWith('\uFEFF') ? code.slice(1) : code
  return text.startsWith('#!') ? `//${text}` : text
}

/** For bash, which takes neither a byte order mark nor CRLF, from editors that write them. */
export function toShellText(code: string): string {
  return code.replace(/^\uFEFF/u, '').replaceAll('\r\n', '\n')
}
