/** Code as the guest programs of the interpreters take it, here and in E2B's sandboxes. */
import type { Language } from '../execution.ts'
import { bashHead } from './bash-head.ts'
import { toShellText, toSource } from './compile/source-text.ts'
import { canNameFirst, firstModule } from './first-module.ts'
import { addMainHook, mainHook } from './main-hook.ts'
import type { RuntimeIo, RuntimeRequest } from './runtime.ts'
import type { GuestName } from './sandbox/guests.ts'
import { importedFiles, markJavaScript, transpile, type Source, type Transpiled } from './transpile.ts'

/** The program as the guest takes it. */
export interface Program {
  guest: GuestName
  /** Name of the file the code is written to. */
  file: string
  code: Transpiled
  /** First line of the job, made once the nonce is known. */
  head(nonce: string): string
}

const FILES: Record<Language, string> = {
  javascript: 'main.js',
  typescript: 'main.ts',
  python: 'main.py',
  bash: 'main.sh',
}

const TYPESCRIPT = /\.[cm]?ts$/u

/** bash would leave it out and run something else than is recorded. */
const NUL_IN_BASH: Program['code'] = {
  error: { name: 'SyntaxError', message: 'bash takes no NUL character in its code', stack: null },
}

/** The program as the guest programs take it, wherever they run. */
export async function prepareProgram(
  request: RuntimeRequest,
  io: Pick<RuntimeIo, 'signal' | 'onCompiled'>,
): Promise<Program> {
  const { language, code, env } = request
  const file = FILES[language]
  if (language === 'typescript' || language === 'javascript') {
    const source: Source = { fileName: file, loader: language === 'typescript' ? 'ts' : 'js' }
    const hook = mainHook()
    return needsCompiling(request)
      ? prepareModule(request, await transpile(request, source, hook, io), hook, 'mapped')
      : prepareModule(request, await markJavaScript(request, toSource(code), hook, io), hook, 'plain')
  }
  if (language === 'bash')
    return {
      guest: 'bash',
      file,
      code: code.includes('\0') ? NUL_IN_BASH : { code: toShellText(code) },
      head: (nonce) => bashHead(nonce, request),
    }
  return { guest: 'python', file, code: { code }, head: (nonce) => JSON.stringify({ nonce, env, file }) }
}

/** Node takes JavaScript, and imports it from the files given; TypeScript it takes in part. */
function needsCompiling(request: RuntimeRequest): boolean {
  if (request.language === 'typescript') return true
  return importedFiles(request).some(({ path }) => TYPESCRIPT.test(path))
}

/** The module gets one more line that hands its `main`, exported or not, to the guest program. */
function prepareModule(
  request: RuntimeRequest,
  code: Program['code'],
  hook: string,
  kind: 'plain' | 'mapped',
): Program {
  const callsMain = 'code' in code && code.callsMain === true
  const namesFirst = 'code' in code && canNameFirst(code.code)
  const sourceMaps = kind === 'mapped'
  const head = { env: request.env, file: FILES.javascript, hook, callsMain, namesFirst, sourceMaps }
  return {
    guest: 'javascript',
    file: FILES.javascript,
    code: 'code' in code ? { code: addMainHook(code.code, hook, namesFirst ? firstModule(hook) : '') } : code,
    head: (nonce) => JSON.stringify({ nonce, ...head }),
  }
}
