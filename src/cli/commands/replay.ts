/** `exectrail replay`: runs an execution again through the running service and compares the two. */
import { loadConfig } from '../../config.ts'
import { InvalidRequestError, messageOf } from '../../errors.ts'
import { parseExactly } from '../../exact-json.ts'
import { formatBytes, formatMs } from '../../format.ts'
import type { ExecutionView } from '../../service/execution-view.ts'
import type { RuntimeView } from '../../service/list-runtimes.ts'
import type { RunView } from '../../service/run-code.ts'
import { toJson, toJsonLine } from '../escape-controls.ts'
import { missingLines } from '../runtime-table.ts'
import { findService, type ServiceClient } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { cancelOnSignals, EXIT_CODES, withoutFiles } from './run-lifecycle.ts'

export interface ReplayOptions {
  runtime?: string
  input?: string
  env?: readonly string[]
  timeoutMs?: string
  memoryMb?: string
  org?: string
  json?: true
}

const CELL_MAX = 40
/** Waiting for a slot, starting and answering, beyond the time limit. */
const BESIDE_MS = 120_000

/** Resolves to 0 when every replay succeeds, otherwise to the exit code of the first other outcome. */
export async function replay(id: string, options: ReplayOptions, terminal: Terminal): Promise<number> {
  const changes = readChanges(options)
  const service = await findService(loadConfig())
  const organization = options.org
  const original = await service.get<ExecutionView>(`/v1/executions/${encodeURIComponent(id)}`, {
    organization,
  })
  const runtimes = await chooseRuntimes(service, { original, asked: options.runtime }, terminal)
  const cancellation = cancelOnSignals(terminal)
  try {
    const replays: RunView[] = []
    for (const runtime of runtimes) {
      if (cancellation.signal.aborted) break
      const timeoutMs = (changes.limits.timeoutMs ?? original.limitTimeoutMs) + BESIDE_MS
      const body = runtime === undefined ? changes : { ...changes, runtime }
      const path = `/v1/executions/${encodeURIComponent(original.executionId)}/replay`
      replays.push(
        await service.post<RunView>(path, body, {
          query: { organization },
          timeoutMs,
          signal: cancellation.signal,
        }),
      )
    }
    cancellation.completed()
    if (options.json) await terminal.data(toJson({ original, replays: replays.map(withoutFiles) }))
    else await terminal.data(renderReplays(original, replays))
    terminal.say(compareAll(original, replays))
    return EXIT_CODES[replays.find(({ success }) => !success)?.outcome ?? 'success']
  } finally {
    cancellation.release()
  }
}

/** Undefined is the runtime of the execution. */
async function chooseRuntimes(
  service: ServiceClient,
  { original, asked }: { original: ExecutionView; asked: string | undefined },
  terminal: Terminal,
): Promise<(string | undefined)[]> {
  if (asked !== 'all') return [asked]
  const { data } = await service.get<{ data: RuntimeView[] }>('/v1/runtimes')
  const serving = data.filter(({ languages }) => languages.includes(original.language))
  const bold = (text: string): string => terminal.paint('bold', text, 'stderr')
  const unready = serving.filter(({ ready }) => !ready)
  for (const line of unready.flatMap((runtime) => missingLines(runtime, bold))) terminal.say(line)
  return serving.filter(({ ready }) => ready).map(({ name }) => name)
}

function readChanges({ input, env, timeoutMs, memoryMb }: ReplayOptions) {
  const limits = {
    ...(timeoutMs === undefined ? {} : { timeoutMs: toCount(timeoutMs, '--timeout-ms') }),
    ...(memoryMb === undefined ? {} : { memoryMb: toCount(memoryMb, '--memory-mb') }),
  }
  return {
    limits,
    ...(input === undefined ? {} : { input: parseInput(input) }),
    ...(env === undefined ? {} : { env: Object.fromEntries(env.map(toVariable)) }),
  }
}

function parseInput(text: string): unknown {
  try {
    return parseExactly(text)
  } catch (error) {
    throw new InvalidRequestError([
      { path: '--input', message: `not JSON: ${messageOf(error)}; quote strings` },
    ])
  }
}

function toVariable(pair: string): [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new InvalidRequestError([{ path: '--env', message: 'NAME=VALUE' }])
  return [pair.slice(0, at), pair.slice(at + 1)]
}

function toCount(text: string, option: string): number {
  if (/^\d{1,9}$/u.test(text)) return Number(text)
  throw new InvalidRequestError([{ path: option, message: `${text} is not a whole number` }])
}

function renderReplays(original: ExecutionView, replays: readonly RunView[]): string {
  const rows = [original, ...replays].map((run, index) => [
    index === 0 ? 'original' : 'replay',
    run.runtime,
    run.outcome,
    run.result === null ? null : toJsonLine(run.result),
    index === 0 ? '' : isSame(run.stdout, original.stdout),
    index === 0 ? '' : isSame(run.stderr, original.stderr),
    formatMs(run.durationMs),
    formatBytes(run.memoryPeakBytes),
    run.errorMessage ?? run.errorType ?? '',
    run.executionId,
  ])
  return renderTable(
    [
      { title: '' },
      { title: 'runtime' },
      { title: 'outcome' },
      { title: 'result', max: CELL_MAX },
      { title: 'stdout' },
      { title: 'stderr' },
      { title: 'ran', align: 'right' },
      { title: 'memory', align: 'right' },
      { title: 'error', max: CELL_MAX },
      { title: 'execution' },
    ],
    rows,
  )
}

/** A record keeps the beginning and the end of a long output, with secrets masked. */
function isSame(now: string, before: string): string {
  return now === before ? 'same' : 'differs'
}

function compareAll(original: ExecutionView, replays: readonly RunView[]): string {
  const different = replays.filter((run) => whatCame(run) !== whatCame(original))
  if (replays.length === 0) return 'Nothing was run: no ready runtime serves the language.'
  if (different.length === 0) return 'The same outcome, result and stdout as before.'
  return `Outcome, result or stdout differ: ${different.map(({ runtime }) => runtime).join(', ')}.`
}

/** As text, because numbers with more digits than a double are objects until they are written. */
function whatCame({ outcome, result, stdout }: ExecutionView): string {
  return JSON.stringify([outcome, result, stdout])
}
