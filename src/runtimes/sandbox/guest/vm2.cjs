'use strict'
// Runs one program in vm2, as defence in depth inside the sandbox of the process. Only text crosses: the
// input goes in as JSON, results, errors and output come out as strings, and the first result counts.
const { readFileSync, writeSync } = require('node:fs')
const { cutText } = require('../../../guests/javascript/errors.js')
const { leaveAtOnce } = require('../../../guests/javascript/leave.js')
const { ownText, tellSyntax } = require('../../../guests/javascript/syntax.js')
const { loadVm2, makeCache, mapStack, readJob, recall, checkWhole, syntaxErrorOf } = require('./vm2-load.cjs')
const { VM, VMScript } = loadVm2()

/** What runs within vm2 before the program; its names are its own. */
const [PORTABLE, INSIDE] = ['vm2-portable.js', 'vm2-prelude.cjs'].map((name) =>
  readFileSync(`${__dirname}/${name}`, 'utf8'),
)
const PRELUDE = `(() => { const module = {}; ${PORTABLE}\n${INSIDE}\nreturn module.exports })()`
const prelude = recall(new VMScript(PRELUDE, 'prelude.js'), 'prelude.js')
const BEFORE = '(async (exports, module, require) => {'
const timers = new Map()
let [ended, settled, loaded] = [false, false, false]
let [guest, nonce, code] = [null, '', '']
leaveAtOnce()

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
  frame('error', JSON.stringify(error, cutText))
  writeSync(2, `${error.stack ?? `${error.name}: ${error.message}`}\n`)
  process.exit(1)
}

const host = {
  send(kind, text) {
    if (ended || typeof text !== 'string' || typeof kind !== 'string') return
    if (kind === 'error') return fail(text)
    loaded = true
    if (kind === 'loaded') return
    settled = true
    if (kind === 'settled') return
    setImmediate(() => {
      if (ended) return
      ended = true
      if (kind === 'result') frame('result', text)
      process.exit()
    })
  },
  setExitCode(status) {
    if (typeof status === 'number') process.exitCode = status & 255
  },
  exit(status) {
    if (typeof status !== 'number') return
    ended = true
    process.exit(status & 255)
  },
  now: () => performance.now(),
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
  if (settled || guest.drained()) return
  report(new Error(`${loaded ? 'the promise of main' : 'a top-level await'} never settled`))
})
process.on('uncaughtException', report)

if (process.argv[2] === 'make-cache') {
  // One run to its end, so that the functions it takes are compiled and kept.
  ended = true
  const sample = vm.run(new VMScript(`${BEFORE}exports.main = async (input) => input\n})`, 'sample.js'))
  guest.setEnv('{}')
  guest.start(sample, '{"n":1}', { hook: 'sample', callsMain: false })
  setImmediate(() => makeCache(process.argv[3], [prelude]))
  return
}

writeSync(3, '\n') // started, waiting
const job = readJob(() => {
  // All that a program goes through, once.
  const sample = 'exports.main = async (input) => { try {} catch (error) {} }'
  checkWhole(sample)
  vm.run(new VMScript(`${BEFORE}${sample}\n})`, 'warm.js'))
})
const end = job.indexOf(10)
const head = JSON.parse(job.toString('utf8', 0, end))
nonce = head.nonce
guest.setEnv(JSON.stringify(head.env))
if (head.env.TZ !== undefined) process.env.TZ = head.env.TZ // both have one clock
code = readFileSync(head.file, 'utf8').replace(/^\uFEFF?#!.*/, '')
let script
try {
  // The frame before the code is on its first line and does not count.
  script = new VMScript(`${BEFORE}${code}\n})`, {
    filename: head.file,
    columnOffset: -BEFORE.length,
  })
  script.compile?.()
  checkWhole(code)
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
frame('running', `m${process.hrtime.bigint()}`)
guest.start(body, job.toString('utf8', end + 1), { hook: head.hook, callsMain: head.callsMain })

// A module with an import and a top-level await comes as it is: nothing makes a script of it.
function syntax(error) {
  const hint = '$&; vm2 has no modules, the subprocess runtime has'
  const own = ownText(code, head.hook)
  const { name, message: words, stack } = tellSyntax(syntaxErrorOf(own, head.file) ?? error, own, head.file)
  const message = words.replace(/import statement.*|.*import.*export.*/, hint)
  frame('syntax', JSON.stringify({ name, message, stack, code: '' }, cutText))
  writeSync(2, `${stack}\n`)
  process.exit(1)
}
