// A console whose lines are out before the next statement runs.
import * as std from 'std'
import { format, inspect } from './inspect.js'

let indent = ''
const begun = new Map()
const counts = new Map()

function writeLine(file, values) {
  const text = values.length === 0 ? '' : format(...values)
  file.puts(indent === '' ? `${text}\n` : `${indent}${text.split('\n').join(`\n${indent}`)}\n`)
  file.flush()
}

const log = (...values) => writeLine(std.out, values)
const error = (...values) => writeLine(std.err, values)
const elapsed = (label) => `${label}: ${Date.now() - (begun.get(label) ?? Date.now())}ms`

function group(...values) {
  if (values.length > 0) log(...values)
  indent += '  '
}

const counting = {
  count(label = 'default') {
    counts.set(label, (counts.get(label) ?? 0) + 1)
    log(`${label}: ${counts.get(label)}`)
  },
  countReset: (label = 'default') => void counts.delete(label),
  time: (label = 'default') => void begun.set(label, Date.now()),
  timeLog: (label = 'default', ...values) => log(elapsed(label), ...values),
  timeEnd(label = 'default') {
    log(elapsed(label))
    begun.delete(label)
  },
}

/** Installs `console` and `print`. */
export function installConsole() {
  globalThis.print = log
  globalThis.console = {
    log,
    info: log,
    debug: log,
    error,
    warn: error,
    trace: (...values) => error(`Trace: ${format(...values)}\n${new Error('trace').stack.trimEnd()}`),
    dir: (value, options) => log(inspect(value, options)),
    table: (rows) => log(rows),
    assert(condition, ...values) {
      if (!condition)
        error(values.length === 0 ? 'Assertion failed' : `Assertion failed: ${format(...values)}`)
    },
    ...counting,
    group,
    groupCollapsed: group,
    groupEnd() {
      indent = indent.slice(2)
    },
  }
}
