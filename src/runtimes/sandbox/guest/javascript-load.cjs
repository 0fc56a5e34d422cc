'use strict'
// Tells, before any of it runs, whether code is an ES module or CommonJS, as Node would tell it, or neither.
const { closeSync, constants, fstatSync, openSync, readFileSync, readSync } = require('node:fs')
const { pathToFileURL } = require('node:url')
const { compileFunction } = require('node:vm')

/** How a line of an ES module often begins, and what V8 says of one that it takes for CommonJS. */
const OFTEN_MODULE = /^[ \t]*(?:import|export)\b/m
const SAYS_MODULE = /^(?:Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta')/
const COMMON_JS = ['exports', 'require', 'module', '__filename', '__dirname']
const AsyncFunction = (async () => undefined).constructor

/** What V8 says to code; null where it takes it. */
function refusal(parse) {
  try {
    parse()
    return null
  } catch (error) {
    return error
  }
}

/** Parses the code without running any of it. @throws what V8 says of neither CommonJS nor an ES module */
function isModule(path) {
  const code = readFileSync(path, 'utf8').replace(/^#!.*/, '')
  if (OFTEN_MODULE.test(code)) return true
  const error = refusal(() => compileFunction(code, COMMON_JS, { filename: path }))
  if (error === null) return false
  const awaiting = SAYS_MODULE.test(error.message) ? null : refusal(() => AsyncFunction(code))
  if (awaiting === null || SAYS_MODULE.test(awaiting.message)) return true
  throw error
}

/** What of the job on fd 5 has arrived; nothing where it has not. */
function readWhatIsThere() {
  // A large job is a file, which opened once more would be read from its start.
  if (!fstatSync(5).isFIFO()) return Buffer.alloc(0)
  let fd = -1
  try {
    fd = openSync('/proc/self/fd/5', constants.O_RDONLY | constants.O_NONBLOCK)
    const bytes = Buffer.alloc(65536)
    return bytes.subarray(0, readSync(fd, bytes))
  } catch {
    return Buffer.alloc(0)
  } finally {
    if (fd >= 0) closeSync(fd)
  }
}

/** Makes Node load what it takes to load a module, from text and from a file. */
async function warm() {
  await import(
    `data:text/javascript,import 'data:text/javascript,0';import '${pathToFileURL(`${__dirname}/warm.mjs`).href}'`
  )
}

module.exports = { isModule, readWhatIsThere, warm }
