/** `exectrail run --runtime all`: one program on every ready runtime, side by side. */
import { isDeepStrictEqual } from 'node:util'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { createExecutor } from '../../executor/executor.ts'
import type { RunView } from '../../service/run-code.ts'
import { runOnAllRuntimes } from '../../service/run-on-all-runtimes.ts'
import { formatBytes, formatMs } from '../../format.ts'
import { missingLines } from '../runtime-table.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, toJsonLine } from '../escape-controls.ts'
import { showDiagnostics } from '../diagnostics.ts'
import { callerSpan, cancelOnSignals, closeAndDeliver, EXIT_CODES, withoutFiles } from './run-lifecycle.ts'
import { isAgentReference, readRunRequest, type RunOptions } from './run-request.ts'

const CELL_MAX = 60

/**
 * Runs the code on every ready runtime. Resolves to 0 when every outcome is success, otherwise to the exit code of the
 * first other outcome.
 * @throws {RuntimeUnavailableError} when no runtime that serves the language is ready
 */
export async function runAll(
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const config = loadConfig()
  showDiagnostics(config, terminal)
  if (file !== undefined && options.eval === undefined && (await isAgentReference(file)))
    throw new InvalidRequestError([
      { path: '--runtime', message: `${file} is a code agent, which runs on one of the runtimes it names` },
    ])
  // The runtime of the request is a placeholder.
  const request = await readRunRequest(file, { ...options, runtime: 'subprocess' })
  const executor = await createExecutor({ config })
  const cancellation = cancelOnSignals(terminal)
  try {
    const { runs, unready } = await runOnAllRuntimes(
      { executor, scope: 'all' },
      { ...request, ...callerSpan(config, terminal), signal: cancellation.signal },
    )
    const left = await closeAndDeliver(executor, config)
    cancellation.completed()
    if (options.json) await terminal.data(toJson(runs.map(withoutFiles)))
    else await terminal.data(renderRuns(runs))
    const bold = (text: string): string => terminal.paint('bold', text, 'stderr')
    for (const line of unready.flatMap((runtime) => missingLines(runtime, bold))) terminal.say(line)
    terminal.say(compareRuns(runs))
    if (left > 0)
      terminal.say(`the records wait in the outbox of ${config.home}; \`exectrail up\` delivers them`)
    return EXIT_CODES[runs.find(({ success }) => !success)?.outcome ?? 'success']
  } finally {
    cancellation.release()
    await executor.close(0)
  }
}

function renderRuns(runs: readonly RunView[]): string {
  return renderTable(
    [
      { title: 'runtime' },
      { title: 'outcome' },
      { title: 'result', max: CELL_MAX },
      { title: 'ran', align: 'right' },
      { title: 'start-up', align: 'right' },
      { title: 'memory', align: 'right' },
      { title: 'isolation' },
      { title: 'error', max: CELL_MAX },
    ],
    runs.map((run) => [
      run.runtime,
      run.outcome,
      run.result === null ? null : toJsonLine(run.result),
      formatMs(run.durationMs),
      formatMs(run.startupMs),
      formatBytes(run.memoryPeakBytes),
      run.isolation,
      run.errorMessage ?? run.errorType ?? '',
    ]),
  )
}

/** Whether all runs agree. Stdout counts, because a plain script has no result. */
function compareRuns(runs: readonly RunView[]): string {
  const [first, ...others] = runs.map(({ outcome, result, stdout }) => ({ outcome, result, stdout }))
  if (others.length === 0) return 'One runtime ran it; there is nothing to compare.'
  return others.every((other) => isDeepStrictEqual(other, first))
    ? `The same outcome, result and stdout on all ${runs.length}.`
    : 'Outcome, result or stdout differ between runtimes.'
}
