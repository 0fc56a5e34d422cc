/** By esbuild, whose own process lives and dies with the compiler's. */
import type { TransformOptions } from 'esbuild'
import type { UncaughtError } from '../runtime.ts'

/** JavaScript with its source map inline, or why the language refused. */
export type Lowered = { code: string } | { error: UncaughtError }

/** Lowers `code` with `options` beside the usual ones. Rejects where esbuild itself died. */
export async function lower(
  code: string,
  fileName: string,
  options: TransformOptions = {},
): Promise<Lowered> {
  const { transform } = await import('esbuild')
  try {
    const done = await transform(code, {
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
    if (!hasErrors(error)) throw error
    return { error: readFailure(error, fileName) }
  }
}

export interface EsbuildFailure {
  errors: {
    text: string
    location: { file?: string; line?: number; column?: number; lineText?: string } | null
  }[]
}

function hasErrors(error: unknown): error is EsbuildFailure {
  return typeof error === 'object' && error !== null && 'errors' in error && Array.isArray(error.errors)
}

/** Of the line that is shown; code may be one line of megabytes. */
const LINE_MAX = 500

/** What esbuild has against code, as the error of an interpreter. */
export function readFailure({ errors }: EsbuildFailure, fileName: string): UncaughtError {
  const { text = 'the code cannot be compiled', location = null } = errors[0] ?? {}
  const { file = fileName, line = 1, column = 0, lineText = '' } = location ?? {}
  const name = file.replace(/^given:/u, '')
  return toSyntaxError(text, lineText.slice(0, LINE_MAX), `${name}:${line}:${column + 1}`)
}

/** As the error of an interpreter: where, the line it is about, the words. */
export function toSyntaxError(message: string, excerpt: string | null, where: string): UncaughtError {
  const shown = excerpt === null || excerpt.trim() === '' ? '' : `\n${excerpt.trimEnd()}`
  return { name: 'SyntaxError', message, stack: `${where}${shown}\nSyntaxError: ${message}` }
}
