/** The real Collector without a stack, with test sinks. */
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { findCollector } from '../../src/provision/collector/collector.ts'
import { collectorSpec } from '../../src/stack/collector/launch.ts'
import type { CollectorSettings } from '../../src/stack/collector/settings.ts'
import { choosePorts } from '../../src/stack/ports.ts'
import { supervise } from '../../src/stack/supervise.ts'

export interface TestCollector {
  otlpHttp: string
  otlpGrpcPort: number
  metricsUrl: string
  /** What it reported. */
  said: string[]
  restarts(): number
  stop(): Promise<void>
}

/** Starts a Collector with its queue and log in `directory`. Without settings its ClickHouse does not answer. */
export async function startTestCollector(
  directory: string,
  settings: Partial<CollectorSettings> = {},
): Promise<TestCollector> {
  const said: string[] = []
  const report = (line: string): void => void said.push(line)
  const program = await findCollector({ config: loadConfig(), report: () => undefined })
  const [http = 0, grpc = 0, health = 0, metrics = 0] = await choosePorts([0, 0, 0, 0])
  const all: CollectorSettings = {
    host: '127.0.0.1',
    ports: { http, grpc, health, metrics },
    token: null,
    clickhouse: { url: 'http://127.0.0.1:1', user: 'nobody', password: 'p@: [x$y', database: 'exectrail' },
    signoz: { otlpEndpoint: null, ingestionKey: null },
    ...settings,
  }
  const place = {
    queueDirectory: join(directory, 'queue'),
    logFile: join(directory, 'collector.log'),
    storePatienceMs: 0,
    report,
  }
  const process = await supervise(collectorSpec(program, all, place))
  return {
    otlpHttp: `http://127.0.0.1:${http}`,
    otlpGrpcPort: grpc,
    metricsUrl: `http://127.0.0.1:${metrics}`,
    said,
    restarts: () => process.restarts,
    stop: () => process.stop(),
  }
}
