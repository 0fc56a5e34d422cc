/** Runs the samples and prints their statistics from the store. */
import type { ExecutionResult } from '../execution.ts'
import type { Executor } from '../executor/executor.ts'
import { agentStats } from '../service/agent-stats.ts'
import type { AgentStats } from '../store/queries/agent-stats.ts'
import type { Store } from '../store/client.ts'
import { formatMs } from '../format.ts'
import { SAMPLE_AGENT, SAMPLES } from './samples.ts'
import { renderStats } from './stats-table.ts'
import { renderTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { toJsonLine } from './escape-controls.ts'

const ARRIVE_MS = 15_000
const POLL_MS = 50
/** Tolerates a small difference between the store's clock and ours. */
const WINDOW_MARGIN_MS = 60_000

/** Runs every sample once and prints the outcomes, then the statistics from the store. */
export async function runSamples(
  parts: { executor: Pick<Executor, 'execute'>; store: Store },
  terminal: Terminal,
): Promise<void> {
  terminal.say(`Running ${SAMPLES.length} sample executions.`)
  const results: ExecutionResult[] = []
  for (const { request } of SAMPLES) results.push(await parts.executor.execute(request))
  await terminal.data(renderResults(results))
  const ended = performance.now()
  const stats = await statsOf(parts.store, results)
  if (stats === null) {
    terminal.say(
      `The records did not reach the store within ${ARRIVE_MS / 1000} s: \`exectrail doctor\` says where they are.`,
    )
    return
  }
  terminal.say(`All records could be read ${formatMs(performance.now() - ended)} after the last run ended.`)
  await terminal.data(renderStats(stats, terminal))
  terminal.say(
    `Ask more: exectrail logs ${SAMPLE_AGENT} · exectrail stats ${SAMPLE_AGENT} · exectrail sql 'SELECT …'`,
  )
}

function renderResults(results: readonly ExecutionResult[]): string {
  const rows = results.map((result, index) => [
    SAMPLES[index]?.title ?? null,
    result.language,
    result.runtime,
    result.outcome,
    formatMs(result.durationMs),
    result.errorMessage ?? (result.result === null ? result.stdout.trim() : toJsonLine(result.result)),
  ])
  return renderTable(
    [
      { title: 'sample' },
      { title: 'language' },
      { title: 'runtime' },
      { title: 'outcome' },
      { title: 'ran', align: 'right' },
      { title: 'result or error', max: 50 },
    ],
    rows,
  )
}

/** Statistics of these runs once all are stored; null when they do not arrive in time. */
async function statsOf(store: Store, results: readonly ExecutionResult[]): Promise<AgentStats | null> {
  const from = results[0]?.startedAt ?? new Date().toISOString()
  const deadline = performance.now() + ARRIVE_MS
  while (performance.now() < deadline) {
    const window = { from, to: new Date(Date.now() + WINDOW_MARGIN_MS).toISOString() }
    const stats = await agentStats({ store, scope: 'all' }, { agentId: SAMPLE_AGENT, window })
    if (stats.count >= results.length) return stats
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS)
    })
  }
  return null
}
