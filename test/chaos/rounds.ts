/** Rounds of killing, with a real Collector and a real store; what was begun is compared with what is stored. */
import { setTimeout as pause } from 'node:timers/promises'
import type { TestStack } from '../support/stack.ts'
import { waitFor } from '../support/wait.ts'
import { openTrail } from '../telemetry/open-trail.ts'
import { runChild, type Said } from '../telemetry/run-child.ts'

export interface Verdict {
  begun: number
  /** Begun and without a row, or without a span. */
  missing: string[]
  missingSpans: string[]
  /** Stored and never begun. */
  invented: string[]
  /** More than one row, or span, after FINAL. */
  duplicates: string[]
  duplicateSpans: string[]
  /** Completed, and stored as anything but what it came to. */
  untrue: string[]
}

const ROWS = "FROM code_exec_logs FINAL WHERE organization_id = 'killed'"
const SPAN_ID = "SpanAttributes['code_exec.execution.id']"
const SPANS = "FROM otel_traces FINAL WHERE SpanAttributes['code_exec.organization.id'] = 'killed'"

/**
 * Kills an executor in full run after a random time, round after round, and every second time a part of the
 * stack, too. Then lets the next executor send what is left and looks.
 */
export async function killRepeatedly(
  started: TestStack,
  { rounds, random }: { rounds: number; random: () => number },
): Promise<Verdict> {
  const all: Said = { announced: new Set(), begun: new Set(), completed: new Set() }
  const { home } = started.config
  const url = started.stack.endpoints.otlpHttp
  for (let round = 0; round < rounds; round += 1) {
    await using child = runChild(home, url)
    await waitFor(() => child.said().begun.size > 0, { timeoutMs: 20_000, what: 'a first execution' })
    await pause(random() * 1000)
    if (round % 2 === 1) await killPart(started, random() < 0.5 ? 'collector' : 'store')
    await pause(random() * 500)
    const said = await child.kill()
    for (const id of said.announced) all.announced.add(id)
    for (const id of said.begun) all.begun.add(id)
    for (const id of said.completed) all.completed.add(id)
  }
  const last = await openTrail(home, url)
  const { left } = await last.shutdown(60_000)
  if (left > 0) throw new Error(`${left} bytes are left in the outbox: ${last.status().lastError ?? ''}`)
  return judge(started, all)
}

async function killPart(started: TestStack, name: 'collector' | 'store'): Promise<void> {
  await waitFor(() => started.part(name).state === 'ready', { timeoutMs: 60_000, what: `the ${name}` })
  await started.kill(name)
}

async function judge(started: TestStack, said: Said): Promise<Verdict> {
  const ask = (query: string): Promise<string[]> => started.column(query).catch(() => [])
  const count = async (query: string): Promise<number> => Number((await ask(query))[0] ?? 0)
  const wanted = said.begun.size
  await waitFor(
    async () =>
      (await count(`SELECT uniqExact(execution_id) ${ROWS}`)) >= wanted &&
      (await count(`SELECT uniqExact(${SPAN_ID}) ${SPANS}`)) >= wanted,
    { timeoutMs: 60_000, what: 'everything begun to be stored' },
  ).catch(() => null)
  const rows = new Set(await started.column(`SELECT DISTINCT execution_id ${ROWS}`))
  const spans = new Set(await started.column(`SELECT DISTINCT ${SPAN_ID} ${SPANS}`))
  const successes = new Set(await started.column(`SELECT execution_id ${ROWS} AND outcome = 'success'`))
  return {
    begun: wanted,
    missing: [...said.begun].filter((id) => !rows.has(id)),
    missingSpans: [...said.begun].filter((id) => !spans.has(id)),
    invented: [...rows].filter((id) => !said.announced.has(id)),
    duplicates: await started.column(`SELECT execution_id ${ROWS} GROUP BY execution_id HAVING count() > 1`),
    duplicateSpans: await started.column(`SELECT ${SPAN_ID} AS id ${SPANS} GROUP BY id HAVING count() > 1`),
    untrue: [...said.completed].filter((id) => !successes.has(id)),
  }
}
