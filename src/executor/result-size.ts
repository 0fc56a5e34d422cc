import type { ExecutionResult } from '../execution.ts'

/** Bytes of a result in memory: two a unit, and what an entry itself takes. */
export function weigh({ code, input, stdout, stderr, resultText, files }: ExecutionResult): number {
  const texts = [code, input, stdout, stderr, resultText, resultText]
  const units = texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
  return 1024 + 2 * files.reduce((sum, { content }) => sum + content.length, units)
}
