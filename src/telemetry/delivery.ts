/** One batch to the receiver, through the OTLP exporters' own transport and settings (`OTEL_EXPORTER_OTLP_*`). */
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPExporterError, type IOtlpExportDelegate } from '@opentelemetry/otlp-exporter-base'
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http'

export type Signal = 'logs' | 'spans'

/** Records of one writer, already OTLP/JSON. */
export interface Batch {
  resource: string
  items: readonly string[]
}

/** Where batches go; one for each endpoint. */
export interface Delivery {
  /** Resolves when the receiver has it. @throws {DeliveryError} */
  send(signal: Signal, batch: Batch): Promise<{ rejected: number; message: string }>
  shutdown(): Promise<void>
}

/** The receiver did not take a batch. `status` is null where nothing came back. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly status: number | null
  constructor(message: string, status: number | null) {
    super(message)
    this.status = status
  }

  /** The receiver can take the batch never as it is; a smaller one it might. */
  get isRefusal(): boolean {
    return this.status === 400 || this.status === 413
  }
}

interface SignalShape {
  path: string
  setting: 'LOGS' | 'TRACES'
  open: string
  middle: string
  close: string
}

const SCOPE = JSON.stringify({ name: 'exectrail' })
const SHAPES: Readonly<Record<Signal, SignalShape>> = {
  logs: {
    path: 'v1/logs',
    setting: 'LOGS',
    open: '{"resourceLogs":[{"resource":',
    middle: `,"scopeLogs":[{"scope":${SCOPE},"logRecords":[`,
    close: ']}]}]}',
  },
  spans: {
    path: 'v1/traces',
    setting: 'TRACES',
    open: '{"resourceSpans":[{"resource":',
    middle: `,"scopeSpans":[{"scope":${SCOPE},"spans":[`,
    close: ']}]}]}',
  },
}
const TIMEOUT_MS = 10_000

/** Opens the way to an OTLP/HTTP base URL. */
export function openDelivery(endpoint: { url: string; headers: Readonly<Record<string, string>> }): Delivery {
  const channels = { logs: openChannel('logs', endpoint), spans: openChannel('spans', endpoint) }
  return {
    send: (signal, batch) => channels[signal].send(batch),
    async shutdown() {
      await Promise.all([channels.logs.delegate.shutdown(), channels.spans.delegate.shutdown()])
    },
  }
}

interface Channel {
  delegate: IOtlpExportDelegate<Batch>
  send(batch: Batch): Promise<{ rejected: number; message: string }>
}

function openChannel(
  signal: Signal,
  endpoint: { url: string; headers: Readonly<Record<string, string>> },
): Channel {
  const { path, setting } = SHAPES[signal]
  const config = {
    url: `${endpoint.url}/${path}`,
    headers: { ...endpoint.headers },
    timeoutMillis: TIMEOUT_MS,
  }
  const options = convertLegacyHttpOptions(config, setting, path, { 'Content-Type': 'application/json' })
  // One batch of a signal is under way at a time, so the last answer read is that of the last batch sent.
  let answer = { rejected: 0, message: '' }
  const serializer = {
    serializeRequest: (batch: Batch) => encodeBatch(signal, batch),
    deserializeResponse(data: Uint8Array) {
      answer = readPartialSuccess(data)
      return {}
    },
  }
  const metrics = {
    name: signal === 'logs' ? 'log' : 'span',
    countItems: (batch: Batch) => batch.items.length,
  } as const
  const delegate = createOtlpHttpExportDelegate(options, serializer, 'exectrail_outbox', metrics, undefined)
  const send = (batch: Batch): Promise<typeof answer> => {
    answer = { rejected: 0, message: '' }
    return new Promise((resolve, reject) => {
      delegate.export(batch, ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve(answer)
        else reject(toDeliveryError(error))
      })
    })
  }
  return { delegate, send }
}

function encodeBatch(signal: Signal, { resource, items }: Batch): Uint8Array {
  const { open, middle, close } = SHAPES[signal]
  return Buffer.from(`${open}${resource}${middle}${items.join(',')}${close}`)
}

function readPartialSuccess(data: Uint8Array): { rejected: number; message: string } {
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

function toDeliveryError(error: unknown): DeliveryError {
  if (!(error instanceof Error)) return new DeliveryError('the export failed', null)
  const detail = error instanceof OTLPExporterError && error.data !== undefined ? `: ${error.data}` : ''
  const status = error instanceof OTLPExporterError ? (error.code ?? null) : null
  return new DeliveryError(`${error.message}${detail}`.slice(0, 2000), status)
}
