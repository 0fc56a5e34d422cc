/** Whether code is an ES module or a script, as Node tells it: by what V8 takes. */
import { compileFunction } from 'node:vm'

/** How a line of an ES module often begins. */
const OFTEN_MODULE = /^[ \t]*(?:import\b(?!\s*\()|export\b)/mu
const COMMON_JS = ['exports', 'require', 'module', '__filename', '__dirname']

/** @param code JavaScript without types, in syntax that this V8 knows; it is parsed and not run */
export function isModule(code: string): boolean {
  if (OFTEN_MODULE.test(code)) return true
  try {
    compileFunction(code, COMMON_JS)
    return false
  } catch {
    return true
  }
}
