/** Executions at a steady rate that end at once: what is measured begins behind them. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Executor } from '../../src/executor/executor.ts'
import { EMPTY_EXIT } from '../../src/runtimes/exits.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'

export const immediate: Runtime = {
  name: 'subprocess',
  capabilities: { languages: ['bash'], isolation: 'none', enforces: [], streaming: false },
  run(_request, io) {
    io.onRunning()
    return Promise.resolve({ ...EMPTY_EXIT, exitCode: 0 })
  },
  check: () => Promise.reject(new Error('not asked for')),
  close: () => Promise.resolve(),
}

/** Runs so many a second. Returns how many there were. */
export async function executeSteadily(
  executor: Executor,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number> {
  const begun = performance.now()
  const runs: Promise<unknown>[] = []
  for (let n = 0; n < seconds * perSecond; n += 1) {
    const due = begun + (n * 1000) / perSecond
    if (due > performance.now()) await pause(due - performance.now())
    const context = { organizationId: 'bench', codeAgentId: `agent-${n % 20}` }
    runs.push(executor.execute({ runtime: 'subprocess', language: 'bash', code: 'true', context }))
  }
  await Promise.all(runs)
  return runs.length
}
