/** The trail: spans and log records of executions, through the SDK into the outbox, and from there to the Collector. */
import { join } from 'node:path'
import { context, trace } from '@opentelemetry/api'
import { defaultResource, resourceFromAttributes, type Resource } from '@opentelemetry/resources'
import type { StartedRecord } from '../execution.ts'
import { zeroCounters, type Counters } from './counters.ts'
import { ExecutionEntry } from './execution-entry.ts'
import { attributesJson } from './otlp-json.ts'
import { OutboxWriter } from './outbox/writer.ts'
import { Recorder } from './recorder.ts'
import { startProviders } from './providers.ts'
import { Sender, type Endpoint } from './sender.ts'
import type { Trail, TrailStatus } from './trail.ts'

export interface TrailOptions {
  /** `EXECTRAIL_HOME`; the outbox lies below it. */
  home: string
  serviceName: string
  /** Also the resource's `service.instance.id`. */
  executorId: string
  /** Bound of the outbox on disk; beyond it nothing more is begun in it, and that is counted. */
  outboxMaxBytes: number
  /** Where OTLP over HTTP goes now; null while there is nowhere. Asked again after every failure. */
  resolveEndpoint: () => Promise<Endpoint | null>
  /** 'each' survives power loss, at the price of a disk write an entry. @default 'never' */
  fsync?: 'never' | 'each'
}

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
  const writer = new OutboxWriter({
    ...shared,
    maxBytes: options.outboxMaxBytes,
    fsync: options.fsync ?? 'never',
  })
  const sender = new Sender({ ...shared, writer, counters, resolveEndpoint: options.resolveEndpoint })
  const recorder = new Recorder({ writer, counters, wake: (bytes) => sender.wake(bytes) })
  const providers = startProviders(resource, recorder)
  const shutdown = async (deadlineMs: number): Promise<{ left: number }> => {
    const left = await sender.flush(deadlineMs)
    await sender.stop()
    providers.release()
    if (left === 0) writer.remove()
    else writer.close()
    return { left }
  }
  return {
    begin: (record: StartedRecord) => {
      const parent = context.active()
      return new ExecutionEntry(record, {
        ...providers,
        recorder,
        counters,
        parent,
        parentSpanId: trace.getSpanContext(parent)?.spanId,
      })
    },
    flush: async (deadlineMs) => ({ left: await sender.flush(deadlineMs) }),
    shutdown,
    status: () => statusOf(counters, sender),
  }
}

function statusOf({ corrupt: _corrupt, ...counters }: Counters, sender: Sender): TrailStatus {
  const { bytes, sinceMs } = sender.pending
  return { ...counters, outboxBytes: bytes, oldestMs: sinceMs === null ? null : Date.now() - sinceMs }
}

function resourceOf({ serviceName, executorId }: TrailOptions): Resource {
  return defaultResource().merge(
    resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': executorId }),
  )
}
