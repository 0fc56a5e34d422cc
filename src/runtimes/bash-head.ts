/** The first part of a job for bash, see sandbox/guest/bash.sh. */
import { randomUUID } from 'node:crypto'
import type { RuntimeRequest } from './runtime.ts'

const ASCII = /^[\0-\x7f]*$/
/** Needs no quotes. */
const PLAIN = /^[\w.-]+$/
const NOT_ASCII = /[^\0-\x7f]+/g

/** Variables that bash sets itself when it starts, and those that the guest program uses. */
const TAKEN = new Set(
  'IFS BASH __head __nonce __input __characters __open __close __code __fd __status __path __seen __shallow'.split(
    ' ',
  ),
)

/** Text given to these is arithmetic, whose subscripts run commands. */
const INTEGERS = new Set('BASHPID HISTCMD LINENO OPTIND RANDOM SECONDS SRANDOM'.split(' '))
const INTEGER = /^\d{1,18}$/

function isSet([name, value]: [string, string]): boolean {
  return !TAKEN.has(name) && (!INTEGERS.has(name) || INTEGER.test(value))
}

/** Eight digits, and that many characters of shell text, of which the line feed after it is one; all of it ASCII. */
export function bashHead(nonce: string, request: RuntimeRequest): string {
  // bash refuses to set some of its own, such as UID.
  const exports = Object.entries(request.env)
    .filter(isSet)
    .map(([name, value]) => `export ${name}=${quote(value)}`)
  const characters = readByBash(request.input) ? request.input.length : 0
  const { open, close } = wrapUnseen()
  const sets = `__nonce=${nonce} __characters=${characters} __open='${open}' __close='${close}'`
  const head = `${sets};__environment() { ${[':', ...exports].join(';')};} 2> /dev/null`
  return String(head.length + 1).padStart(8, '0') + head
}

/** So deep that which brackets they are, one of 2^48, cannot be guessed. */
const DEPTH_DIGITS = 12

/** Four groups or subshells for each hexadecimal digit, as they are opened and closed. */
const NESTS = new Map(
  Array.from({ length: 16 }, (_, digit) => {
    const groups = [8, 4, 2, 1].map((bit) => (digit & bit) > 0)
    const open = groups.map((isGroup) => (isGroup ? '{ ' : '( ')).join('')
    const close = groups.map((isGroup) => (isGroup ? '} ' : ')')).toReversed()
    return [digit.toString(16), { open, close: close.join('') }]
  }),
)

/** A nest of groups and subshells which code put inside cannot close, for it does not know them. */
function wrapUnseen(): { open: string; close: string } {
  let [open, close] = ['', '']
  // Node keeps some ready; of other random bytes each request is a system call. The first digits are all random.
  for (const digit of randomUUID().replace('-', '').slice(0, DEPTH_DIGITS)) {
    const nest = NESTS.get(digit)
    if (nest === undefined) continue
    open += nest.open
    close = nest.close + close
  }
  return { open, close }
}

/** Of more it is faster to start a reader, and what a character is depends on the locale where it is not ASCII. */
function readByBash(text: string): boolean {
  return text.length < 16_384 && ASCII.test(text)
}

/** One line of ASCII shell text whatever the value holds. */
function quote(value: string): string {
  if (PLAIN.test(value)) return value
  const escaped = value
    .replace(/['\\]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll(NOT_ASCII, (text) =>
      Buffer.from(text)
        .toString('hex')
        .replaceAll(/../g, String.raw`\x$&`),
    )
  return `$'${escaped}'`
}
