/** The Collector of the stack: ours, or the one of OTEL_EXPORTER_OTLP_ENDPOINT. */
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Endpoints } from './endpoints.ts'
import { collectorSpec } from './collector/launch.ts'
import type { CollectorProgram } from '../provision/collector/program.ts'
import type { CollectorSettings } from './collector/settings.ts'
import { externalComponent, supervisedComponent, withPorts, type StackComponent } from './component.ts'
import { supervise } from './supervise.ts'

export interface CollectorComponent extends StackComponent {
  readonly endpoints: Pick<Endpoints, 'otlpHttp' | 'otlpGrpc' | 'collectorHealth' | 'collectorMetrics'>
}

export interface CollectorOptions {
  /** Null with an external Collector. */
  program: CollectorProgram | null
  /** The store that the Collector writes to. */
  store: CollectorSettings['clickhouse']
  report: (line: string) => void
}

const HOST = '127.0.0.1'
/** Meanwhile the senders keep their records. */
const STORE_PATIENCE_MS = 15_000
/** OTLP over HTTP and gRPC, health, metrics. */
const WELL_KNOWN = [4318, 4317, 13_133, 8888]

/** Starts the Collector or uses the external one. */
export async function startCollector(config: Config, options: CollectorOptions): Promise<CollectorComponent> {
  const { program } = options
  if (program === null) return externalCollector(config.otlpEndpoint ?? '')
  const preferred = config.port === 0 ? WELL_KNOWN.map(() => 0) : WELL_KNOWN
  return withPorts(preferred, ([http = 0, grpc = 0, health = 0, metrics = 0]) =>
    startOn(config, program, options, { http, grpc, health, metrics }),
  )
}

async function startOn(
  config: Config,
  program: CollectorProgram,
  { store, report }: CollectorOptions,
  ports: CollectorSettings['ports'],
): Promise<CollectorComponent> {
  const { otlpEndpoint, ingestionKey } = config.signoz
  const settings = {
    host: HOST,
    ports,
    token: null,
    clickhouse: store,
    signoz: { otlpEndpoint, ingestionKey },
  }
  const paths = {
    queueDirectory: join(config.home, 'queue'),
    logFile: join(config.home, 'logs', 'collector.log'),
    storePatienceMs: STORE_PATIENCE_MS,
    report,
  }
  const process = await supervise(collectorSpec(program, settings, paths))
  const endpoints = {
    otlpHttp: urlOf(ports.http),
    otlpGrpc: urlOf(ports.grpc),
    collectorHealth: urlOf(ports.health),
    collectorMetrics: urlOf(ports.metrics),
  }
  report(`Collector: OTLP over HTTP on ${endpoints.otlpHttp}, over gRPC on ${endpoints.otlpGrpc}`)
  return { endpoints, ...supervisedComponent('collector', endpoints.otlpHttp, process) }
}

function externalCollector(url: string): CollectorComponent {
  return {
    endpoints: { otlpHttp: url, otlpGrpc: null, collectorHealth: null, collectorMetrics: null },
    ...externalComponent('collector', url),
  }
}

function urlOf(port: number): string {
  return `http://${HOST}:${port}`
}
