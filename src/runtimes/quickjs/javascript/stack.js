// Stacks in the lines of the program as it was written; it may have been lowered on its way here.

/** The program's file here; a stack in the program's own name is clean already. */
const LOWERED = 'program.js'
let shown = 'main.js'
let lines = null

/**
 * `sourceLines[n]` is the line that generated line `n + 1` came from, with its file where that is another, 0 for none;
 * null leaves lines as they are.
 */
export function installLines(fileName, sourceLines) {
  shown = fileName
  lines = sourceLines
}

const FRAME = /^(\s+at .*?)(\(?)([^\s()]+\.js):(\d+)(\)?)$/
/** Generators that async functions became, and the constructor in Error's place. */
const INNER = /^\s+at (?:construct|call|next|Promise) \(native\)$/

/** Frames of the guest's own programs and of what lowering added are left out. */
export function cleanStack(stack) {
  const kept = []
  for (const line of stack.trimEnd().split('\n')) {
    if (INNER.test(line) || line.includes('(/lib/exectrail/')) continue
    const frame = FRAME.exec(line)
    if (frame === null) kept.push(line.replace(`(${LOWERED})`, `(${shown})`)) // the engine knows no line
    if (frame === null || frame[3].startsWith('/lib/exectrail/')) continue
    const [, head, open, file, number, close] = frame
    const lowered = file === LOWERED
    const source = lowered && lines !== null ? lines[Number(number) - 1] : Number(number)
    const place = typeof source === 'string' ? source : `${lowered ? shown : file}:${source}`
    if (source) kept.push(`${head}${open}${place}${close}`)
  }
  return kept.join('\n')
}

/** The stack of an error, which begins with name and message as elsewhere; null where there is none. */
export function readStack(error) {
  if (error === null || typeof error !== 'object' || typeof error.stack !== 'string') return null
  const name = String(error.name || error.constructor?.name || 'Error')
  const first = String(error.message) === '' ? name : `${name}: ${error.message}`
  return `${first}\n${cleanStack(error.stack)}`.trimEnd()
}
