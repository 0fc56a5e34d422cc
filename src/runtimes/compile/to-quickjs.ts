/**
 * JavaScript and TypeScript as the QuickJS of 2021 takes them. Syntax newer than ES2020 is lowered; so are async
 * functions, to promises of the program's own, because QuickJS does not report unhandled rejections.
 */
import { SourceMap } from 'node:module'
import type { TransformOptions } from 'esbuild'
import type { Compiled } from './compile-job.ts'
import { markFunction, mayCallMain } from '../main-hook.ts'
import { lower, type Lowered } from './lower.ts'
import { markMain } from './mark-main.ts'
import { COMMON_JS, isAsyncBody, isModule } from './module-kind.ts'

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

interface Source {
  fileName: string
  loader: 'js' | 'ts'
  /** Name of the global through which the guest gets at what the code defines. */
  hook: string
}

/** A module, or a script where it can be one: only there strictness is the program's choice. */
export async function prepareScript(code: string, source: Source): Promise<Compiled> {
  const { fileName, loader, hook } = source
  const plain = await lower(code, fileName, { loader })
  if ('error' in plain) return isAsyncBody(code) ? prepareBody(code, source, plain) : plain
  const kind = isModule(plain.code) ? 'module' : 'script'
  const marked = mayCallMain(code) ? markMain(plain.code, hook) : null
  const [text, from] = marked === null ? [code, loader] : [marked.code, 'js' as const]
  const done = await (kind === 'module'
    ? lowerModule(text, { ...source, loader: from })
    : lower(text, fileName, { loader: from, ...QUICKJS }))
  if ('error' in done) return done
  const { body, map } = splitMap(done.code)
  const lines = sourceLines(body, map, fileName)
  return {
    code: kind === 'module' ? addHook(body, hook) : toFunction(body, hook),
    callsMain: marked?.callsMain === true,
    script: { kind, modules: modulesOf(code), shown: fileName, lines },
  }
}

/** Code that awaits and returns at its top level, as one asynchronous function; on its first line, so that none moves. */
async function prepareBody(code: string, source: Source, refused: Lowered): Promise<Compiled> {
  const { fileName, hook } = source
  const marked = markMain(code, hook)
  const text = `globalThis.${hook}.script = async function (${COMMON_JS.join(', ')}) {${addHook(`${marked.code}\n`, hook)}}\n`
  const done = await lower(text, fileName, { loader: 'js', ...QUICKJS })
  if ('error' in done) return refused
  const { body, map } = splitMap(done.code)
  const lines = sourceLines(body, map, fileName)
  const modules = modulesOf(code)
  return {
    code: body,
    callsMain: marked.callsMain,
    script: { kind: 'script', modules, shown: fileName, lines },
  }
}

function modulesOf(code: string): string[] {
  return [...new Set([...code.matchAll(REQUIRE)].map(({ groups }) => groups?.['name'] ?? ''))]
}

async function lowerModule(code: string, { fileName, loader }: Source): Promise<Lowered> {
  const options: TransformOptions = { loader, format: 'esm' }
  const done = await lower(code, fileName, { ...options, ...QUICKJS })
  return 'error' in done && TOP_LEVEL_AWAIT.test(done.error.message)
    ? lowerAwaiting(code, fileName, options)
    : done
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
  return `${body};if (typeof main === 'function') globalThis.${hook}.define(main);${markFunction(hook)}\n`
}

/** As Node wraps CommonJS, on the first line, so that no line changes its number. */
function toFunction(body: string, hook: string): string {
  return `globalThis.${hook}.script = function (${COMMON_JS.join(', ')}) {${addHook(body, hook)}}\n`
}

/** The line each line of `body` came from, 0 for none: QuickJS reports lines, not columns. */
function sourceLines(body: string, map: string, fileName: string): (number | string)[] | null {
  const source = readMap(map)
  if (source === null) return null
  return body.split('\n').map((line, index) => {
    const indent = /^\s*/u.exec(line)?.[0].length ?? 0
    const origin = source.findEntry(index, indent)
    if (!('originalLine' in origin) || origin.generatedLine !== index) return 0
    const number = origin.originalLine + 1
    return origin.originalSource === fileName ? number : `${origin.originalSource}:${number}`
  })
}

function readMap(url: string): SourceMap | null {
  const data = /^data:application\/json;base64,(?<data>.*)$/u.exec(url)?.groups?.['data']
  return data === undefined ? null : new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString('utf8')))
}
