/** Whether code is an ES module or a script, as Node decides it: by what V8 accepts. */
import { compileFunction } from 'node:vm'

/** How a line of an ES module often begins. */
const OFTEN_MODULE = /^[ \t]*(?:import\b(?!\s*\()|export\b)/mu
export const COMMON_JS = ['exports', 'require', 'module', '__filename', '__dirname']

/** @param code JavaScript without types, in syntax that this V8 knows; it is parsed and not run */
export function isModule(code: string): boolean {
  return OFTEN_MODULE.test(code) || !isCommonJs(code)
}

/** True for what V8 accepts as a script of CommonJS, also where its text looks like a module. @param code as above */
export function isCommonJs(code: string): boolean {
  try {
    compileFunction(code, COMMON_JS)
    return true
  } catch {
    return false
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the constructor of asynchronous functions
const AsyncFunction = (async () => undefined).constructor as FunctionConstructor

/** True for code that is no module, and is whole as the body of an asynchronous function: it may await and return. */
export function isAsyncBody(code: string): boolean {
  try {
    // oxlint-disable-next-line no-implied-eval -- it is parsed and not called
    AsyncFunction(code)
    return true
  } catch {
    return false
  }
}
