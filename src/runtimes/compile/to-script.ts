/** Modules and scripts as vm2 takes them. */
import { lower, type Lowered } from './lower.ts'

const MODULE = /\b(?:import|export)\b/

/** To the body of an async function that fills `exports`, as vm2 takes it; what is no module stays a script. */
export async function toScript(code: string, fileName: string, loader: 'js' | 'ts'): Promise<Lowered> {
  if (!MODULE.test(code)) return lower(code, fileName, { loader })
  const script = await lower(code, fileName, { format: 'cjs', loader })
  if (!('error' in script) || !script.error.message.startsWith('Top-level await')) return script
  const module = await lower(code, fileName, { format: 'esm', loader, define: { 'import.meta': '{}' } })
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
