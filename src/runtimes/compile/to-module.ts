/** TypeScript to JavaScript that Node runs. */
import { transformSync } from 'oxc-transform'
import { OUTPUT_MAX_BYTES } from './compile-job.ts'
import { lower, toSyntaxError, type Lowered } from './lower.ts'

/** Decorators and their accessors are not yet in V8; only esbuild lowers the standard ones. */
const DECORATOR = /(?:^|[\s;{}(])@[A-Za-z_$(]|\baccessor\s/m
/** Of a code frame; code may be one line of megabytes. */
const FRAME_MAX = 2000

/** Strips and lowers `code`. */
export async function toModule(code: string, fileName: string): Promise<Lowered> {
  if (DECORATOR.test(code)) return lower(code, fileName)
  const done = transformSync(fileName, code, {
    lang: 'ts',
    sourceType: 'unambiguous',
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: false },
  })
  const error = done.code === '' ? done.errors[0] : undefined
  if (error !== undefined) {
    const refused = await lower(code, fileName) // in the words of the other runtimes
    if ('error' in refused) return refused
    const frame = error.codeframe?.slice(0, FRAME_MAX) ?? null
    return { error: toSyntaxError(error.message, frame, locate(code, error, fileName)) }
  }
  return { code: done.map === undefined ? done.code : addMap(done.code, JSON.stringify(done.map)) }
}

function locate(code: string, error: { labels: { start: number }[] }, fileName: string): string {
  const before = code.slice(0, error.labels[0]?.start ?? 0)
  const line = before.split('\n').length
  return `${fileName}:${line}:${before.length - before.lastIndexOf('\n')}`
}

/** Code that is as large as it may be without its map goes without it. */
function addMap(code: string, map: string): string {
  const comment = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
  return code.length + comment.length > OUTPUT_MAX_BYTES ? code : `${code}${comment}`
}
