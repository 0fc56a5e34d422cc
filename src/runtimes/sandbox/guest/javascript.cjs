'use strict'
// Runs one program: the job comes on fd 5, frames go out on fd 3, each marked with a nonce, so that what the program
// writes to fd 3 by chance counts for nothing. One that looks for the nonce finds it: nothing that is sent once it
// runs is taken for more than its own word.
// The program may replace what it likes: whatever is used here was taken before it ran.
const { Buffer, Error, Object, Promise, process, RangeError, setImmediate, SyntaxError } = globalThis
const Module = require('node:module')
const { pathToFileURL } = require('node:url')
const { closeSync, fstatSync, readFileSync, writeSync } = require('node:fs')
const { cutText, describe } = require('../../../guests/javascript/errors.js')
const { leaveAtOnce } = require('../../../guests/javascript/leave.js')
const { watchMain } = require('../../../guests/javascript/main.js')
const { encode } = require('../../../guests/javascript/values.js')
const {
  importModule,
  kindOf,
  loadBody,
  loadSample,
  placeInModule,
  readWhatIsThere,
} = require('./javascript-load.cjs')
const { stringify, parse } = JSON
const { concat, from } = Buffer
const exit = process.exit.bind(process)
leaveAtOnce()

const REHEARSALS = 3

/** The job on fd 5. Until it arrives nothing waits for us: time to load what runs a program, and to run one of ours. */
async function readJob() {
  let first = readWhatIsThere()
  for (let round = 0; first.length === 0 && round < REHEARSALS; round += 1) {
    await rehearse(round)
    first = readWhatIsThere()
  }
  const text = concat([first, readFileSync(5)])
  closeSync(5)
  const end = text.indexOf(10)
  return { head: parse(text.toString('utf8', 0, end)), input: text.toString('utf8', end + 1) }
}

/** Takes a program of ours through all that the program goes through, which is slow the first time. */
async function rehearse(round) {
  const watch = watchMain()
  const sample = await loadSample(round)
  const main = watch.find([sample, sample.default])
  toFrame('result', encode(await main(parse('{"n":1}'))))
  await new Promise((resolve) => setImmediate(resolve))
}

blocking('stdout')
blocking('stderr')
writeSync(3, '\n') // started, waiting
let head, input, nonce

function toFrame(kind, text) {
  const body = from(text, 'utf8')
  return concat([from(`\n${nonce} ${kind} ${body.length}\n`), body])
}

/** What fd 3 leads to; '' where it is closed. */
function findPlace() {
  try {
    const { dev, ino } = fstatSync(3)
    return `${dev} ${ino}`
  } catch {
    return ''
  }
}
const place = findPlace()

/** False where fd 3 leads elsewhere by now, which may be to a file of the program. */
function send(kind, text) {
  if (running && findPlace() !== place) return false
  const frame = toFrame(kind, text)
  for (let offset = 0; offset < frame.length;) offset += writeSync(3, frame, offset)
  return true
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

let [failed, waiting, running, loading] = [false, true, false, true]
function note(error) {
  if (failed) return
  failed = true
  const refused = !running && (error instanceof SyntaxError || error instanceof RangeError)
  send(refused ? 'syntax' : 'error', stringify(describe(error), cutText))
}
/** Node would show where in itself it is, and paths that are ours. */
process.on('uncaughtExceptionMonitor', (error) => {
  note(error)
  const isHandled = process.listenerCount('uncaughtException') > 0
  if (!isHandled && !process.hasUncaughtExceptionCaptureCallback()) crash(error)
})
/** Of a reason that is no error Node would print nothing. */
process.on('unhandledRejection', (reason) => {
  if (process.listenerCount('unhandledRejection') > 1) return
  note(reason)
  if (!process.emit('uncaughtException', reason, 'unhandledRejection')) crash(reason)
})

const INSIDE = /^\s+at .*(?:node:internal|node:diagnostics_channel|\/javascript(?:-load)?\.cjs:)/

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
  if (text !== null && !send('result', text))
    throw new Error('the program closed or replaced the descriptor of its result, 3')
  process.once('exit', () => send('over', '')) // after the program's own handlers, so that the end is known
  exit()
}

/** Loads the program; `begun` is called when all of it has been parsed and before any of it runs. */
async function load(path, watch, begun) {
  const url = pathToFileURL(path).href
  const kind = kindOf(path, head.hook)
  if (kind !== 'module') begun()
  if (kind === 'script') {
    // Node sets `require.main` to this while it loads the program; loaded by us, our frames would be in its stacks.
    Object.defineProperty(process, 'mainModule', { configurable: true, get: () => Module._cache[path] })
    return import(url)
  }
  if (kind === 'body') {
    const { module, run } = loadBody(path)
    watch.returns(await run())
    return { default: module.exports }
  }
  globalThis[head.hook].parsed = begun
  const first = head.namesFirst ? null : `data:text/javascript,globalThis.${head.hook}.parsed()`
  return importModule(url, first).catch((error) => {
    throw running ? error : placeInModule(error, path, head.hook)
  })
}

async function begin() {
  const job = await readJob()
  ;({ head, input } = job)
  nonce = head.nonce
  Object.assign(process.env, head.env)
  if (head.sourceMaps) process.setSourceMapsEnabled(true)
  const path = `${process.cwd()}/${head.file}`
  process.argv = [process.argv[0], path]
  const watch = watchMain()
  globalThis[head.hook] = watch.hook
  const loaded = await load(path, watch, () => {
    send('running', `m${process.hrtime.bigint()}`)
    running = true
  })
  ;[loading, waiting] = [false, false]
  const exported = [loaded, loaded.default, loaded.default?.default]
  if (head.callsMain && watch.find(exported) !== undefined) await drained()
  delete globalThis[head.hook]
  const main = watch.find(exported)
  if (main === undefined) return
  waiting = true
  await finish(main)
  waiting = false
}

/** A program that may begin its main once it has run has time for it until nothing is left to do. */
function drained() {
  return new Promise((resolve) => {
    process.once('beforeExit', resolve)
  })
}

/** Nothing is left that could go on: what is awaited never comes. */
function unsettled() {
  if (waiting) crash(new Error(`${loading ? 'a top-level await' : 'the promise of main'} never settled`))
}
process.on('beforeExit', unsettled)
begin().catch(crash)
