/** Feeds the host program's spans and log records into the outbox, when its globals are to lead there. */
import type { Resource } from '@opentelemetry/resources'
import type { FanOut } from './fan-out.ts'
import {
  capturingLogRecordProcessor,
  capturingSpanProcessor,
  SELF_TEST,
  type Capture,
  type CapturedRecord,
} from './foreign-records.ts'
import type { HostPipeline } from './providers.ts'

/** `take` puts a record into the outbox; the host program's own processors come after it. */
export function openHostPipeline(
  resource: Resource,
  fanOut: FanOut,
  take: (record: CapturedRecord) => void,
): HostPipeline {
  let probes = 0
  const capture: Capture = (record, name) => {
    if (name === SELF_TEST) probes += 1
    else take(record)
  }
  return {
    resource,
    spanProcessors: [capturingSpanProcessor(capture), ...fanOut.spanProcessors],
    logRecordProcessors: [capturingLogRecordProcessor(capture), ...fanOut.logRecordProcessors],
    probesArrived: () => probes,
  }
}
