/** Checks of the sinks behind the Collector: SigNoz directly, and every queue through the Collector's metrics. */
import { setTimeout as pause } from 'node:timers/promises'
import { readEndpoints } from '../../stack/endpoints.ts'
import { readCollectorMetrics, type ExporterMetrics } from '../../stack/collector/metrics.ts'
import { FailedCheck, fetchWithTimeout, type DoctorContext } from './check.ts'

/** Longer than the Collector's batch timeout. */
const SINK_MS = 1_500
/** A valid, empty OTLP request. */
const EMPTY_LOGS = '{"resourceLogs":[]}'
/** Statuses after which the Collector retries; it gives up after any other, as OTLP prescribes. */
const RETRIED = new Set([429, 502, 503, 504])

export async function checkSigNoz({ config }: DoctorContext): Promise<string | { skipped: string }> {
  const { otlpEndpoint, ingestionKey } = config.signoz
  if (otlpEndpoint === null) return { skipped: 'not configured (SIGNOZ_OTLP_ENDPOINT)' }
  const headers = {
    'Content-Type': 'application/json',
    ...(ingestionKey === null ? {} : { 'signoz-ingestion-key': ingestionKey }),
  }
  const answer = await fetchWithTimeout(`${otlpEndpoint}/v1/logs`, {
    method: 'POST',
    headers,
    body: EMPTY_LOGS,
  })
  if (answer === null) {
    throw new FailedCheck(
      `SigNoz does not answer at ${otlpEndpoint}`,
      'Check SIGNOZ_OTLP_ENDPOINT; meanwhile the Collector keeps what it owes SigNoz.',
    )
  }
  if (answer.ok) return `answers at ${otlpEndpoint}`
  throw rejectionOf(answer.status, otlpEndpoint)
}

function rejectionOf(status: number, url: string): FailedCheck {
  if (status === 401 || status === 403)
    return new FailedCheck(
      `SigNoz refuses the ingestion key (${status})`,
      'Set SIGNOZ_INGESTION_KEY to a valid key and start the stack again; what it refused meanwhile is given up.',
    )
  if (status === 404 || status === 405)
    return new FailedCheck(
      `what answers at ${url} takes no OTLP (${status})`,
      'Set SIGNOZ_OTLP_ENDPOINT to the base URL of OTLP over HTTP, often port 4318, without /v1/logs.',
    )
  return new FailedCheck(
    `SigNoz answers ${status} at ${url}`,
    RETRIED.has(status)
      ? 'See the logs of SigNoz; the Collector keeps what it owes SigNoz and tries again.'
      : 'See the logs of SigNoz; the Collector gives up what is answered so. ClickHouse has all of it.',
  )
}

/** A sink is stuck when its queue is not empty and nothing is sent. */
export async function checkSinks({ config }: DoctorContext): Promise<string | { skipped: string }> {
  const url = (await readEndpoints(config.home))?.collectorMetrics
  if (url === null || url === undefined) return { skipped: 'the Collector is not ours to ask' }
  const before = (await readCollectorMetrics(url)).exporters
  const waiting = before.filter((exporter) => exporter.queueBytes > 0)
  if (waiting.length > 0) {
    await pause(SINK_MS)
    const after = (await readCollectorMetrics(url)).exporters
    const stuck = waiting.filter((exporter) => isStuck(exporter, after))
    if (stuck.length > 0) {
      const named = stuck.map(
        ({ exporter, signal, queueBytes }) => `${exporter} (${queueBytes} bytes of ${labelOf(signal)} wait)`,
      )
      throw new FailedCheck(
        `the Collector cannot deliver to ${named.join(', ')}`,
        'What waits is kept and tried again without end; the reason is in logs/collector.log under the home.',
      )
    }
  }
  return describeSinks(before)
}

function isStuck(before: ExporterMetrics, after: readonly ExporterMetrics[]): boolean {
  const now = after.find(({ exporter, signal }) => exporter === before.exporter && signal === before.signal)
  return now !== undefined && now.queueBytes > 0 && now.sent === before.sent
}

/** One entry per sink, over all its signals. */
function describeSinks(exporters: readonly ExporterMetrics[]): string {
  return [...Map.groupBy(exporters, ({ exporter }) => exporter)]
    .map(([name, signals]) => {
      const sent = signals.reduce((sum, one) => sum + one.sent, 0)
      const failed = signals.reduce((sum, one) => sum + one.failed, 0)
      return `${name} (${sent} sent${failed > 0 ? `, ${failed} refused and given up` : ''})`
    })
    .join(', ')
}

function labelOf(signal: string): string {
  return signal.replace('_', ' ')
}
