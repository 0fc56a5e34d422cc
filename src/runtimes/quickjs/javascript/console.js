// A console whose lines are out before the next statement runs.
import * as std from 'std'
import { makeConsole } from './console-methods.js'
import { setStackReader } from './show-error.js'
import { cleanStack } from './stack.js'
import { toWellFormed } from './text.js'

function write(fd, text) {
  const file = fd === 1 ? std.out : std.err
  file.puts(toWellFormed(text))
  file.flush()
}

/** The engine's own stacks begin with the first frame. */
function readStack(error) {
  const first = Error.prototype.toString.call(error)
  const frames = typeof error.stack === 'string' ? cleanStack(error.stack) : ''
  if (frames.startsWith(first)) return frames
  return frames === '' ? first : `${first}\n${frames}`
}

/** Installs `console` and `print`. */
export function installConsole() {
  setStackReader(readStack)
  globalThis.console = makeConsole(write, () => globalThis.__date_clock() / 1000)
  globalThis.print = globalThis.console.log
}
