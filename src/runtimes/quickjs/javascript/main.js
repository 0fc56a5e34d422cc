// Runs one program on QuickJS: the job comes through a pipe of the channel directory, frames go out through
// another, each marked with a nonce the program does not learn.
import * as std from 'std'
import { cutText, describe } from '../../../guests/javascript/errors.js'
import { encode } from '../../../guests/javascript/values.js'
import { installConsole } from './console.js'
import { installGlobals } from './globals.js'
import { installProcess } from './process.js'
import { awaitMain, hook, isParseError, loadProgram, prepareCommonJs } from './program.js'
import { trackRejections } from './rejections.js'
import { installLines, readStack } from './stack.js'
import { installTimers } from './timers.js'

const CHANNEL = '/run/exectrail'
/** For the moment in which not even the description of the error can be made. */
const OUT_OF_MEMORY = '{"name":"InternalError","message":"out of memory","stack":null,"code":""}'

const leave = globalThis.exit
const { parse, stringify } = JSON
const channel = std.open(`${CHANNEL}/result`, 'w')
const { head, input } = readJob()
let failed = false
let loading = true
let ending = false
/** What keeps the program from its end; null for nothing, undefined while it is not known. */
let awaited = 'a top-level await'
let timers = null
let program = null

/** Its length in bytes on a line, then the head on one, then the input. */
function readJob() {
  channel.puts('\n') // started, waiting
  channel.flush()
  const file = std.open(`${CHANNEL}/job`, 'r')
  const text = file.readAsString(Number(file.getline()))
  const headEnd = text.indexOf('\n')
  return { head: JSON.parse(text.slice(0, headEnd)), input: text.slice(headEnd + 1) }
}

function send(kind, text) {
  // The length is in bytes; what JSON.stringify made holds no lone surrogates.
  const length = unescape(encodeURIComponent(text)).length
  channel.puts(`\n${head.nonce} ${kind} ${length}\n${text}`)
  channel.flush()
}

/** Leaves, after the program's own handlers. */
function end(code) {
  if (!ending) {
    ending = true
    try {
      program.emit('exit', code)
    } catch (error) {
      fail(error)
    }
  }
  std.out.flush()
  std.err.flush()
  leave(code)
}

/** What is awaited cannot come once nothing is left; a script without a main is over then. */
function endIdle() {
  if (failed || ending || awaited === undefined) return
  if (awaited !== null) fail(new Error(`${awaited} never settled`))
  else if (program.emit('beforeExit', 0) && !timers.idle) return
  else end(program.exitCode ?? 0)
}

function fail(error) {
  if (failed) return
  failed = true
  let text = OUT_OF_MEMORY
  let kind = 'error'
  try {
    const described = describe(error, readStack)
    text = stringify(described, cutText)
    if (loading && isParseError(error)) kind = 'syntax'
    std.err.puts(`${described.stack ?? `${described.name}: ${described.message}`}\n`)
  } catch {
    // nothing is left to describe it with
  }
  send(kind, text)
  end(1)
}

function give(value) {
  const text = encode(value)
  awaited = undefined
  const deliver = () => {
    if (failed || ending) return
    if (text !== null) send('result', text)
    end(program.exitCode ?? 0)
  }
  // Unhandled rejections are reported one turn later.
  timers.later(() => timers.later(deliver))
}

function finish(main) {
  awaited = 'the promise of main'
  Promise.resolve(main(parse(input)))
    .then(give)
    .then(undefined, fail)
}

function begin() {
  delete globalThis.env
  delete globalThis.args
  delete globalThis.exit
  installLines(head.shown, head.lines)
  timers = installTimers(fail)
  trackRejections((callback) => timers.later(callback), fail)
  installGlobals()
  installConsole()
  program = installProcess(head.env, timers, end)
  timers.onIdle(endIdle)
  globalThis[head.hook] = hook
  prepareCommonJs(head.modules)
    .then(() => {
      send('running', '')
      timers.look()
      return loadProgram(head.file, head.kind, () => {
        loading = false
      })
    })
    .then((loaded) => {
      awaited = undefined
      return awaitMain(loaded, head.callsMain, timers)
    })
    .then((main) => {
      awaited = null
      if (main !== undefined) finish(main)
      timers.look()
    })
    .then(undefined, fail)
}

begin()
