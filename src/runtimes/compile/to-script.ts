/** Modules and scripts as vm2 takes them. */
import { lower, type Lowered } from './lower.ts'
import { isAsyncBody, isModule } from './module-kind.ts'

const MODULE = /\b(?:import|export)\b/
/** As modules are. */
const STRICT = '"use strict";'

/** To the body of an async function that fills `exports`, as vm2 takes it; what is no module stays a script. */
export async function toScript(code: string, fileName: string, loader: 'js' | 'ts'): Promise<Lowered> {
  const plain = await lower(code, fileName, { loader })
  if ('error' in plain) return isAsyncBody(code) ? { code } : plain
  if (!MODULE.test(code) || !isModule(plain.code)) return plain
  const script = await lower(code, fileName, { format: 'cjs', loader, banner: STRICT })
  if (!('error' in script) || !script.error.message.startsWith('Top-level await')) return script
  const module = await lower(code, fileName, {
    format: 'esm',
    loader,
    banner: STRICT,
    define: { 'import.meta': '{}' },
  })
  return 'error' in module ? module : { code: fillExports(module.code) }
}

/** esbuild collects what a module exports in one statement, which is its last. */
const EXPORTS = /(?<=^|\n)export \{\n((?: {2}[^\n]*\n)*)\};\n(?=\/\/# sourceMappingURL=[^\n]*\n$)/

function fillExports(code: string): string {
  return code.replace(EXPORTS, (_whole, list: string) =>
    list.replaceAll(/^ {2}(\S+?)(?: as (.+?))?,?$/gm, (_line, local: string, name: string = local) => {
      const key = name.startsWith('"') ? name : JSON.stringify(name)
      return `exports[${key}] = ${local};`
    }),
  )
}
