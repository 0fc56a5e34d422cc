/** What was begun against what is stored, as sets of ids. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Said } from './recorder.ts'
import type { Stage } from './stage.ts'

/** The column of the rows and the attribute of the spans that hold the id the recorder said. */
export interface IdPlace {
  column: 'execution_id' | 'workflow_execution_id'
  attribute: 'code_exec.execution.id' | 'code_exec.workflow_execution.id'
}
export const BY_EXECUTION: IdPlace = { column: 'execution_id', attribute: 'code_exec.execution.id' }
export const BY_WORKFLOW: IdPlace = {
  column: 'workflow_execution_id',
  attribute: 'code_exec.workflow_execution.id',
}

export interface Begun extends Pick<Said, 'announced' | 'begun' | 'completed'> {
  organizationId: string
  by: IdPlace
}

const PATIENCE_MS = 60_000
/** Each poll counts three tables. */
const POLL_MS = 500

/** Waits for what was begun to be stored, then says what is wrong, a line each; nothing where all is well. */
export async function judge(stage: Pick<Stage, 'column'>, begun: Begun): Promise<string[]> {
  const ask = tablesOf(stage, begun)
  await waitForAll(begun.begun.size, ask)
  const [rows, spans, started] = await Promise.all([ask.rows(), ask.spans(), ask.started()])
  const rowIds = new Set(rows)
  const successes = new Set(await ask.successes())
  return [
    line('without a row', minus(begun.begun, rowIds)),
    line('without a span', minus(begun.begun, new Set(spans))),
    line('without a started event', minus(begun.begun, new Set(started))),
    line('stored and never begun', minus([...rowIds, ...spans], begun.announced)),
    line('with more than one row', repeated(rows)),
    line('with more than one span', repeated(spans)),
    line('completed and stored as something else', minus(begun.completed, successes)),
  ].filter((text) => text !== null)
}

interface Tables {
  rows: () => Promise<string[]>
  spans: () => Promise<string[]>
  started: () => Promise<string[]>
  successes: () => Promise<string[]>
  count: () => Promise<number>
}

function tablesOf(stage: Pick<Stage, 'column'>, { organizationId, by }: Begun): Tables {
  const own = `organization_id = '${organizationId}'`
  const rows = `FROM code_exec_logs FINAL WHERE ${own}`
  const spanId = `SpanAttributes['${by.attribute}']`
  const ownSpans = `SpanAttributes['code_exec.organization.id'] = '${organizationId}'`
  const spans = `FROM otel_traces FINAL WHERE ${ownSpans}`
  const first = async (query: string): Promise<number> => Number((await stage.column(query))[0] ?? 0)
  return {
    rows: () => stage.column(`SELECT ${by.column} ${rows}`),
    spans: () => stage.column(`SELECT ${spanId} ${spans}`),
    // Their table does not hold every id the caller may know them by.
    started: () =>
      by.column === 'execution_id'
        ? stage.column(`SELECT execution_id FROM code_exec_events FINAL WHERE ${own}`)
        : stage.column(
            `SELECT ${by.column} ${rows} AND execution_id IN (SELECT execution_id FROM code_exec_events WHERE ${own})`,
          ),
    successes: () => stage.column(`SELECT ${by.column} ${rows} AND outcome = 'success'`),
    count: async () =>
      Math.min(
        await first(`SELECT uniqExact(${by.column}) FROM code_exec_logs WHERE ${own}`),
        await first(`SELECT uniqExact(${spanId}) FROM otel_traces WHERE ${ownSpans}`),
        await first(`SELECT uniqExact(execution_id) FROM code_exec_events WHERE ${own}`),
      ),
  }
}

async function waitForAll(wanted: number, { count }: Tables): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while ((await count().catch(() => -1)) < wanted && performance.now() < deadline) await pause(POLL_MS)
}

function minus(all: Iterable<string>, without: ReadonlySet<string>): string[] {
  return [...new Set(all)].filter((id) => !without.has(id))
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return ids.filter((id) => seen.size === seen.add(id).size)
}

function line(what: string, ids: readonly string[]): string | null {
  return ids.length === 0 ? null : `${ids.length} ${what}, such as ${ids.slice(0, 3).join(', ')}`
}
