'use strict'
// Runs one program in a container: the job lies beside this file, frames go out on standard output, each marked
// with a word from the arguments that the program does not find there any more.
// The program may replace what it likes: whatever is used here was taken before it ran.
const { Buffer, Object, performance, Promise, process, setImmediate, String, SyntaxError } = globalThis
const { existsSync, readdirSync, readFileSync, writeSync } = require('node:fs')
const { dirname, join, relative } = require('node:path')
const { pathToFileURL } = require('node:url')
const { cutText, describe, ownStack } = require('../../../guests/javascript/errors.js')
const { watchMain } = require('../../../guests/javascript/main.js')
const { encode } = require('../../../guests/javascript/values.js')

const JOB = dirname(__dirname)
const FRAME_BYTES = 18_000
const FILES_BYTES = 8_388_608
const KEPT_NAMES = new Set(['PATH', 'HOME', 'LANG'])
const { parse, stringify } = JSON
const { from } = Buffer
const exit = process.exit.bind(process)
const [, , marker] = process.argv
const head = parse(readFileSync(join(JOB, 'head.json'), 'utf8'))
const input = readFileSync(join(JOB, 'input.json'), 'utf8')
const end = { exitCode: 0, syntax: false, error: null, limit: null, note: null }
const counts = { o: 0, e: 0 }
let begun = performance.now()
let over = false
let loading = true

function writeAll(bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

function send(kind, data) {
  const bytes = from(data)
  for (let at = 0; at === 0 || at < bytes.length; at += FRAME_BYTES)
    writeAll(from(`\n${marker} ${kind} ${bytes.toString('base64', at, at + FRAME_BYTES)}\n`))
}

function takeStream(stream, kind) {
  stream.write = (chunk, encoding, callback) => {
    const bytes = from(chunk, typeof encoding === 'string' ? encoding : undefined)
    counts[kind] += bytes.length
    if (!over) send(kind, bytes)
    const done = typeof encoding === 'function' ? encoding : callback
    if (typeof done === 'function') process.nextTick(done)
    return true
  }
}

function sendFiles() {
  if (!existsSync('/out')) return null
  let left = FILES_BYTES
  for (const entry of readdirSync('/out', { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = readFileSync(path)
    left -= bytes.length
    if (left < 0) return `files of /out beyond ${FILES_BYTES} bytes were left behind`
    send('f', relative('/out', path))
    send('d', bytes)
  }
  return null
}

function finish(exitCode) {
  if (over) return
  over = true
  const durationMs = performance.now() - begun
  try {
    end.note = sendFiles()
  } catch (error) {
    end.note = `files of /out could not be read: ${error.message}`
  }
  const last = { ...end, exitCode, durationMs, stdoutBytes: counts.o, stderrBytes: counts.e }
  send('z', stringify(last, cutText))
}

/** The stack in the program's own lines. */
function readStack(error) {
  const stack = ownStack(error)
  if (stack === null) return null
  const here = `${process.cwd()}/`
  const kept = stack.split('\n').filter((line) => !/^\s+at .*(?:node:internal|node\.cjs:)/.test(line))
  return kept.join('\n').replaceAll(`file://${here}`, '').replaceAll(here, '')
}

function isParseError(error) {
  return loading && error instanceof SyntaxError && !/^\s+at .*main\.js:\d+/m.test(String(error.stack))
}

function fail(error) {
  if (over) return
  end.error = describe(error, readStack)
  end.syntax = isParseError(error)
  process.stderr.write(`${end.error.stack ?? `${end.error.name}: ${end.error.message}`}\n`)
  finish(1)
  exit(1)
}

/** A program that may begin its main once it has run has time for it until nothing is left to do. */
function drained() {
  return new Promise((resolve) => {
    process.once('beforeExit', resolve)
  })
}

async function begin() {
  process.chdir(join(JOB, 'work'))
  process.argv = [process.argv[0], join(process.cwd(), 'main.js')]
  for (const name of Object.keys(process.env)) if (!KEPT_NAMES.has(name)) delete process.env[name]
  Object.assign(process.env, head.env)
  process.setSourceMapsEnabled(true)
  takeStream(process.stdout, 'o')
  takeStream(process.stderr, 'e')
  process.on('exit', (code) => finish(code ?? 0))
  process.on('uncaughtException', fail)
  const watch = watchMain()
  globalThis[head.hook] = watch.hook
  send('b', '')
  begun = performance.now()
  const loaded = await import(pathToFileURL(join(process.cwd(), 'main.js')).href)
  loading = false
  const exported = [loaded, loaded.default]
  if (head.callsMain && watch.find(exported) !== undefined) await drained()
  delete globalThis[head.hook]
  const main = watch.find(exported)
  if (main === undefined) return
  const text = encode(await main(parse(input)))
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  if (over) return
  if (text !== null) send('r', text)
  exit()
}

begin().catch(fail)
