/** TypeScript to JavaScript in this process: 0.4 ms, against 45 ms in the child. */
import type * as Esbuild from 'esbuild'
import type { TransformOptions } from 'esbuild'
import type { UncaughtError } from './runtime.ts'

/** JavaScript with its source map inline, or why the language refused. */
export type Transpiled = { code: string } | { error: UncaughtError }

/** Decorators and their accessors are not yet in V8; only esbuild lowers the standard ones. */
const DECORATOR = /(?:^|[\s;{}(])@[A-Za-z_$(]|\baccessor\s/m

/**
 * The native parser recurses on this process's own stack and takes the process with it when it overflows.
 * Measured with thirty kinds of nesting: no code of this size comes near, also on the smaller stack of a
 * worker; larger code goes to esbuild, which lives in a process of its own.
 */
const NATIVE_MAX_BYTES = 4096
/** Code nested deep enough ends esbuild's process; who was in it asks again. */
const ATTEMPTS = 3

/** Strips and lowers `code`. Modules stay as they are, ES or CommonJS. */
export async function transpile(code: string, fileName: string): Promise<Transpiled> {
  if (code.length > NATIVE_MAX_BYTES || DECORATOR.test(code)) return lower(code, fileName)
  const { transformSync } = await import('oxc-transform')
  const done = transformSync(fileName, code, {
    lang: 'ts',
    sourceType: 'unambiguous',
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: false },
  })
  const error = done.code === '' ? done.errors[0] : undefined
  if (error !== undefined)
    return { error: toError(error.message, error.codeframe, locate(code, error, fileName)) }
  const map = done.map === undefined ? '' : inlineMap(JSON.stringify(done.map))
  return { code: `${done.code}${map}` }
}

const MODULE = /\b(?:import|export)\b/

/** To the body of an async function that fills `exports`, as vm2 takes it; what is no module stays a script. */
export async function transpileToScript(
  code: string,
  fileName: string,
  loader: 'js' | 'ts',
): Promise<Transpiled> {
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

/** By esbuild, with its options beside the usual ones; the source map is inline. */
export async function lower(
  code: string,
  fileName: string,
  options: TransformOptions = {},
): Promise<Transpiled> {
  try {
    const done = await transformApart(code, {
      loader: 'ts',
      target: 'es2022',
      sourcefile: fileName,
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      tsconfigRaw: '{}',
      ...options,
    })
    return { code: done.code }
  } catch (error) {
    return { error: readFailure(error, fileName) }
  }
}

let compiling = 0
let serving = false

/** Lends esbuild, whose process then stays until `stopEsbuild`. */
export async function withEsbuild<T>(work: (esbuild: typeof Esbuild) => Promise<T>): Promise<T> {
  compiling += 1
  serving = true
  try {
    return await work(await import('esbuild'))
  } finally {
    compiling -= 1
  }
}

/** Ends esbuild's process unless somebody is at it; the next use starts another. */
export async function stopEsbuild(): Promise<void> {
  if (!serving || compiling > 0) return
  serving = false
  const { stop } = await import('esbuild')
  await stop()
}

function transformApart(code: string, options: TransformOptions): Promise<{ code: string }> {
  return withEsbuild((esbuild) => transformWith(esbuild, code, options))
}

async function transformWith(
  { stop, transform }: typeof Esbuild,
  code: string,
  options: TransformOptions,
): Promise<{ code: string }> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transform(code, options)
    } catch (error) {
      if (hasErrors(error) || attempt === ATTEMPTS) throw error
      await stop() // the service does not come back by itself
    }
  }
}

function readFailure(error: unknown, fileName: string): UncaughtError {
  const first = hasErrors(error) ? error.errors[0] : undefined
  if (first === undefined)
    return toError('the code is nested too deeply to be compiled', null, `${fileName}:1:1`)
  const { line = 1, column = 0, lineText = '' } = first.location ?? {}
  return toError(first.text, lineText, `${fileName}:${line}:${column + 1}`)
}

interface EsbuildFailure {
  errors: { text: string; location: { line?: number; column?: number; lineText?: string } | null }[]
}

function hasErrors(error: unknown): error is EsbuildFailure {
  return typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
}

function locate(code: string, error: { labels: { start: number }[] }, fileName: string): string {
  const before = code.slice(0, error.labels[0]?.start ?? 0)
  const line = before.split('\n').length
  return `${fileName}:${line}:${before.length - before.lastIndexOf('\n')}`
}

function toError(message: string, frame: string | null, where: string): UncaughtError {
  const excerpt = frame === null || frame.trim() === '' ? '' : `\n${frame.trimEnd()}`
  return { name: 'SyntaxError', message, stack: `${where}${excerpt}\nSyntaxError: ${message}` }
}

function inlineMap(map: string): string {
  return `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
}
