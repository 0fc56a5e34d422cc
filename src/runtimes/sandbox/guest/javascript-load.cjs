'use strict'
// Tells, before any of it runs, whether code is an ES module or CommonJS, as Node would tell it, or neither.
const { closeSync, constants, fstatSync, openSync, readFileSync, readSync } = require('node:fs')
const { pathToFileURL } = require('node:url')
const { compileFunction } = require('node:vm')
const { ownText, tellSyntax } = require('../../../guests/javascript/syntax.js')

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

/**
 * Parses the code without running any of it, and without the line that `hook` marks.
 * @throws what V8 says of neither CommonJS nor an ES module, with its place
 */
function isModule(path, hook) {
  const code = readProgram(path, hook)
  if (OFTEN_MODULE.test(code)) return true
  const error = refusal(() => compileFunction(code, COMMON_JS, { filename: path }))
  if (error === null) return false
  const awaiting = SAYS_MODULE.test(error.message) ? null : refusal(() => AsyncFunction(code))
  if (awaiting === null || SAYS_MODULE.test(awaiting.message)) return true
  const { message, stack } = tellSyntax(locate(awaiting.message, path, code) ?? error, code, path)
  throw Object.assign(error, { message, stack })
}

function readProgram(path, hook) {
  return ownText(readFileSync(path, 'utf8').replace(/^#!.*/, ''), hook)
}

/** With the place that V8 tells of an ES module only on stderr, where `message` is what it says of this one. */
function placeInModule(error, path, hook) {
  const found = error instanceof SyntaxError ? locate(error.message, path, readProgram(path, hook)) : null
  return found === null ? error : Object.assign(error, found)
}

/** Asks another Node, which parses the code as a module and runs none of it. Null where it finds nothing. */
function locate(message, path, code) {
  const { spawnSync } = require('node:child_process')
  const options = { input: code, encoding: 'utf8', timeout: 5000, env: {} }
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], options)
  const found = /^\[stdin\](:\d+\n[^]*?^SyntaxError: (.*))$/m.exec(stderr ?? '')
  if (found === null) return null
  const isSame = found[2] === message || /^Unexpected|^Invalid/.test(message)
  return isSame ? { message: found[2], stack: path + found[1] } : null
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

module.exports = { isModule, placeInModule, readWhatIsThere, warm }
