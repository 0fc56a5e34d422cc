/**
 * JavaScript and TypeScript as the QuickJS of 2021 takes them. Syntax newer than ES2020 is lowered; so are async
 * functions, to promises of the program's own, because QuickJS does not report unhandled rejections.
 */
import { SourceMap } from 'node:module'
import type { TransformOptions } from 'esbuild'
import type { Compiled } from './compile-job.ts'
import { lower, type Lowered } from './lower.ts'

/** Name of the lowered file in the guest, which no stack shows. */
export const SCRIPT_FILE = 'program.js'

/** What this QuickJS has of what came after ES2020, and what of ES2020 it is not to do itself. */
const QUICKJS: TransformOptions = {
  target: 'es2020',
  supported: {
    'async-await': false,
    'async-generator': false,
    'for-await': false,
    'logical-assignment': true,
    'class-field': true,
    'class-private-accessor': true,
    'class-private-field': true,
    'class-private-method': true,
    'class-private-static-accessor': true,
    'class-private-static-field': true,
    'class-private-static-method': true,
    'class-static-field': true,
  },
}
const TOP_LEVEL_AWAIT = /^Top-level await is not available/u
/** What the guest has modules for. */
const REQUIRE = /\brequire\(\s*["'](?<name>(?:node:)?[a-z_]+(?:\/promises)?)["']\s*\)/gu
const MAP = '\n//# sourceMappingURL='

/** @param hook name of the global through which the guest gets at what the code defines */
export async function prepareScript(code: string, loader: 'js' | 'ts', hook: string): Promise<Compiled> {
  const fileName = `main.${loader}`
  const options: TransformOptions = { loader, format: 'esm' }
  let done = await lower(code, fileName, { ...options, ...QUICKJS })
  if ('error' in done && TOP_LEVEL_AWAIT.test(done.error.message))
    done = await lowerAwaiting(code, fileName, options)
  if ('error' in done) return done
  const { body, map } = splitMap(done.code)
  const modules = [...code.matchAll(REQUIRE)].map(({ groups }) => groups?.['name'] ?? '')
  return {
    code: addHook(body, hook),
    script: { modules: [...new Set(modules)], shown: fileName, lines: sourceLines(body, map) },
  }
}

/** A module that waits at its top level becomes one async function, between its imports and its exports. */
async function lowerAwaiting(code: string, fileName: string, options: TransformOptions): Promise<Lowered> {
  const plain = await lower(code, fileName, { ...options, target: 'esnext' })
  if ('error' in plain) return plain
  const { body, map } = splitMap(plain.code)
  const { imports, rest } = splitImports(body)
  const { inner, exported } = splitExports(rest)
  const wrapped = `${imports}export const exectrailBody = (async () => {${inner}\nreturn ${exported}\n})()\n`
  return lower(`${wrapped}//# sourceMappingURL=${map}`, fileName, { loader: 'js', format: 'esm', ...QUICKJS })
}

function splitMap(code: string): { body: string; map: string } {
  const at = code.lastIndexOf(MAP)
  return at < 0
    ? { body: code, map: '' }
    : { body: code.slice(0, at + 1), map: code.slice(at + MAP.length).trim() }
}

/** esbuild writes one import a statement, each ending in a string and a semicolon. */
const IMPORT = /^import (?:[\w$*{][^;'"`]*? from )?"(?:[^"\\\n]|\\.)*";$/gmu
const EXPORTS = /^export \{(?<names>[^{}]*)\};$/mu

/** Imports moved to the front keep their line breaks in the rest, so that no line changes its number. */
function splitImports(body: string): { imports: string; rest: string } {
  const imports: string[] = []
  const rest = body.replaceAll(IMPORT, (statement) => {
    imports.push(statement.replaceAll('\n', ' '))
    return '\n'.repeat(statement.split('\n').length - 1)
  })
  return { imports: imports.join(''), rest }
}

/** The last statement of what esbuild writes names all exports; they become the properties of an object. */
function splitExports(body: string): { inner: string; exported: string } {
  const found = EXPORTS.exec(body)
  const names = (found?.groups?.['names'] ?? '').split(',').flatMap((entry) => {
    const [local = '', name = local] = entry.trim().split(' as ')
    return local === '' ? [] : [`${JSON.stringify(name)}: ${local}`]
  })
  const main = `main: typeof main === 'function' ? main : undefined`
  const inner = found === null ? body : body.slice(0, found.index)
  return { inner, exported: `{ ${[main, ...names].join(', ')} }` }
}

/** One more line hands over `main`, exported or not. */
function addHook(body: string, hook: string): string {
  return `${body};if (typeof main === 'function') globalThis.${hook}.main = main\n`
}

/** The line each line of `body` came from, 0 for none: QuickJS tells lines, not columns. */
function sourceLines(body: string, map: string): number[] | null {
  const source = readMap(map)
  if (source === null) return null
  return body.split('\n').map((line, index) => {
    const indent = /^\s*/u.exec(line)?.[0].length ?? 0
    const origin = source.findEntry(index, indent)
    return 'originalLine' in origin && origin.generatedLine === index ? origin.originalLine + 1 : 0
  })
}

function readMap(url: string): SourceMap | null {
  const data = /^data:application\/json;base64,(?<data>.*)$/u.exec(url)?.groups?.['data']
  return data === undefined ? null : new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString('utf8')))
}
