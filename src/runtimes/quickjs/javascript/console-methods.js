// A console that gives each line to `write`, with the lines that Node's would print.
import { format } from './format.js'
import { inspect } from './inspect.js'
import { table } from './table.js'

function formatDuration(ms) {
  if (ms >= 60_000) return `${(ms / 60_000).toFixed(3)}m`
  if (ms >= 1000) return `${(ms / 1000).toFixed(3)}s`
  return `${Number(ms.toFixed(3))}ms`
}

/** Lines of a console, moved in by its groups. */
class Lines {
  indent = ''

  constructor(write) {
    this.write = write
  }
  print(fd, text) {
    const moved = this.indent === '' ? text : text.split('\n').join(`\n${this.indent}`)
    this.write(fd, `${this.indent}${moved}\n`)
  }
  warn(words) {
    this.print(2, `Warning: ${words}`)
  }
}

function makeTimers(lines, now) {
  const begun = new Map()
  const tell = (label, act, values = []) => {
    const since = begun.get(label)
    if (since === undefined) lines.warn(`No such label '${label}' for console.${act}()`)
    else lines.print(1, format('%s: %s', label, formatDuration(now() - since), ...values))
  }
  return {
    time(label = 'default') {
      if (begun.has(String(label))) lines.warn(`Label '${label}' already exists for console.time()`)
      else begun.set(String(label), now())
    },
    timeEnd(label = 'default') {
      tell(String(label), 'timeEnd')
      begun.delete(String(label))
    },
    timeLog: (label = 'default', ...values) => tell(String(label), 'timeLog', values),
  }
}

function makeCounters(lines) {
  const counts = new Map()
  return {
    count(label = 'default') {
      const count = (counts.get(String(label)) ?? 0) + 1
      counts.set(String(label), count)
      lines.print(1, `${label}: ${count}`)
    },
    countReset(label = 'default') {
      if (!counts.delete(String(label))) lines.warn(`Count for '${label}' does not exist`)
    },
  }
}

function makeChecks(error) {
  return {
    assert(condition, ...values) {
      if (condition) return
      const [first, ...rest] = values
      if (typeof first === 'string') error(`Assertion failed: ${first}`, ...rest)
      else error('Assertion failed', ...values)
    },
    trace(...values) {
      const frames = `${new Error('trace').stack}`.split('\n').filter((line) => /^\s+at /.test(line))
      error(['Trace'.concat(values.length > 0 ? `: ${format(...values)}` : ''), ...frames].join('\n'))
    },
  }
}

/** @param write takes a descriptor and a text; `now` is a clock in ms */
export function makeConsole(write, now) {
  const lines = new Lines(write)
  const log = (...values) => lines.print(1, format(...values))
  const error = (...values) => lines.print(2, format(...values))
  const group = (...values) => {
    if (values.length > 0) log(...values)
    lines.indent += '  '
  }
  return {
    log,
    warn: error,
    dir: (value, options) => lines.print(1, inspect(value, { customInspect: false, ...options })),
    ...makeTimers(lines, now),
    ...makeChecks(error),
    clear: () => undefined,
    ...makeCounters(lines),
    group,
    groupEnd() {
      lines.indent = lines.indent.slice(2)
    },
    table(data, properties) {
      const text = table(data, properties)
      if (text === null) log(data)
      else lines.print(1, text)
    },
    debug: log,
    info: log,
    dirxml: log,
    error,
    groupCollapsed: group,
  }
}
