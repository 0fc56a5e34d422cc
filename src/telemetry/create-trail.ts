/** Puts the trail together: records into the outbox, and from there to the Collector. */
import { join } from 'node:path'
import { zeroCounters, type Counters } from './counters.ts'
import { ExecutionTracer } from './record/execution-tracer.ts'
import { ExecutionEntry } from './record/execution-entry.ts'
import { attributesJson } from './record/otlp-json.ts'
import { noteLoss } from './outbox/losses.ts'
import type { Fsync } from './outbox/sync-directory.ts'
import { OutboxWriter } from './outbox/writer.ts'
import { Recorder } from './outbox/recorder.ts'
import { resourceOf } from './resource.ts'
import { activeContext } from './parent-context.ts'
import { openHostPipeline } from './host-pipeline.ts'
import { createFanOut, type FanOut, type Processors } from './fan-out.ts'
import type { HostSdk } from './providers.ts'
import type { Endpoint } from './delivery/otlp-client.ts'
import { Sender } from './delivery/sender.ts'
import type { ToolCallDurations } from './metrics/tool-call-durations.ts'
import type { Trail, TrailStatus } from './trail.ts'

export interface TrailOptions {
  /** `EXECTRAIL_HOME`; the outbox lies below it. */
  home: string
  serviceName: string
  /** Also the resource's `service.instance.id`. */
  executorId: string
  /** Limit of the outbox on disk; beyond it new records wait in memory, and what memory cannot hold is counted as dropped. */
  outboxMaxBytes: number
  /** The OTLP/HTTP endpoint at this moment; null while there is none. Called again after every failure. */
  resolveEndpoint: () => Promise<Endpoint | null>
  /** Records not delivered within this time are given up and counted, ms. @default 30 days */
  outboxMaxAgeMs?: number
  /** Whether records also survive power loss: each is synced to the disk, or all of them at intervals. @default 'never' */
  fsync?: Fsync
  /** Where the durations of tool calls are counted. */
  durations?: ToolCallDurations
  /** How long the heartbeat of another process may stand still before it counts as gone, ms. @default 90 s */
  silenceMs?: number
  /** Points the OpenTelemetry globals at the outbox. @default they stay the host program's */
  hostSdk?: HostSdk | null
  /** The host program's own, which get the spans and completed records of executions too. */
  processors?: Processors
}

const MAX_AGE_MS = 30 * 86_400_000

/**
 * Opens the trail of one executor.
 * @throws {ExectrailError} when the self-test fails
 */
export async function createTrail(options: TrailOptions): Promise<Trail> {
  const resource = resourceOf(options, options.hostSdk?.resource)
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
  const fanOut = createFanOut(resource, options.processors)
  const releaseGlobals = await options.hostSdk?.claim(
    openHostPipeline(resource, fanOut, (record) => recorder.take(record)),
  )
  const entryParts = {
    tracer: new ExecutionTracer(resource, fanOut.spanProcessors),
    emit: fanOut.emit,
    recorder,
    counters,
    durations: options.durations,
  }
  return {
    begin: (record, call) =>
      new ExecutionEntry(record, {
        ...entryParts,
        parent: call?.parent ?? activeContext(),
        toolName: call?.toolName,
      }),
    ...endings({ sender, writer, fanOut, releaseGlobals }),
    status: () => statusOf(counters, sender, recorder),
  }
}

interface Endings {
  sender: Sender
  writer: OutboxWriter
  fanOut: FanOut
  releaseGlobals: (() => Promise<void>) | undefined
}

function endings({ sender, writer, fanOut, releaseGlobals }: Endings): Pick<Trail, 'flush' | 'shutdown'> {
  return {
    async flush(deadlineMs) {
      const [left] = await Promise.all([sender.flush(deadlineMs), fanOut.flush(deadlineMs)])
      return { left }
    },
    async shutdown(deadlineMs) {
      const flushed = fanOut.flush(deadlineMs)
      const left = await sender.flush(deadlineMs, (waiting) => {
        sender.stop()
        writer.close(waiting === 0 ? 'none' : 'some')
      })
      await flushed
      await releaseGlobals?.()
      return { left }
    },
  }
}

function statusOf(counters: Counters, sender: Sender, { heldBytes }: Recorder): TrailStatus {
  const { bytes, sinceMs } = sender.pending
  const oldestMs = sinceMs === null ? null : Math.max(0, Date.now() - sinceMs)
  return { ...counters, appends: { ...counters.appends }, outboxBytes: bytes, heldBytes, oldestMs }
}
