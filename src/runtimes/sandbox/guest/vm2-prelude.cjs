'use strict'
// Runs within vm2 before the program, and stands between it and the guest program. Only text crosses: the input comes
// as JSON, results, errors and output go out as strings.
const { describe, joinCut, toText } = require('../../../guests/javascript/errors.js')
const { toExitStatus } = require('../../../guests/javascript/exit-status.js')
const { watchMain } = require('../../../guests/javascript/main.js')
const { encode } = require('../../../guests/javascript/values.js')
const { stringify, parse } = JSON
const pending = new Map()
let next = 1

/** Frames of the program alone, in the form of Node. */
Error.prepareStackTrace = (error, frames) => {
  const lines = []
  for (const frame of frames) {
    const file = frame.getFileName() || '/'
    if (file[0] === '/' || file === 'prelude.js') continue
    const place = `${file}:${frame.getLineNumber()}:${frame.getColumnNumber()}`
    const name = frame.getFunctionName()
    lines[lines.length] = `    at ${name ? `${name} (${place})` : place}`
  }
  let first = 'Error'
  try {
    first = String(error)
  } catch {
    // a hostile getter
  }
  return lines.length === 0 ? first : `${first}\n${joinCut(lines, 100, 'lines')}`
}

/** Cut already where it was made. */
const shownStack = (error) => (typeof error?.stack === 'string' ? error.stack : null)

/** As Node gives it back: an object that is also a number. */
class Timer {
  constructor(id) {
    Object.defineProperty(this, 'id', { value: id })
  }
  ref() {
    return this
  }
  unref() {
    return this
  }
  [Symbol.toPrimitive]() {
    return this.id
  }
}

function installGlobals({ write, now }) {
  const { makeConsole, structuredClone, TextDecoder, TextEncoder } = portable
  const begun = now()
  const begin = Promise.resolve()
  Object.assign(globalThis, {
    console: makeConsole(write, now),
    structuredClone,
    TextDecoder,
    TextEncoder,
    atob: (text) => Buffer.from(`${text}`, 'base64').toString('latin1'),
    btoa: (text) => Buffer.from(`${text}`, 'latin1').toString('base64'),
    performance: { now: () => now() - begun, timeOrigin: Date.now() },
    queueMicrotask: (callback) => {
      const call = async () => callback()
      void begin.then(call)
    },
    global: globalThis,
  })
}

function installTimers({ timer, cancel }) {
  const start =
    (kind) =>
    (fn, ms, ...args) => {
      if (typeof fn !== 'function') throw new TypeError('a timer takes a function')
      const id = next++
      pending.set(id, () => {
        if (kind !== 'interval') pending.delete(id)
        fn(...args)
      })
      timer(id, Number(ms) || 0, kind)
      return new Timer(id)
    }
  const stop = (id) => {
    pending.delete(id)
    cancel(Number(id) || 0)
  }
  Object.assign(globalThis, {
    setTimeout: start('timeout'),
    setInterval: start('interval'),
    setImmediate: (fn, ...args) => start('timeout')(fn, 0, ...args),
    clearTimeout: stop,
    clearInterval: stop,
    clearImmediate: stop,
  })
}

/** What vm2 has of `process`: the environment, and how the program ends. */
function makeProcess(env, { setExitCode, exit }) {
  let exitCode
  return {
    env,
    get exitCode() {
      return exitCode
    },
    set exitCode(code) {
      exitCode = toExitStatus(code)
      setExitCode(exitCode ?? 0)
    },
    exit(code) {
      exit(toExitStatus(code) ?? exitCode ?? 0)
    },
  }
}

function require(name) {
  throw new Error(`vm2 has no modules: cannot require '${toText(name)}'; the subprocess runtime has`)
}

let onDrained

/** A program that may begin its main once it has run has time for it until nothing is left to do. */
function drained() {
  return new Promise((resolve) => {
    onDrained = () => {
      onDrained = undefined
      resolve()
      return true
    }
  })
}

const describeAsText = (error) => stringify(describe(error, shownStack))

/* global portable -- stands before this text */
/** What the guest program reaches of the inside; `host` is what the inside reaches of the guest program. */
module.exports = (host) => {
  const { send } = host
  installGlobals(host)
  installTimers(host)
  return {
    fire: (id) => pending.get(id)?.(),
    setEnv: (env) => {
      globalThis.process = makeProcess(parse(env), host)
    },
    describe: describeAsText,
    /** True where the program was given time until nothing is left to do. */
    drained: () => onDrained?.() ?? false,
    start: (body, input, { hook, callsMain }) => {
      const program = { exports: {} }
      require.main = program
      const watch = watchMain()
      globalThis[hook] = watch.hook
      const find = () => watch.find([program.exports, program.exports?.default])
      const run = async () => {
        watch.returns(await body(program.exports, program, require))
        send('loaded', '')
        if (callsMain && find() !== undefined) await drained()
        delete globalThis[hook]
        const main = find()
        if (main === undefined) return
        const json = encode(await main(parse(input)))
        send(json === null ? 'nothing' : 'result', json === null ? '' : json)
      }
      run().then(
        () => send('settled', ''),
        (error) => send('error', describeAsText(error)),
      )
    },
  }
}
