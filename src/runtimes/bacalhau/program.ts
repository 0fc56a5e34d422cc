/** A program as the guest of its engine takes it. */
import { randomBytes } from 'node:crypto'
import { toShellText } from '../compile/source-text.ts'
import { addMainHook } from '../main-hook.ts'
import type { RuntimeIo, RuntimeRequest } from '../runtime.ts'
import { transpile, transpileForQuickJs, type Refused, type Source } from '../transpile.ts'
import type { Engine } from './engines.ts'

export interface GuestProgram {
  code: string
  /** What the guest needs to know of it. */
  head: Readonly<Record<string, unknown>>
}

/** Lowers and transpiles where the engine needs it, or tells why the language refuses the code. */
export async function prepareProgram(
  request: RuntimeRequest,
  engine: Engine,
  io: Pick<RuntimeIo, 'signal' | 'onCompiled'>,
): Promise<GuestProgram | Refused> {
  const { language, code } = request
  if (language === 'python') return { code, head: {} }
  if (language === 'bash') return { code: toShellText(code), head: {} }
  const source: Source =
    language === 'typescript' ? { fileName: 'main.ts', loader: 'ts' } : { fileName: 'main.js', loader: 'js' }
  const hook = `exectrail_${randomBytes(8).toString('hex')}`
  if (engine === 'docker') {
    const plain = language === 'typescript' ? await transpile(request, source, io) : { code }
    return 'code' in plain ? { code: addMainHook(plain.code, hook), head: { hook } } : plain
  }
  const script = await transpileForQuickJs(request, source, hook, io)
  if (!('code' in script)) return script
  const { kind, modules, shown, lines } = script
  return { code: script.code, head: { hook, kind, modules, shown, lines } }
}
