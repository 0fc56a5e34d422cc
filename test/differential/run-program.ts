/** What a program comes to on one runtime, as its author sees it. */
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'
import type { Program } from './programs.ts'

export interface Answer {
  outcome: string
  errorType: string | null
  errorMessage: string | null
  exitCode: number | null
  result: unknown
  stdout: string
}

export async function runProgram(runtime: Runtime, program: Program): Promise<Answer> {
  const { language, code, input, env, files = {} } = program
  const execution = await toyExecutor(runtime).execute({
    runtime: runtime.name,
    language,
    code,
    limits: { timeoutMs: 20_000 },
    files: Object.entries(files).map(([path, content]) => ({ path, content })),
    ...(input === undefined ? {} : { input }),
    ...(env === undefined ? {} : { env }),
  })
  const { outcome, errorType, errorMessage, exitCode, result, stdout } = execution
  return { outcome, errorType, errorMessage, exitCode, result, stdout }
}
