/** Users' code compiled for each runtime, always by a process apart; esbuild in this one serves our own programs. */
import type * as Esbuild from 'esbuild'
import type { GivenFile, ScriptFacts } from './compile/compile-job.ts'
import { compile, stopCompilers, type Outcome } from './compile/compiler.ts'
import { isImportable } from './compile/importable.ts'
import { asksForMain, mayCallMain } from './main-hook.ts'
import type { RuntimeExit, RuntimeIo, RuntimeRequest, UncaughtError } from './runtime.ts'
import { faultExit, syntaxExit } from './exits.ts'

/** JavaScript with its source map inline, or why there is none. */
export type Transpiled = { code: string; callsMain?: boolean } | Refused

/** The language refused the code, or the compiler reached a limit, or it was not there, or the run was cancelled. */
export type Refused =
  | { error: UncaughtError }
  | { limit: 'time' | 'memory'; message: string }
  | { fault: string }
  | { cancelled: true }

/** A script for QuickJS and what the guest needs to know about it. */
export interface Script extends ScriptFacts {
  code: string
  callsMain: boolean
}

type Asked = Pick<RuntimeRequest, 'code' | 'organizationId' | 'limits' | 'files'>
type Io = Pick<RuntimeIo, 'signal' | 'onCompiled'>
/** The code's file, and the language it is in. */
export interface Source {
  fileName: string
  loader: 'js' | 'ts'
}

/*
 * `hook` is the name of the global through which the guest program gets at what the code defines.
 */

/** TypeScript, stripped and lowered, with the given files it imports. Modules stay as they are, ES or CommonJS. */
export function transpile(request: Asked, source: Source, hook: string, io: Io): Promise<Transpiled> {
  const files = importedFiles(request)
  return compile({ to: 'module', ...source, hook, files }, request.code, boundsOf(request, io))
}

/** To the body of an async function that fills `exports`, as vm2 takes it; what is no module stays a script. */
export function transpileToScript(request: Asked, source: Source, hook: string, io: Io): Promise<Transpiled> {
  const files = importedFiles(request)
  return compile({ to: 'script', ...source, hook, files }, request.code, boundsOf(request, io))
}

export async function transpileForQuickJs(
  request: Asked,
  source: Source,
  hook: string,
  io: Io,
): Promise<Script | Refused> {
  const files = importedFiles(request)
  const job = { to: 'quickjs', ...source, hook, files } as const
  const done: Outcome = await compile(job, request.code, boundsOf(request, io))
  if (!('code' in done)) return done
  const { code, script, callsMain = false } = done
  return script === undefined
    ? { fault: 'the compiler left out what QuickJS needs' }
    : { ...script, code, callsMain }
}

/** JavaScript that is run as it is, with marks where it may begin its main; without them where that cannot be done. */
export async function markJavaScript(
  request: Pick<Asked, 'organizationId' | 'limits'>,
  code: string,
  hook: string,
  io: Io,
): Promise<Transpiled> {
  if (!mayCallMain(code) && !asksForMain(code)) return { code }
  const job = { to: 'module', fileName: 'main.js', loader: 'js', files: [], hook } as const
  const done = await compile(job, code, boundsOf(request, io))
  return 'code' in done || 'cancelled' in done ? done : { code }
}

const IMPORTS = /\b(?:import|require|export)\b/u

/** Files that `code` may import; none where it imports nothing. */
export function importedFiles({ code, files }: Pick<Asked, 'code' | 'files'>): GivenFile[] {
  if (files.length === 0 || !IMPORTS.test(code)) return []
  return files.flatMap(({ path, content, encoding = 'utf8' }) => {
    if (!isImportable(path)) return []
    return [{ path, text: encoding === 'utf8' ? content : Buffer.from(content, encoding).toString('utf8') }]
  })
}

function boundsOf(
  { organizationId, limits }: Pick<Asked, 'organizationId' | 'limits'>,
  { signal, onCompiled }: Io,
) {
  return { organizationId, timeoutMs: limits.timeoutMs, signal, onCompiled }
}

/** The exit of code that could not be compiled. */
export function refusedExit(refused: Refused, isolation: RuntimeExit['isolation']): RuntimeExit {
  if ('error' in refused) return syntaxExit(refused.error, isolation)
  if ('fault' in refused) return faultExit('runtime_error', refused.fault, isolation)
  if ('cancelled' in refused) return { ...faultExit('runtime_error', '', isolation), fault: null }
  const { limit, message } = refused
  const uncaught = { name: 'CompileError', message, stack: null }
  return { ...faultExit('runtime_error', message, isolation), fault: null, limit, uncaught, durationMs: 0 }
}

/** Ends the processes that compile users' code, unless they are in use; the next code starts another. */
export async function stopCompiling(): Promise<void> {
  await Promise.all([stopEsbuild(), stopCompilers()])
}

let building = 0
let serving = false

/** Lends esbuild, whose process then stays until `stopEsbuild`. */
export async function withEsbuild<T>(work: (esbuild: typeof Esbuild) => Promise<T>): Promise<T> {
  building += 1
  serving = true
  try {
    return await work(await import('esbuild'))
  } finally {
    building -= 1
  }
}

/** Ends esbuild's process unless it is in use; the next use starts another. */
async function stopEsbuild(): Promise<void> {
  if (!serving || building > 0) return
  serving = false
  const { stop } = await import('esbuild')
  await stop()
}
