/** `import.meta.main`: true in the module that is the program, as in Node, Deno and Bun. Guest programs import that module. */
import { asksForMain } from '../main-hook.ts'
import type { CompileJob } from './compile-job.ts'
import { lower } from './lower.ts'
import { isCommonJs } from './module-kind.ts'

/** Sets it on the first line, so that no line changes its number. What only names it in a text stays as it is. */
export async function setMain(
  code: string,
  { fileName, loader }: Pick<CompileJob, 'fileName' | 'loader'>,
): Promise<string> {
  if (!asksForMain(code)) return code
  const plain = await lower(code, fileName, { loader, sourcemap: false })
  if ('error' in plain || !asksForMain(plain.code) || isCommonJs(plain.code)) return code
  return `import.meta.main=true;${code}`
}
