'use strict'
// Runs one program: the job comes on fd 5, frames go out on fd 3, each marked with a nonce, so that what the program
// writes to fd 3 by chance counts for nothing. One that looks for the nonce finds it: nothing that is sent once it
// runs is taken for more than its own word.
const { pathToFileURL } = require('node:url')
const { closeSync, readFileSync, writeSync } = require('node:fs')
const { isModule, readWhatIsThere, warm } = require('./javascript-load.cjs')
const { stringify, parse } = JSON
const from = Buffer.from.bind(Buffer)
const exit = process.exit.bind(process)

/** The job on fd 5. Until it arrives nothing waits for us: time to load Node's module loader. */
async function readJob() {
  const first = readWhatIsThere()
  if (first.length === 0) await warm()
  const text = Buffer.concat([first, readFileSync(5)])
  closeSync(5)
  const end = text.indexOf(10)
  return { head: parse(text.toString('utf8', 0, end)), input: text.toString('utf8', end + 1) }
}

blocking('stdout')
blocking('stderr')
writeSync(3, '\n') // started, waiting
let head, input, nonce

function send(kind, text) {
  const body = from(text, 'utf8')
  const frame = Buffer.concat([from(`\n${nonce} ${kind} ${body.length}\n`), body])
  for (let offset = 0; offset < frame.length;) offset += writeSync(3, frame, offset)
}

/** A pipe's stdout is asynchronous and loses what is unsent at exit; blocking keeps all of it. */
function blocking(name) {
  const original = Object.getOwnPropertyDescriptor(process, name)
  let stream = null
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      if (stream === null) {
        stream = original.get.call(process)
        stream._handle?.setBlocking?.(true)
      }
      return stream
    },
  })
}

function toText(value) {
  try {
    return String(value)
  } catch {
    return 'a value that cannot be shown'
  }
}

const KEPT_LINES = 100
const KEPT_CAUSES = 5

/** The first and last of `list`, and in between how many were left out. */
function cut(list, kept, what) {
  const left = list.length - 2 * kept
  return left <= 1 ? list : [...list.slice(0, kept), `    [${left} more ${what}]`, ...list.slice(-kept)]
}

/** The stack, with those of what caused it and of the errors it gathers; null where there is none. */
function trace(error) {
  const own = stackOf(error)
  if (own === null) return null
  try {
    const chain = new Set()
    for (let at = error.cause; at instanceof Error && !chain.has(at); at = at.cause) chain.add(at)
    const gathered = Array.isArray(error.errors) ? error.errors.slice(0, 2 * KEPT_CAUSES) : []
    const parts = gathered.map((one) => `[error]: ${stackOf(one) ?? toText(one)}`)
    const causes = cut([...chain], KEPT_CAUSES, 'causes')
    for (const at of causes) parts.push(typeof at === 'string' ? at : `[cause]: ${stackOf(at)}`)
    return [own, ...parts].join('\n')
  } catch {
    return own // a hostile getter
  }
}

function stackOf(error) {
  if (error === null || typeof error !== 'object' || typeof error.stack !== 'string') return null
  return cut(error.stack.split('\n'), KEPT_LINES, 'lines').join('\n')
}

function describe(error) {
  try {
    if (error !== null && typeof error === 'object' && 'message' in error) {
      const name = toText(error.name || error.constructor?.name || 'Error')
      return { name, message: toText(error.message), stack: trace(error), code: toText(error.code ?? '') }
    }
  } catch {
    // a hostile getter; the plain text has to do
  }
  return { name: 'Error', message: toText(error), stack: null, code: '' }
}

/** Says where in a result a value sits that JSON would change or refuse. */
function findUnsupported(value, path, seen) {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${path} is ${value}`
  if (typeof value === 'bigint') return `${path} is a BigInt`
  if (value === undefined) return `${path} is undefined`
  if (typeof value === 'function' || typeof value === 'symbol') return `${path} is a ${typeof value}`
  if (typeof value !== 'object' || value === null) return null
  if (seen.has(value)) return `${path} refers back to itself`
  if (typeof value.toJSON === 'function') return null
  if (value instanceof Map || value instanceof Set) return `${path} is a ${value.constructor.name}`
  seen.add(value)
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const found = findUnsupported(
      value[key],
      Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`,
      seen,
    )
    if (found !== null) return found
  }
  seen.delete(value)
  return null
}

const EMPTY_IN_JSON = new Set(['undefined', 'function', 'symbol'])
/** True where JSON would leave something out without a word. */
function hides(value) {
  if (typeof value !== 'object' || value === null) return EMPTY_IN_JSON.has(typeof value)
  if (typeof value.toJSON === 'function') return false
  if (value instanceof Map || value instanceof Set) return true
  return Array.isArray(value) ? value.some(hides) : Object.keys(value).some((key) => hides(value[key]))
}

function encode(value) {
  if (value === undefined) return null
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`main returned a ${typeof value}, which JSON cannot carry`)
  let text
  try {
    text = stringify(value)
  } catch (error) {
    const found = findUnsupported(value, 'the result', new Set())
    throw found === null ? error : new TypeError(`main returned a value JSON cannot carry: ${found}`)
  }
  if (text === undefined) return null
  const found = text.includes('null') || hides(value) ? findUnsupported(value, 'the result', new Set()) : null
  if (found !== null) throw new TypeError(`main returned a value JSON cannot carry: ${found}`)
  return text
}

const KEPT_CHARACTERS = 131_072

/** For `stringify`: the first and last of what is long; all of it goes to stderr. */
function cutText(_key, text) {
  const left = typeof text === 'string' ? text.length - 2 * KEPT_CHARACTERS : 0
  if (left <= 0) return text
  return `${text.slice(0, KEPT_CHARACTERS)}\n[${left} more characters]\n${text.slice(-KEPT_CHARACTERS)}`
}

let [failed, waiting, running, loading] = [false, true, false, true]
function note(error) {
  if (failed) return
  failed = true
  const refused = !running && (error instanceof SyntaxError || error instanceof RangeError)
  send(refused ? 'syntax' : 'error', stringify(describe(error), cutText))
}
process.on('uncaughtExceptionMonitor', note)

/** A default export that can be called is main, whatever its name; a class is not called. */
const entry = (value) =>
  typeof value === 'function' && !String(value).startsWith('class') ? value : undefined
const INSIDE = /^\s+at .*(?:node:internal|\/javascript(?:-load)?\.cjs:)/

/** Ends as Node would, in the user's own names and lines; a program that handles such errors itself may. */
function crash(error) {
  if (process.listenerCount('uncaughtException') > 0) {
    setImmediate(() => {
      throw error
    })
    return
  }
  note(error)
  const { name, message, stack } = describe(error)
  const lines = (stack ?? `Uncaught ${name}: ${message}`).split('\n').filter((line) => !INSIDE.test(line))
  const here = `${process.cwd()}/`
  process.stderr.write(`${lines.join('\n').replaceAll(`file://${here}`, '').replaceAll(here, '')}\n`)
  exit(1)
}

async function finish(main) {
  const text = encode(await main(parse(input)))
  await new Promise((resolve) => setImmediate(resolve))
  if (failed) return
  if (text !== null) send('result', text)
  exit()
}

/**
 * Loads the program; `begun` is called when all of it has been parsed and before any of it runs. Of ES modules the
 * whole graph is parsed before the first of it runs, and here the first is ours.
 */
async function load(path, begun) {
  const url = pathToFileURL(path).href
  if (!isModule(path)) {
    begun()
    return import(url)
  }
  globalThis[head.hook] = begun
  const first = `import 'data:text/javascript,globalThis.${head.hook}()'`
  const { main } = await import(
    `data:text/javascript,${first};import * as main from '${url}';export { main }`
  )
  return main
}

async function begin() {
  const job = await readJob()
  ;({ head, input } = job)
  nonce = head.nonce
  Object.assign(process.env, head.env)
  if (head.sourceMaps) process.setSourceMapsEnabled(true)
  const path = `${process.cwd()}/${head.file}`
  process.argv = [process.argv[0], path]
  let defined
  const loaded = await load(path, () => {
    globalThis[head.hook] = (main) => {
      defined = main
      delete globalThis[head.hook]
    }
    running = true
    send('running', '')
  })
  loading = false
  const main = defined ?? loaded.main ?? loaded.default?.main ?? entry(loaded.default)
  if (typeof main === 'function') await finish(main)
  waiting = false
}

/** Nothing is left that could go on: what is awaited never comes. */
function unsettled() {
  if (waiting) crash(new Error(`${loading ? 'a top-level await' : 'the promise of main'} never settled`))
}
process.on('beforeExit', unsettled)
begin().catch(crash)
