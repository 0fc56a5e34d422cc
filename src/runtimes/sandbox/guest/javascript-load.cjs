'use strict'
// Says, before any of it runs, whether code is an ES module or CommonJS, as Node would decide, both or neither.
const { closeSync, constants: modes, fstatSync, openSync, readFileSync, readSync } = require('node:fs')
const { dirname, join } = require('node:path')
const { compileFunction, constants, Script } = require('node:vm')
const { ownText, tellSyntax } = require('../../../guests/javascript/syntax.js')

/** How a line of an ES module often begins, and what V8 says of one that it takes for CommonJS. */
const OFTEN_MODULE = /^[ \t]*(?:import|export)\b/m
const SAYS_MODULE = /^(?:Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta')/
/** Files of a program that are asked for the place of an error, which takes some 50 ms each. */
const FILES_ASKED = 8
const IMPORTED = /\b(?:from|import)\s*['"](\.{1,2}\/[^'"\n]+)['"]/g
/** What only CommonJS has. */
const OF_COMMON_JS = /\brequire(?:\s*\(|\.main\b)|\bmodule\.exports\b|\bexports\.|\b__(?:dirname|filename)\b/
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
 * How the code is run: as an ES module, as a CommonJS script, or as the body of an asynchronous function, which may both
 * await and return and has what CommonJS has. Parses it without the line that `hook` marks and runs none of it.
 * @throws what V8 says of code that is none of these, with its place
 */
function kindOf(path, hook) {
  const code = readProgram(path, hook)
  if (OFTEN_MODULE.test(code)) return 'module'
  const error = refusal(() => compileFunction(code, COMMON_JS, { filename: path }))
  if (error === null) return returnsAtTop(code) ? 'body' : 'script'
  const awaiting = SAYS_MODULE.test(error.message) ? null : refusal(() => AsyncFunction(code))
  if (awaiting === null)
    return !SAYS_MODULE.test(error.message) && (OF_COMMON_JS.test(code) || returnsAtTop(code))
      ? 'body'
      : 'module'
  if (SAYS_MODULE.test(awaiting.message)) return 'module'
  // That it awaits is not what is wrong with it.
  const found = error.message.startsWith('await ') ? locate(awaiting.message, path, code) : null
  const { message, stack } = tellSyntax(found ?? error, code, path)
  throw Object.assign(error, { message, stack })
}

/** A script takes no `return` outside of its functions; `void` is an operator as `await` is. */
function returnsAtTop(code) {
  if (!/\breturn\b/.test(code)) return false
  const text = code.replace(/\bfor\s+await\b/g, 'for').replace(/\bawait\b/g, 'void ')
  return refusal(() => new Script(text))?.message === 'Illegal return statement'
}

/** The code as the body of an asynchronous function; its frame is on the first line and does not count. */
function loadBody(path) {
  const Module = require('node:module')
  const folder = dirname(path)
  const module = Object.assign(new Module(path), { filename: path, paths: Module._nodeModulePaths(folder) })
  const open = `(async function (${COMMON_JS.join(', ')}) {`
  const script = new Script(`${open}${readFileSync(path, 'utf8').replace(/^#!.*/, '')}\n})`, {
    filename: path,
    columnOffset: -open.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  const { exports } = module
  const names = [exports, Object.assign(Module.createRequire(path), { main: module }), module, path, folder]
  return { module, run: () => script.runInThisContext().apply(exports, names) }
}

function readProgram(path, hook) {
  return ownText(readFileSync(path, 'utf8').replace(/^#!.*/, ''), hook)
}

/** With the place that V8 prints for an ES module only on stderr, where `message` is what it says of this one. */
function placeInModule(error, path, hook) {
  if (!(error instanceof SyntaxError) || /^\S.*:\d+$/m.test(error.stack)) return error
  const files = [path]
  for (let index = 0; index < files.length && index < FILES_ASKED; index += 1) {
    try {
      const code = readProgram(files[index], hook)
      const found = locate(error.message, files[index], code)
      if (found !== null) return Object.assign(error, found)
      for (const [, name] of code.matchAll(IMPORTED)) {
        const file = join(dirname(files[index]), name)
        if (!files.includes(file)) files.push(file)
      }
    } catch {
      // not there, or not to be read
    }
  }
  return error
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
    fd = openSync('/proc/self/fd/5', modes.O_RDONLY | modes.O_NONBLOCK)
    const bytes = Buffer.alloc(65536)
    return bytes.subarray(0, readSync(fd, bytes))
  } catch {
    return Buffer.alloc(0)
  } finally {
    if (fd >= 0) closeSync(fd)
  }
}

/**
 * Imports an ES module. Its whole graph is parsed before the first of it runs, and the first is ours: the program names it
 * itself, or else `first` does. A module more takes 0.8 ms.
 */
async function importModule(url, first) {
  if (first === null) return import(url)
  const { main } = await import(
    `data:text/javascript,import '${first}';import * as main from '${url}';export { main }`
  )
  return main
}

/** Loads `warm.mjs` as a program is loaded, each `round` anew: what Node does it has loaded, and done, before. */
async function loadSample(round) {
  const path = `${__dirname}/warm.mjs`
  kindOf(path, '')
  return importModule(`file://${path}?${round}`, round === 0 ? 'data:text/javascript,0' : null)
}

module.exports = { importModule, kindOf, loadBody, loadSample, placeInModule, readWhatIsThere }
