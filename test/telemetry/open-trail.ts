/** A trail in a home of a test, and executions that leave their record in it. */
import { v7 as uuidv7 } from 'uuid'
import type { ExecutionRecord } from '../../src/execution.ts'
import { createTrail, type TrailOptions } from '../../src/telemetry/create-trail.ts'
import type { Trail, TrailEntry } from '../../src/telemetry/trail.ts'
import { makeRecord } from '../support/records.ts'

/** Opens a trail that sends to `url`, or nowhere. */
export function openTrail(
  home: string,
  url: string | null,
  more: Partial<TrailOptions> = {},
): Promise<Trail> {
  return createTrail({
    home,
    serviceName: 'test',
    executorId: uuidv7(),
    outboxMaxBytes: 1_073_741_824,
    resolveEndpoint: () => Promise.resolve(url === null ? null : { url, headers: {} }),
    ...more,
  })
}

/** Begins one; what only a completion knows is left out, as the executor does. */
export function begin(trail: Trail, record: ExecutionRecord): TrailEntry {
  return trail.begin(record)
}

/** Begins and completes one. */
export function leave(
  trail: Trail,
  change: Partial<ExecutionRecord> = {},
): { id: string; entry: TrailEntry } {
  const record = makeRecord(change)
  const entry = begin(trail, record)
  entry.complete({ ...record, traceId: entry.traceId, spanId: entry.spanId })
  return { id: record.executionId, entry }
}

/** Leaves many, a few at a time so that the sender comes to run. */
export async function leaveMany(trail: Trail, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    ids.push(leave(trail).id)
    if (ids.length % 100 === 0) await new Promise(setImmediate)
  }
  return ids
}
