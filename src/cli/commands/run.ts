/** `exectrail run`: one execution in this process. Works without a running stack. */
import { loadConfig, type Config } from '../../config.ts'
import { readEndpoints } from '../../stack/endpoints.ts'
import type { OutputChunk } from '../../execution.ts'
import { createExecutor } from '../../executor/executor.ts'
import { runCode, type RunView } from '../../service/run-code.ts'
import { formatBytes, formatMs } from '../../format.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, toJsonLine, escapeControls, escapeLine } from '../escape-controls.ts'
import { showDiagnostics } from '../diagnostics.ts'
import { callerSpan, cancelOnSignals, closeAndDeliver, EXIT_CODES, withoutFiles } from './run-lifecycle.ts'
import { saveFiles } from './save-files.ts'
import { isAgentReference, readAgentRun, readRunRequest, type RunOptions } from './run-request.ts'

const RESULT_SHOWN = 2000

/**
 * Runs the code and resolves to the exit code of its outcome.
 * @throws {InvalidRequestError} when the options or the request are not valid
 */
export async function run(
  file: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const config = loadConfig()
  showDiagnostics(config, terminal)
  const request =
    file !== undefined && options.eval === undefined && (await isAgentReference(file))
      ? await readAgentRun(file, options)
      : await readRunRequest(file, options)
  const executor = await createExecutor({ config })
  const cancellation = cancelOnSignals(terminal)
  try {
    const onOutput = options.json ? undefined : (chunk: OutputChunk) => printChunk(chunk)
    const view = await runCode(
      { executor, scope: 'all' },
      { ...request, ...callerSpan(config, terminal), onOutput, signal: cancellation.signal },
    )
    const left = await closeAndDeliver(executor, config)
    cancellation.completed()
    if (options.out !== undefined) await saveFiles(view.files, options.out, terminal)
    if (options.json) await terminal.data(toJson(withoutFiles(view)))
    else await summarize(view, { config, left, terminal, options })
    return EXIT_CODES[view.outcome]
  } finally {
    cancellation.release()
    await executor.close(0)
  }
}

/** Pipes get the output unchanged; a terminal gets it with control characters escaped. */
function printChunk({ stream, text }: OutputChunk): Promise<void> {
  const target = process[stream]
  // An error here is also an event of the stream, which the terminal handles.
  return new Promise((resolve) => {
    target.write(target.isTTY ? escapeControls(text) : text, () => resolve())
  })
}

interface SummaryContext {
  config: Config
  left: number
  terminal: Terminal
  options: RunOptions
}

async function summarize(view: RunView, { config, left, terminal, options }: SummaryContext): Promise<void> {
  const good = view.outcome === 'success'
  const mark = terminal.paint(good ? 'green' : 'red', `${good ? '✔' : '✖'} ${view.outcome}`, 'stderr')
  const memory = view.memoryPeakBytes === null ? '' : ` · ${formatBytes(view.memoryPeakBytes)}`
  const sandbox = `isolation ${view.isolation}`
  // A compiler that refuses the code writes nothing to its stderr.
  if (view.errorType === 'syntax_error' && view.stderrBytes === 0 && view.errorStack !== null)
    terminal.say(escapeControls(view.errorStack))
  terminal.say(
    `${mark} · ${view.language} in ${view.runtime} · ${formatMs(view.durationMs)}${memory} · ${sandbox}`,
  )
  for (const warning of view.warnings) terminal.say(`  warning ${escapeControls(warning)}`)
  if (view.errorMessage !== null) terminal.say(`  ${view.errorType}: ${escapeControls(view.errorMessage)}`)
  if (view.hint !== null) terminal.say(`  help    ${view.hint}`)
  if (view.result !== null) terminal.say(`  result  ${escapeLine(toJsonLine(view.result), RESULT_SHOWN)}`)
  if (view.outputTruncated) {
    const whole = formatBytes(view.stdoutBytes + view.stderrBytes)
    terminal.say(`  output was cut in the record, ${whole} in all: exectrail logs ${view.executionId} --full`)
  }
  terminal.say(`  logs    exectrail logs ${view.executionId}`)
  const endpoints = await readEndpoints(config.home)
  if (endpoints !== null) terminal.say(`  record  ${endpoints.service}/v1/executions/${view.executionId}`)
  if (config.signoz.url !== null) terminal.say(`  trace   ${config.signoz.url}/trace/${view.traceId}`)
  if (options.out === undefined && view.files.length > 0)
    terminal.say(
      `  files   ${view.files.length} in /out: exectrail logs ${view.executionId} --out DIRECTORY, or run with --out`,
    )
  if ((view.outFilesDropped ?? 0) > 0)
    terminal.say(
      `  ${view.outFilesDropped} more in /out did not come back: regular files with one link do, 256 of them and 32 MiB`,
    )
  if (left > 0)
    terminal.say(`  the record waits in the outbox of ${config.home}; \`exectrail up\` delivers it`)
}
