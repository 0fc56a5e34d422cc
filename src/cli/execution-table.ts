/** Executions as tables: a list, or one execution with its output. */
import type { ExecutionView } from '../service/execution-view.ts'
import { formatBytes, formatMs, formatTime } from '../format.ts'
import { renderTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { toJson, escapeControls, escapeLine } from './escape-controls.ts'

/** One line per execution. */
export function renderList(records: readonly Partial<ExecutionView>[], terminal: Terminal): string {
  const messageMax = Math.max(20, terminal.columns - 120)
  return renderTable(
    [
      { title: 'started (UTC)' },
      { title: 'outcome' },
      { title: 'language' },
      { title: 'runtime' },
      { title: 'ran', align: 'right' },
      { title: 'agent', max: 24 },
      { title: 'execution' },
      { title: 'error', max: messageMax },
    ],
    records.map((record) => [
      formatTime(record.startedAt ?? null),
      record.outcome ?? null,
      record.language ?? null,
      record.runtime ?? null,
      formatMs(record.durationMs ?? null),
      record.codeAgentId ?? null,
      record.executionId ?? null,
      record.errorMessage ?? record.errorType ?? '',
    ]),
  )
}

/** The main fields of one execution and its output. */
export function renderExecution(record: ExecutionView, terminal: Terminal): string {
  const fields = renderTable(
    [{ title: 'execution' }, { title: record.executionId, max: 200 }],
    rowsOf(record),
  )
  const bodies = [
    section('error', record.errorStack ?? record.errorMessage, terminal),
    section('help', record.hint, terminal),
    section('result', record.result === null ? null : toJson(record.result), terminal),
    section('input', record.input === null ? null : toJson(record.input), terminal),
    section(sized('stdout', record.stdoutBytes, record), record.stdout, terminal),
    section(sized('stderr', record.stderrBytes, record), record.stderr, terminal),
    section('code', record.code, terminal),
  ]
  return [fields, ...bodies.filter((body) => body !== '')].join('\n\n')
}

function rowsOf(record: ExecutionView): [string, string | null][] {
  const all: [string, string | null][] = [
    ['outcome', record.errorType === null ? record.outcome : `${record.outcome} (${record.errorType})`],
    ['ran', `${record.language} in ${record.runtime}, isolation ${record.isolation}`],
    ['started', record.startedAt],
    [
      'times',
      `run ${formatMs(record.durationMs)}, start-up ${formatMs(record.startupMs)}, queue ${formatMs(record.queueMs)}, cpu ${formatMs(record.cpuMs)}`,
    ],
    [
      'memory',
      record.memoryPeakBytes === null
        ? null
        : `${formatBytes(record.memoryPeakBytes)} at most (${record.memorySource})`,
    ],
    ['sandbox', sandboxOf(record)],
    ['exit', record.signal ?? (record.exitCode === null ? null : String(record.exitCode))],
    ['organization', record.organizationId],
    ['workspace', record.workspaceId],
    ['user', record.userId],
    ['agent', record.codeAgentId],
    ['workflow execution', record.workflowExecutionId],
    ['node', record.nodeId],
    ['replay of', record.replayOf],
    ['tokens', record.tokensUsed === null ? null : String(record.tokensUsed)],
    ['trace', record.traceId],
  ]
  return all.filter(([, value]) => value !== null)
}

/** The sandbox and its age, if the runtime keeps sandboxes. */
function sandboxOf({ sandboxId, sandboxAgeMs }: ExecutionView): string | null {
  if (sandboxId === null || sandboxAgeMs === null) return sandboxId
  return `${sandboxId} (${sandboxAgeMs === 0 ? 'new' : `${formatMs(sandboxAgeMs)} old`})`
}

function sized(name: string, bytes: number, record: ExecutionView): string {
  return record.outputTruncated ? `${name} (cut; ${formatBytes(bytes)} in all)` : name
}

function section(title: string, body: string | null, terminal: Terminal): string {
  if (body === null || body === '') return ''
  return `${terminal.paint('bold', escapeLine(title, 80), 'stdout')}\n${escapeControls(body).trimEnd()}`
}
