// A syntax error in the program's own lines: neither the text around them nor frames of the host are shown.

/** The program without the line that hands over its main, which `hook` marks, and without blank lines at its end. */
export function ownText(code, hook) {
  const at = code.lastIndexOf(`\n;globalThis.${hook}`)
  return (at < 0 ? code : code.slice(0, at)).trimEnd()
}

/** Name, message and stack of `error`; what V8 finds behind the end of the program `text` is its end. */
export function tellSyntax({ message, stack }, text, file) {
  const shown = String(stack).split('\n')
  const place = /:(\d+)$/.exec(shown[0])
  const lines = text.split('\n')
  if (place === null || Number(place[1]) <= lines.length) {
    const kept = shown.filter((line) => !/^ {4}at /.test(line)).join('\n')
    return { name: 'SyntaxError', message: String(message), stack: kept, code: '' }
  }
  const last = lines[lines.length - 1]
  const words = /^(?:Unexpected|Invalid)/.test(message) ? 'Unexpected end of input' : String(message)
  const where = `${file}:${lines.length}\n${last}\n${' '.repeat(last.length)}^\n`
  return { name: 'SyntaxError', message: words, stack: `${where}\nSyntaxError: ${words}`, code: '' }
}
