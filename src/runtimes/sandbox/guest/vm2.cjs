'use strict'
// Runs one program in vm2, as defence in depth inside the sandbox of the process. Only text crosses: the
// input goes in as JSON, results, errors and output come out as strings, and the first result counts.
const { readFileSync, writeSync } = require('node:fs')
const { loadVm2, makeCache, mapStack, readJob, recall, ...bounds } = require('./vm2-load.cjs')
const { VM, VMScript } = loadVm2()

const PRELUDE = `(host) => {
  'use strict'
  const { stringify, parse } = JSON
  const { send, write, timer, cancel } = host
  const ObjectKeys = Object.keys, isArray = Array.isArray, StringOf = String
  const pending = new Map()
  let next = 1
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.filter((frame) => (frame.getFileName() || '/')[0] !== '/' && frame.getFileName() !== 'prelude.js').map((frame) => {
      const place = frame.getFileName() + ':' + frame.getLineNumber() + ':' + frame.getColumnNumber()
      const name = frame.getFunctionName()
      return '    at ' + (name ? name + ' (' + place + ')' : place)
    })
    let head = 'Error'; try { head = StringOf(error) } catch {}
    return [head, ...cut(lines, 100, 'lines')].join('\\n')
  }
  const cut = (list, kept, what) => {
    const left = list.length - 2 * kept
    return left <= 1 ? list : [...list.slice(0, kept), '    [' + left + ' more ' + what + ']', ...list.slice(-kept)]
  }
  const trace = (error) => {
    if (typeof error.stack !== 'string') return null
    const chain = [], stacks = [error.stack]
    try {
      for (let at = error.cause; at instanceof Error && !chain.includes(at) && chain.length < 1000; at = at.cause) chain.push(at)
      if (isArray(error.errors)) for (const one of error.errors.slice(0, 10)) stacks.push('[error]: ' + text(one?.stack ?? one))
      for (const at of cut(chain, 5, 'causes')) stacks.push(typeof at === 'string' ? at : '[cause]: ' + at.stack)
    } catch {}
    return stacks.join('\\n')
  }
  const text = (value) => { try { return StringOf(value) } catch { return 'a value that cannot be shown' } }
  const describe = (error) => {
    let name = 'Error', message = '', stack = null; try {
      if (error !== null && typeof error === 'object' && 'message' in error) {
        name = text(error.name || 'Error'); message = text(error.message)
        stack = trace(error)
      } else message = text(error)
    } catch { message = 'an error that cannot be shown' }
    return stringify({ name, message, stack, code: '' })
  }
  const show = (value, depth) => {
    if (typeof value === 'string') return depth === 0 ? value : stringify(value)
    if (typeof value === 'bigint') return value + 'n'
    if (typeof value === 'function') return '[Function: ' + (value.name || '(anonymous)') + ']'
    if (typeof value !== 'object' || value === null) return text(value)
    if (value instanceof Error) return text(value.stack)
    if (depth > 3) return isArray(value) ? '[Array]' : '[Object]'
    const parts = ObjectKeys(value).map((key) => (isArray(value) ? '' : key + ': ') + show(value[key], depth + 1))
    if (parts.length === 0) return isArray(value) ? '[]' : '{}'
    return isArray(value) ? '[ ' + parts.join(', ') + ' ]' : '{ ' + parts.join(', ') + ' }'
  }
  const print = (fd) => (...values) => {
    let line; try { line = values.map((value) => show(value, 0)).join(' ') } catch { line = 'a value that cannot be shown' }
    write(fd, line + '\\n')
  }
  const out = print(1), err = print(2); globalThis.console = { log: out, info: out, debug: out, error: err, warn: err, trace: err }
  const start = (kind) => (fn, ms = 0, ...args) => {
    if (typeof fn !== 'function') throw new TypeError('a timer takes a function')
    const id = next++; pending.set(id, () => { if (kind !== 'interval') pending.delete(id); fn(...args) })
    timer(id, Number(ms) || 0, kind)
    return id
  }
  const stop = (id) => { pending.delete(id); cancel(Number(id) || 0) }
  Object.assign(globalThis, { setTimeout: start('timeout'), setInterval: start('interval'),
    setImmediate: (fn, ...args) => start('timeout')(fn, 0, ...args), clearTimeout: stop, clearInterval: stop, clearImmediate: stop })
  const lost = (value) => ['undefined', 'function', 'symbol'].includes(typeof value), isCollection = (value) => value instanceof Map || value instanceof Set
  const unsupported = (value, path, seen) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return path + ' is ' + value
    if (typeof value === 'bigint') return path + ' is a BigInt'; if (value === undefined) return path + ' is undefined'
    if (lost(value)) return path + ' is a ' + typeof value
    if (typeof value !== 'object' || value === null) return null
    if (seen.includes(value)) return path + ' refers back to itself'
    if (typeof value.toJSON === 'function') return null; if (isCollection(value)) return path + ' is a ' + (value instanceof Map ? 'Map' : 'Set')
    for (const key of isArray(value) ? value.keys() : ObjectKeys(value)) {
      const found = unsupported(value[key], isArray(value) ? path + '[' + key + ']' : path + '.' + key, [...seen, value])
      if (found !== null) return found
    }
    return null
  }
  const hides = (value) => {
    if (typeof value !== 'object' || value === null) return lost(value)
    return typeof value.toJSON !== 'function' && (isCollection(value) || ObjectKeys(value).some((key) => hides(value[key])))
  }
  const refuse = (found) => { throw new TypeError('main returned a value JSON cannot carry: ' + found) }
  const encode = (value) => {
    if (value === undefined) return null
    if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('main returned a ' + typeof value + ', which JSON cannot carry')
    let json
    try { json = stringify(value) } catch (error) { const found = unsupported(value, 'the result', []); if (found === null) throw error; refuse(found) }
    if (json === undefined) return null
    const found = json.includes('null') || hides(value) ? unsupported(value, 'the result', []) : null
    if (found !== null) refuse(found)
    return json
  }
  const mainOf = (value) => value?.main ?? (typeof value === 'function' && !StringOf(value).startsWith('class') ? value : undefined)
  return {
    fire: (id) => { const job = pending.get(id); if (job) job() },
    setEnv: (env) => { globalThis.process = { env: parse(env) } },
    describe,
    start: (body, inputText) => {
      const module = { exports: {} }
      const require = (name) => { throw new Error("vm2 has no modules: cannot require '" + text(name) + "'; the subprocess runtime has") }
      const run = async () => {
        const found = await body(module.exports, module, require)
        const main = found ?? mainOf(module.exports) ?? mainOf(module.exports?.default)
        if (typeof main !== 'function') return
        const json = encode(await main(parse(inputText)))
        send(json === null ? 'nothing' : 'result', json === null ? '' : json)
      }
      run().then(() => send('settled', ''), (error) => send('error', describe(error)))
    },
  }
}`

const prelude = recall(new VMScript(PRELUDE, 'prelude.js'), 'prelude.js')
const BEFORE = '(async (exports, module, require) => {'
const timers = new Map()
let [ended, settled] = [false, false]
let [guest, nonce, code] = [null, '', '']

function frame(kind, text) {
  const body = Buffer.from(text, 'utf8')
  const bytes = Buffer.concat([Buffer.from(`\n${nonce} ${kind} ${body.length}\n`), body])
  for (let offset = 0; offset < bytes.length;) offset += writeSync(3, bytes, offset)
}

function fail(text) {
  if (ended) return
  ended = true
  let error = { name: 'Error', message: 'an error that cannot be shown', stack: null, code: '' }
  try {
    error = JSON.parse(text)
    if (typeof error.stack === 'string') error.stack = mapStack(error.stack, code)
  } catch {
    // a program that patched JSON before it failed
  }
  frame(
    'error',
    JSON.stringify(error, (_key, value) => bounds.cutText(value)),
  )
  writeSync(2, `${error.stack ?? `${error.name}: ${error.message}`}\n`)
  process.exit(1)
}

const host = {
  send(kind, text) {
    if (ended || typeof text !== 'string' || typeof kind !== 'string') return
    if (kind === 'error') return fail(text)
    settled = true
    if (kind === 'settled') return
    setImmediate(() => {
      if (ended) return
      ended = true
      if (kind === 'result') frame('result', text)
      process.exit(0)
    })
  },
  write(fd, text) {
    if (typeof text !== 'string' || (fd !== 1 && fd !== 2)) return
    const bytes = Buffer.from(text, 'utf8')
    for (let offset = 0; offset < bytes.length;) offset += writeSync(fd, bytes, offset)
  },
  timer(id, ms, kind) {
    const start = kind === 'interval' ? setInterval : setTimeout
    timers.set(
      id,
      start(() => guest.fire(id), ms),
    )
  },
  cancel(id) {
    clearTimeout(timers.get(id))
    timers.delete(id)
  },
}

const vm = new VM({ allowAsync: true, eval: true, wasm: false })
guest = vm.run(prelude)(host)

function report(error) {
  try {
    fail(guest.describe(error))
  } catch {
    fail(JSON.stringify({ name: 'Error', message: 'an error that cannot be shown', stack: null, code: '' }))
  }
}

process.on('unhandledRejection', report)
process.on('beforeExit', () => {
  if (!settled) report(new Error('the promise of main, or one awaited at the top level, never settled'))
})
process.on('uncaughtException', report)

if (process.argv[2] === 'make-cache') {
  // One run, so that the functions it takes are compiled and kept.
  void vm.run(new VMScript('(async (exports) => {exports.main = async () => 1\n;})', 'sample.js'))({})
  makeCache(process.argv[3], [prelude])
}

writeSync(3, '\n') // started, waiting
const job = readJob(() =>
  new VMScript('(async () => { try {} catch (error) {} })', 'warm.js').getCompiledCode(),
)
const end = job.indexOf(10)
const head = JSON.parse(job.toString('utf8', 0, end))
nonce = head.nonce
guest.setEnv(JSON.stringify(head.env))
code = readFileSync(head.file, 'utf8').replace(/^\uFEFF?#!.*/, '')
let script
try {
  // The frame before the code is on its first line and does not count.
  script = new VMScript(`${BEFORE}${code}\n;return typeof main === 'function' ? main : undefined})`, {
    filename: head.file,
    columnOffset: -BEFORE.length,
  })
  script.compile?.()
  bounds.checkWhole(code)
} catch (error) {
  syntax(error)
}
let body
try {
  body = vm.run(script)
} catch (error) {
  if (error instanceof SyntaxError) syntax(error)
  else report(error)
}
frame('running', '')
guest.start(body, job.toString('utf8', end + 1))

// A module with an import and a top-level await comes as it is: nothing makes a script of it.
function syntax(error) {
  const hint = '$&; vm2 has no modules, the subprocess runtime has'
  const message = String(error.message).replace(/import statement.*|.*import.*export.*/, hint)
  const refusal = { name: 'SyntaxError', message, stack: String(error.stack), code: '' }
  frame(
    'syntax',
    JSON.stringify(refusal, (_key, value) => bounds.cutText(value)),
  )
  writeSync(2, `${error.stack}\n`)
  process.exit(1)
}
