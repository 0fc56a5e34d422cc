// Runs one program on QuickJS as a Bacalhau job: it lies in /job, frames go out on standard output, each marked
// with a word from the arguments that the program does not find there.
import { stopClock } from './job-clock.js'
import * as std from 'std'
import * as os from 'qjs:os'
import { cutText, describe } from '../../../../guests/javascript/errors.js'
import { encode } from '../../../../guests/javascript/values.js'
import { OutputLimit, openChannel, send, takeOutput } from './job-channel.js'
import { installConsole } from './console.js'
import { installGlobals } from './globals.js'
import { installProcess } from './process.js'
import { awaitMain, hook, isParseError, loadProgram, prepareCommonJs } from './program.js'
import { trackRejections } from './rejections.js'
import { installLines, readStack } from './stack.js'
import { installTimers } from './timers.js'

const JOB = '/job'
/** The name by which the stack cleaner knows the lowered program. */
const FILE = 'program.js'
const FILES_BYTES = 8_388_608
const OUT_OF_MEMORY = { name: 'InternalError', message: 'out of memory', stack: null }
const { parse, stringify } = JSON
const leave = globalThis.exit
const marker = globalThis.args[1]
const head = parse(readText(`${JOB}/head.json`))
const input = readText(`${JOB}/input.json`)
const end = { exitCode: 0, syntax: false, error: null, limit: null, note: null }
let streams = []
let begun = Date.now()
let over = false
let loading = true

function readText(path) {
  return std.loadFile(path)
}

function sendFiles() {
  const [names, missing] = os.readdir('/out')
  if (missing !== 0) return null
  let left = FILES_BYTES
  for (const name of names.filter((entry) => entry !== '.' && entry !== '..').sort()) {
    const file = std.open(`/out/${name}`, 'rb')
    if (file === null) continue
    const bytes = new ArrayBuffer(left + 1)
    const count = file.read(bytes, 0, left + 1)
    file.close()
    left -= count
    if (left < 0) return `files of /out beyond ${FILES_BYTES} bytes were left behind`
    send('f', name)
    send('x', toHex(new Uint8Array(bytes, 0, count)))
  }
  return null
}

const DIGITS = '0123456789abcdef'
function toHex(bytes) {
  const parts = []
  for (const byte of bytes) parts.push(DIGITS[byte >> 4] + DIGITS[byte & 15])
  return parts.join('')
}

/** The last frame; nothing of the program is heard after it. */
function finish(code) {
  if (over) return
  over = true
  const durationMs = Date.now() - begun
  stopClock()
  for (const stream of streams) stream.send()
  try {
    end.note = sendFiles()
  } catch (error) {
    end.note = `files of /out could not be read: ${String(error)}`
  }
  const [stdout, stderr] = streams
  send(
    'z',
    stringify({ ...end, exitCode: code, durationMs, stdoutBytes: stdout.bytes, stderrBytes: stderr.bytes }),
  )
}

/** Ends at once, from within the program. */
function exitNow(code) {
  finish(code)
  leave(code)
}

function isOutOfMemory(error) {
  return error instanceof InternalError && error.message === 'out of memory'
}

function fail(error) {
  if (over) return
  end.error = OUT_OF_MEMORY
  try {
    if (error instanceof OutputLimit) end.limit = 'output'
    else if (error === null || isOutOfMemory(error)) end.limit = 'memory'
    end.syntax = loading && isParseError(error)
    const { name, message, stack } = describe(error, readStack)
    end.error = { name: cutText('', name), message: cutText('', message), stack: cutText('', stack) }
    if (end.limit === null) streams[1].write(`${stack ?? `${name}: ${message}`}\n`)
  } catch {
    // nothing is left to describe it with
  }
  exitNow(1)
}

function give(value) {
  const text = encode(value)
  // Unhandled rejections are reported one turn later.
  setTimeout(() => {
    if (over) return
    if (text !== null) send('r', text)
    finish(globalThis.process.exitCode ?? 0)
  }, 0)
}

/** A script is over when nothing is left to do. */
function settle(timers) {
  const look = () => {
    if (timers.idle) finish(globalThis.process.exitCode ?? 0)
  }
  timers.onIdle(() => timers.later(look))
  timers.later(look)
}

function begin() {
  delete globalThis.env
  delete globalThis.args
  delete globalThis.exit
  installLines(head.shown, head.lines)
  openChannel(marker)
  streams = takeOutput()
  const timers = installTimers(fail)
  trackRejections((callback) => timers.later(callback), fail)
  installGlobals()
  installConsole()
  installProcess(head.env, timers, exitNow)
  globalThis[head.hook] = hook
  prepareCommonJs(head.modules)
    .then(() => {
      send('b', '')
      begun = Date.now()
      return loadProgram(FILE, head.kind, () => {
        loading = false
      })
    })
    .then((loaded) => awaitMain(loaded, head.callsMain, timers))
    .then((main) => {
      if (main !== undefined) return Promise.resolve(main(parse(input))).then(give)
      return settle(timers)
    })
    .then(undefined, fail)
}

begin()
