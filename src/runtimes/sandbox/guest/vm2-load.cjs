'use strict'
// Loads vm2 from V8's code cache, which a run of our own code has made on this machine.
const { closeSync, constants, openSync, readFileSync, readSync, writeFileSync } = require('node:fs')
const { O_NONBLOCK, O_RDONLY } = constants
const nodeVm = require('node:vm')

/** Looks absolute, as vm2 takes such frames for the host's and hides them; the same wherever the file lies. */
const BUNDLE = '/vm2/bundle.cjs'
const CACHE = `${__dirname}/vm2.cache`
const MAP_MARK = '//# sourceMappingURL=data:application/json;base64,'
const compiled = new Map()
const cached = readCache()

/** A line of JSON, [name, bytes] of each part, then the parts. node:v8 could do it, but loads all streams: 4 ms. */
function readCache() {
  const parts = {}
  try {
    const bytes = readFileSync(CACHE)
    let at = bytes.indexOf(10) + 1
    for (const [name, size] of JSON.parse(bytes.toString('latin1', 0, at))) {
      parts[name] = bytes.subarray(at, at + size)
      at += size
    }
  } catch {
    // not made yet: everything is compiled, 30 ms more
  }
  return parts
}

/** Compiles vm2's own scripts from V8's code cache where it has them; what the user wrote is never in it. */
class CachedScript extends nodeVm.Script {
  constructor(code, options = {}) {
    const cachedData = cached[options.filename]
    super(code, cachedData === undefined ? options : { ...options, cachedData })
    if (options.filename !== undefined && compiled.size < 16) compiled.set(options.filename, this)
  }
}

function loadVm2() {
  nodeVm.Script = CachedScript
  const filename = `${__dirname}/vm2-bundle.cjs`
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'utf8')}\n})`
  const bundle = { exports: {} }
  const script = new CachedScript(source, { filename: BUNDLE })
  script.runInThisContext()(bundle.exports, require, bundle, filename, __dirname)
  return bundle.exports
}

/** What vm2 makes of a script of our own, kept so that its parser need not be woken at each start. */
function recall(script, name) {
  const known = cached[`${name} text`]
  if (known === undefined) return script
  script._compiledCode = known.toString('utf8')
  script._hasAsync = true
  return script
}

/** Writes the cache of all that was compiled so far, and ends. `texts` are scripts to recall. */
function makeCache(file, texts) {
  const parts = []
  for (const [name, script] of compiled)
    if (name.startsWith('/vm2/') || name === 'prelude.js') parts.push([name, script.createCachedData()])
  for (const script of texts)
    parts.push([`${script.filename} text`, Buffer.from(script.getCompiledCode(), 'utf8')])
  const index = JSON.stringify(parts.map(([name, { length }]) => [name, length]))
  writeFileSync(file, Buffer.concat([Buffer.from(`${index}\n`), ...parts.map(([, bytes]) => bytes)]))
  process.exit(0)
}

/** The job on fd 5. Until it arrives nothing waits for us: time to `warm` the parser, which the program needs. */
function readJob(warm) {
  const first = readWhatIsThere()
  if (first.length === 0) warm()
  const rest = readFileSync(5)
  closeSync(5)
  return Buffer.concat([first, rest])
}

function readWhatIsThere() {
  let fd = -1
  try {
    fd = openSync('/proc/self/fd/5', O_RDONLY | O_NONBLOCK)
    const bytes = Buffer.alloc(65536)
    return bytes.subarray(0, readSync(fd, bytes))
  } catch {
    return Buffer.alloc(0) // nothing yet
  } finally {
    if (fd >= 0) closeSync(fd)
  }
}

/** Lines of lowered code back to those the user wrote. */
function mapStack(stack, code) {
  const at = code.lastIndexOf(MAP_MARK)
  if (at < 0) return stack
  const { SourceMap } = require('node:module')
  const map = new SourceMap(
    JSON.parse(Buffer.from(code.slice(at + MAP_MARK.length), 'base64').toString('utf8')),
  )
  return stack.replaceAll(/main\.js:(\d+):(\d+)/g, (place, line, column) => {
    const found = map.findEntry(line - 1, column - 1)
    return found.originalSource === undefined
      ? place
      : `${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`
  })
}

const AsyncFunction = (async () => undefined).constructor

/** Code that closes the frame around it would run at once; this parser takes what is inside for itself alone. */
function checkWhole(text) {
  AsyncFunction('exports', 'module', 'require', text)
}

/** What V8 says of code with its place; null where it would have to be asynchronous to be sure. */
function syntaxErrorOf(text, filename) {
  try {
    nodeVm.compileFunction(text, ['exports', 'module', 'require'], { filename })
    return null
  } catch (error) {
    return error.message.startsWith('await ') ? null : error
  }
}

module.exports = { checkWhole, syntaxErrorOf, loadVm2, makeCache, mapStack, readJob, recall }
