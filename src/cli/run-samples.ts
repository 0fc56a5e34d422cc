/** Runs the samples and prints their statistics from the store. */
import { isExectrailError } from '../errors.ts'
import type { ExecutionResult } from '../execution.ts'
import type { Executor } from '../executor/executor.ts'
import { agentStats } from '../service/agent-stats.ts'
import type { AgentStats } from '../store/queries/agent-stats.ts'
import type { Store } from '../store/client.ts'
import { formatMs } from '../format.ts'
import { SAMPLE_WORKFLOW, SAMPLES_BY_NAME, SAMPLES_OF_AGENTS } from './sample-agents.ts'
import { SAMPLE_AGENT, SAMPLES } from './samples.ts'
import { renderStats } from './stats-table.ts'
import { renderTable } from './table.ts'
import type { Terminal } from './terminal.ts'
import { toJsonLine } from './escape-controls.ts'

const ARRIVE_MS = 15_000
const POLL_MS = 50
/** Tolerates a small difference between the store's clock and ours. */
const WINDOW_MARGIN_MS = 60_000

/** More at a time would wait for each other on a small machine. */
const AT_A_TIME = 2

/** Not published yet; unsigned where signatures are required; yanked. */
const NOT_RUN: ReadonlySet<string> = new Set(['not_found', 'forbidden', 'conflict'])

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
  const count = SAMPLES_OF_AGENTS.length + SAMPLE_WORKFLOW.length
  terminal.say(`Running ${count} more, of other agents, so that the dashboard has something to show.`)
  await runSamplesOfAgents(parts.executor)
  await runSamplesByName(parts.executor)
  terminal.say(
    `Ask more: exectrail logs ${SAMPLE_AGENT} · exectrail stats ${SAMPLE_AGENT} · exectrail sql 'SELECT …'`,
  )
}

async function runSamplesOfAgents(executor: Pick<Executor, 'execute'>): Promise<void> {
  const waiting = SAMPLES_OF_AGENTS.values()
  const runWaiting = async (): Promise<void> => {
    for (const request of waiting) await executor.execute(request)
  }
  const runWorkflow = async (): Promise<void> => {
    for (const request of SAMPLE_WORKFLOW) await executor.execute(request)
  }
  await Promise.all([...Array.from({ length: AT_A_TIME }, runWaiting), runWorkflow()])
}

/** Agents that come with exectrail are published beside the start: those that are there by now run. */
async function runSamplesByName(executor: Pick<Executor, 'execute'>): Promise<void> {
  for (const request of SAMPLES_BY_NAME)
    try {
      await executor.execute(request)
    } catch (error) {
      if (!isExectrailError(error) || !NOT_RUN.has(error.code)) throw error
    }
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
