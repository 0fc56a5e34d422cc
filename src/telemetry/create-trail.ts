/** The trail: spans and log records of executions, through the SDK into the outbox, and from there to the Collector. */
import { join } from 'node:path'
import { context } from '@opentelemetry/api'
import { zeroCounters, type Counters } from './counters.ts'
import { ExecutionTracer } from './record/execution-tracer.ts'
import { ExecutionEntry } from './record/execution-entry.ts'
import { attributesJson } from './record/otlp-json.ts'
import { noteLoss } from './outbox/losses.ts'
import type { Fsync } from './outbox/sync-directory.ts'
import { OutboxWriter } from './outbox/writer.ts'
import { Recorder } from './outbox/recorder.ts'
import { resourceOf } from './resource.ts'
import { registerProviders } from './providers.ts'
import type { Endpoint } from './delivery/otlp-client.ts'
import { Sender } from './delivery/sender.ts'
import type { ToolCallDurations } from './tool-call-durations.ts'
import type { Trail, TrailStatus } from './trail.ts'

export interface TrailOptions {
  /** `EXECTRAIL_HOME`; the outbox lies below it. */
  home: string
  serviceName: string
  /** Also the resource's `service.instance.id`. */
  executorId: string
  /** Bound of the outbox on disk; beyond it what begins waits in memory, and what has no room there is counted. */
  outboxMaxBytes: number
  /** Where OTLP over HTTP goes now; null while there is nowhere. Asked again after every failure. */
  resolveEndpoint: () => Promise<Endpoint | null>
  /** What could not be delivered for so long is given up and counted, ms. @default 30 days */
  outboxMaxAgeMs?: number
  /** When records survive power loss, too: at once, at the price of a disk write each, or soon. @default 'never' */
  fsync?: Fsync
  /** Where the durations of tool calls are counted. */
  durations?: ToolCallDurations
  /** How long another's heartbeat stands still before it counts as gone, ms. @default 90 s */
  silenceMs?: number
}

const MAX_AGE_MS = 30 * 86_400_000

/**
 * Opens the trail of one executor.
 * @throws {ExectrailError} when the self-test fails
 */
export async function createTrail(options: TrailOptions): Promise<Trail> {
  const resource = resourceOf(options)
  const root = join(options.home, 'outbox')
  const counters = zeroCounters()
  const resourceJson = `{"attributes":${attributesJson(resource.attributes)}}`
  const shared = { root, ownerId: options.executorId, resource: resourceJson }
  const { outboxMaxBytes: maxBytes, outboxMaxAgeMs: maxAgeMs = MAX_AGE_MS, silenceMs } = options
  const { resolveEndpoint } = options
  const writer = new OutboxWriter({ ...shared, fsync: options.fsync ?? 'never', silenceMs })
  const recorder: Recorder = new Recorder({
    writer,
    counters,
    maxBytes,
    wake: (bytes) => sender.wake(bytes),
    noteLoss: (records, why) => noteLoss(root, { executorId: options.executorId, records, why }),
  })
  const sender = new Sender({ ...shared, writer, recorder, counters, resolveEndpoint, silenceMs, maxAgeMs })
  const releaseGlobals = registerProviders(resource, (record) => recorder.take(record))
  const entryParts = {
    tracer: new ExecutionTracer(resource),
    recorder,
    counters,
    durations: options.durations,
  }
  const shutdown = async (deadlineMs: number): Promise<{ left: number }> => {
    const left = await sender.flush(deadlineMs, (waiting) => {
      sender.stop()
      writer.close(waiting === 0 ? 'none' : 'some')
    })
    releaseGlobals()
    return { left }
  }
  return {
    begin: (record, tool) =>
      new ExecutionEntry(record, { ...entryParts, parent: context.active(), toolName: tool?.toolName }),
    flush: async (deadlineMs) => ({ left: await sender.flush(deadlineMs) }),
    shutdown,
    status: () => statusOf(counters, sender, recorder),
  }
}

function statusOf(counters: Counters, sender: Sender, { heldBytes }: Recorder): TrailStatus {
  const { bytes, sinceMs } = sender.pending
  const oldestMs = sinceMs === null ? null : Math.max(0, Date.now() - sinceMs)
  return { ...counters, appends: { ...counters.appends }, outboxBytes: bytes, heldBytes, oldestMs }
}
