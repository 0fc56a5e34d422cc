// How a program is loaded on QuickJS and how its main is found, whatever channel its result goes through.
import * as std from 'std'
import { watchMain } from '../../../guests/javascript/main.js'

const watch = watchMain()

/** Where lowered code puts what it defines and exports, and says what it begins. */
export const hook = { ...watch.hook, script: undefined, module: { exports: {} } }

/** The file itself did not parse: the stack then names a place in it and no function. */
export function isParseError(error) {
  return error instanceof SyntaxError && /^\s+at [^ (]+\.js:\d+\s*$/.test(String(error.stack))
}

/** Resolves to the program's main, to undefined for a script, once it is certain which of both it is. */
export async function awaitMain(loaded, callsMain, timers) {
  const { exports } = hook.module
  const exported = [loaded, loaded.default, exports, exports?.default]
  if (callsMain && watch.find(exported) !== undefined) await drained(timers)
  return watch.find(exported)
}

/** A program that may begin its main once it has run has time for it until nothing is left to do. */
function drained(timers) {
  return new Promise((resolve) => {
    timers.onIdle(resolve)
    timers.look()
  })
}

/** Loads the modules that the program names, for the `require` and `module` of CommonJS programs. */
export function prepareCommonJs(names) {
  const preload = names.map((name) =>
    import(name).then(
      (loaded) => [name, loaded.default],
      () => [name, undefined],
    ),
  )
  return Promise.all(preload).then((modules) => installCommonJs(new Map(modules)))
}

function installCommonJs(modules) {
  const require = (name) => {
    const found = modules.get(name)
    if (found === undefined)
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' })
    return found
  }
  require.main = hook.module
  Object.assign(globalThis, { module: hook.module, exports: hook.module.exports, require })
}

/** What the program exports, once its body has run; `onParsed` is called as soon as all of it is loaded. */
export function loadProgram(file, kind, onParsed) {
  if (kind === 'script') return runScript(file, onParsed)
  return import(file).then((loaded) => {
    onParsed()
    return loaded.exectrailBody === undefined ? loaded : loaded.exectrailBody
  })
}

/** A script hands over a function; its strictness, and what it calls twice by one name, are its own affair. */
async function runScript(file, onParsed) {
  std.loadScript(file)
  onParsed()
  const { module, script } = hook
  watch.returns(
    await script.call(module.exports, module.exports, globalThis.require, module, '/main.js', '/'),
  )
  return {}
}
