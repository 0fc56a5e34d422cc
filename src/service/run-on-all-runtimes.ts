import { RuntimeUnavailableError } from '../errors.ts'
import { withoutAlias } from '../record/values.ts'
import type { ExecutionRequest } from '../execution.ts'
import type { Executor } from '../executor/executor.ts'
import type { Scope } from '../store/scope.ts'
import { listRuntimes, type RuntimeView } from './list-runtimes.ts'
import { runCode, type RunView } from './run-code.ts'

/** The results of one program on several runtimes. */
export interface Comparison {
  /** One record per runtime, in the order of the runs. */
  runs: readonly RunView[]
  /** Runtimes that serve the language but are not ready, with what is missing. */
  unready: readonly RuntimeView[]
}

/**
 * Runs the code on every ready runtime that supports its language, one after another so that the runs do not slow each
 * other. A cancellation ends the series.
 * @throws {RuntimeUnavailableError} when no runtime is ready; for a bad request as `execute` does
 */
export async function runOnAllRuntimes(
  parts: { executor: Pick<Executor, 'submit' | 'runtimes'>; scope: Scope },
  request: ExecutionRequest,
): Promise<Comparison> {
  const language = withoutAlias(request.language)
  const serving = (await listRuntimes(parts.executor)).filter(({ languages }) => languages.includes(language))
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
