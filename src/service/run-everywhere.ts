import { RuntimeUnavailableError } from '../errors.ts'
import type { ExecutionRequest } from '../execution.ts'
import type { Executor } from '../executor/executor.ts'
import type { Scope } from '../store/scope.ts'
import { listRuntimes, type RuntimeView } from './list-runtimes.ts'
import { runCode, type RunView } from './run-code.ts'

/** One program on every runtime that could take it. */
export interface Comparison {
  /** One record a runtime, in the order they ran. */
  runs: readonly RunView[]
  /** Runtimes that serve the language but are not ready, with what is missing. */
  unready: readonly RuntimeView[]
}

/**
 * Runs the code on every ready runtime that serves its language, one after the other, so that none slows
 * another. Once cancelled, no further one begins.
 * @throws {RuntimeUnavailableError} when none is ready; what `execute` throws for a bad request
 */
export async function runEverywhere(
  parts: { executor: Pick<Executor, 'execute' | 'runtimes'>; scope: Scope },
  request: ExecutionRequest,
): Promise<Comparison> {
  const serving = (await listRuntimes(parts.executor)).filter(({ languages }) =>
    languages.includes(request.language),
  )
  const unready = serving.filter(({ ready }) => !ready)
  const ready = serving.filter((runtime) => runtime.ready)
  if (ready.length === 0) throw noneReady(request, unready)
  const runs: RunView[] = []
  for (const { name } of ready) {
    if (runs.length > 0 && request.signal?.aborted === true) break
    runs.push(await runCode(parts, { ...request, runtime: name }))
  }
  return { runs, unready }
}

function noneReady({ language }: ExecutionRequest, unready: readonly RuntimeView[]): RuntimeUnavailableError {
  const missing = unready.flatMap((runtime) => runtime.missing.map(({ what }) => `${runtime.name}: ${what}`))
  const fixes = unready.flatMap((runtime) => runtime.missing.map(({ fix }) => `${runtime.name}: ${fix}`))
  return new RuntimeUnavailableError(
    `no runtime that serves ${language} is ready${missing.length === 0 ? '' : `: ${missing.join('; ')}`}`,
    { hint: fixes.length === 0 ? 'Run `exectrail doctor`.' : fixes.join('\n') },
  )
}
