/** `exectrail run --runtime all`: one program on every ready runtime, side by side. */
import { isDeepStrictEqual } from 'node:util'
import { loadConfig } from '../../config.ts'
import { createExecutor } from '../../executor/executor.ts'
import type { RunView } from '../../service/run-code.ts'
import { runEverywhere } from '../../service/run-everywhere.ts'
import { formatBytes, formatMs } from '../../format.ts'
import { missingLines } from '../runtime-table.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, toJsonLine } from '../visible.ts'
import { cancelOnSignals, closeDelivered, EXIT_CODES, withoutFiles } from './run-ending.ts'
import { readRunRequest, type RunOptions } from './run-request.ts'

const CELL_MAX = 60

/**
 * Runs the code everywhere and resolves to 0 when every outcome is success, else to the exit code of the
 * first that is not.
 * @throws {RuntimeUnavailableError} when no runtime that serves the language is ready
 */
export async function runAll(
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const config = loadConfig()
  // Which one the request names does not matter: each takes its turn.
  const request = await readRunRequest(file, { ...options, runtime: 'subprocess' })
  const executor = await createExecutor({ config })
  const cancelling = cancelOnSignals(terminal)
  try {
    const { runs, unready } = await runEverywhere(
      { executor, scope: 'all' },
      { ...request, signal: cancelling.signal },
    )
    const left = await closeDelivered(executor, config)
    cancelling.ran()
    if (options.json) await terminal.data(toJson(runs.map(withoutFiles)))
    else await terminal.data(renderRuns(runs))
    const bold = (text: string): string => terminal.paint('bold', text, 'talk')
    for (const line of unready.flatMap((runtime) => missingLines(runtime, bold))) terminal.say(line)
    terminal.say(compareRuns(runs))
    if (left > 0)
      terminal.say(`the records wait in the outbox of ${config.home}; \`exectrail up\` takes them along`)
    return EXIT_CODES[runs.find(({ success }) => !success)?.outcome ?? 'success']
  } finally {
    cancelling.release()
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

/** Whether the same program gave the same everywhere; output counts, since a plain script has no result. */
function compareRuns(runs: readonly RunView[]): string {
  const [first, ...others] = runs.map(({ outcome, result, stdout }) => ({ outcome, result, stdout }))
  if (others.length === 0) return 'One runtime ran it; there is nothing to compare.'
  return others.every((other) => isDeepStrictEqual(other, first))
    ? `The same outcome, result and stdout on all ${runs.length}.`
    : 'Outcome, result or stdout differ between runtimes.'
}
