/** Sends batches of records over OTLP/HTTP, through exporters built from the OpenTelemetry exporters' own base. */
import { ExportResultCode, type ExportResult } from '@opentelemetry/core'
import {
  createOtlpNetworkExportDelegate,
  ExporterMetrics,
  OTLPExporterBase,
} from '@opentelemetry/otlp-exporter-base'
import { httpSettings } from './http-settings.ts'
import { encodeProtobuf, readProtobufResponse } from './otlp-protobuf.ts'
import { createTransport, DeliveryError } from './transport.ts'

export type Signal = 'logs' | 'spans'

/** Records of one writer, already OTLP/JSON. */
export interface Batch {
  /** OTLP/JSON Resource. */
  resource: string
  items: readonly Item[]
}

/** One log record or span. */
export interface Item {
  /** OTLP/JSON members that name its scope, see `otlp-json.ts`. */
  scope: Buffer
  json: Buffer
}

/** Where OTLP over HTTP goes. */
export interface Endpoint {
  /** Base URL; `/v1/logs` and `/v1/traces` are below it. */
  url: string
  /** Whole URLs of signals that go elsewhere. */
  signals?: Readonly<Record<Signal | 'metrics', string | null>>
  headers: Readonly<Record<string, string>>
  /** Whether the `OTEL_EXPORTER_OTLP_*` settings are of this receiver. @default 'otel' */
  settings?: 'otel' | 'own'
  /** Encodings, where the settings are `otel`. @default json */
  protocols?: Readonly<Record<Signal | 'metrics', 'json' | 'protobuf'>>
  /** Signals that are not exported: they count as sent. */
  omitted?: readonly Signal[]
  /** The one signal that has a receiver; the other waits. */
  only?: Signal | null
}

/** How many records of a request it took the receiver rejected. */
interface PartialSuccess {
  rejected: number
  message: string
}

/** The client of one endpoint. It sends one batch of a signal at a time. */
export interface OtlpClient {
  /** Resolves when the receiver has the batch. @throws {DeliveryError} */
  send(signal: Signal, batch: Batch): Promise<PartialSuccess>
  /** The one signal that has a receiver; null where both have. */
  readonly only: Signal | null
  shutdown(): Promise<void>
}

const SIGNALS = {
  logs: {
    name: 'log',
    outer: 'resourceLogs',
    scoped: 'scopeLogs',
    inner: 'logRecords',
  },
  spans: {
    name: 'span',
    outer: 'resourceSpans',
    scoped: 'scopeSpans',
    inner: 'spans',
  },
} as const

/** Connects lazily. */
export function openOtlpClient(endpoint: Endpoint): OtlpClient {
  const exporters = {
    logs: new SignalExporter('logs', endpoint),
    spans: new SignalExporter('spans', endpoint),
  }
  return {
    only: endpoint.only ?? null,
    send: (signal, batch) =>
      endpoint.omitted?.includes(signal) === true ? Promise.resolve(TAKEN) : exporters[signal].send(batch),
    async shutdown() {
      await Promise.all([exporters.logs.shutdown(), exporters.spans.shutdown()])
    },
  }
}

const TAKEN: PartialSuccess = { rejected: 0, message: '' }

class SignalExporter extends OTLPExporterBase<Batch> {
  readonly #response: { last: PartialSuccess }

  constructor(signal: Signal, endpoint: Endpoint) {
    const { name } = SIGNALS[signal]
    const settings = httpSettings(endpoint, signal)
    const isProtobuf = settings.encoding === 'protobuf'
    const response = { last: { rejected: 0, message: '' } }
    const serializer = {
      serializeRequest: (batch: Batch) =>
        isProtobuf ? encodeProtobuf(signal, batch) : encodeBatch(signal, batch),
      deserializeResponse(data: Uint8Array) {
        response.last = isProtobuf ? readProtobufResponse(data) : readPartialSuccess(data)
        return {}
      },
    }
    const metrics = new ExporterMetrics<Batch>({
      componentType: 'exectrail_outbox',
      metricsHelper: { name, countItems: ({ items }: Batch) => items.length },
      url: settings.url,
      meterProvider: undefined,
      responseAttributesFromError: () => ({}),
    })
    super(createOtlpNetworkExportDelegate(settings, serializer, metrics, createTransport(settings)))
    this.#response = response
  }

  send(batch: Batch): Promise<PartialSuccess> {
    this.#response.last = { rejected: 0, message: '' }
    return new Promise((resolve, reject) => {
      this.export(batch, (result) => {
        if (result.code === ExportResultCode.SUCCESS) resolve(this.#response.last)
        else reject(toDeliveryError(result))
      })
    })
  }
}

function toDeliveryError({ error }: ExportResult): DeliveryError {
  return error instanceof DeliveryError ? error : new DeliveryError(error?.message ?? 'the export failed')
}

/** An export request; records of one scope that follow each other share its entry. */
function encodeBatch(signal: Signal, { resource, items }: Batch): Uint8Array {
  const { outer, scoped, inner } = SIGNALS[signal]
  const parts: Buffer[] = [Buffer.from(`{"${outer}":[{"resource":${resource},"${scoped}":[`)]
  let scope: Buffer | null = null
  for (const item of items) {
    if (scope !== null && item.scope.equals(scope)) parts.push(COMMA)
    else {
      parts.push(Buffer.from(scope === null ? '{' : ']},{'), item.scope, Buffer.from(`,"${inner}":[`))
      scope = item.scope
    }
    parts.push(item.json)
  }
  parts.push(Buffer.from(scope === null ? ']}]}' : ']}]}]}'))
  return Buffer.concat(parts)
}

const COMMA = Buffer.from(',')

function readPartialSuccess(data: Uint8Array): PartialSuccess {
  try {
    const { partialSuccess = {} } = JSON.parse(Buffer.from(data).toString('utf8'))
    const rejected = Number(partialSuccess.rejectedLogRecords ?? partialSuccess.rejectedSpans ?? 0)
    return {
      rejected: Number.isFinite(rejected) ? rejected : 0,
      message: String(partialSuccess.errorMessage ?? ''),
    }
  } catch {
    return { rejected: 0, message: '' }
  }
}
