'use strict'
// Loads vm2 from V8's code cache, which a run of our own code has made on this machine.
const { readFileSync, writeFileSync } = require('node:fs')
const v8 = require('node:v8')
const nodeVm = require('node:vm')

/** Looks absolute, as vm2 takes such frames for the host's and hides them; the same wherever the file lies. */
const BUNDLE = '/vm2/bundle.cjs'
const CACHE = `${__dirname}/vm2.cache`
const compiled = new Map()
const cached = readCache()

function readCache() {
  try {
    return v8.deserialize(readFileSync(CACHE))
  } catch {
    return {} // not made yet: everything is compiled, 30 ms more
  }
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

/** Writes the cache of all that was compiled so far, and ends. */
function makeCache(file) {
  const data = {}
  for (const [name, script] of compiled)
    if (name.startsWith('/vm2/') || name === 'prelude.js') data[name] = script.createCachedData()
  writeFileSync(file, v8.serialize(data))
  process.exit(0)
}

module.exports = { loadVm2, makeCache }
