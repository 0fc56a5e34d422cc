/** A program as the guest of its engine takes it. */
import { toShellText } from '../compile/source-text.ts'
import { addMainHook, mainHook } from '../main-hook.ts'
import type { RuntimeIo, RuntimeRequest } from '../runtime.ts'
import { markJavaScript, transpile, transpileForQuickJs, type Refused, type Source } from '../transpile.ts'
import type { Engine } from './engines.ts'

export interface GuestProgram {
  code: string
  /** What the guest needs to know of it. */
  head: Readonly<Record<string, unknown>>
}

/** Lowers and transpiles where the engine needs it, or says why the language refuses the code. */
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
  const hook = mainHook()
  if (engine === 'docker') {
    const plain =
      language === 'typescript'
        ? await transpile(request, source, hook, io)
        : await markJavaScript(request, code, hook, io)
    if (!('code' in plain)) return plain
    return { code: addMainHook(plain.code, hook), head: { hook, callsMain: plain.callsMain === true } }
  }
  const script = await transpileForQuickJs(request, source, hook, io)
  if (!('code' in script)) return script
  const { code: lowered, ...facts } = script
  return { code: lowered, head: { hook, ...facts } }
}
