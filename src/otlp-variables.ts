/** OpenTelemetry's own variables, as far as they concern exectrail: where its records go, and what they say. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { messageOf, type Issue } from './errors.ts'
import { validate } from './validation.ts'

const PREFIX = 'OTEL_EXPORTER_OTLP'
const SIGNALS = ['', '_LOGS', '_TRACES', '_METRICS'] as const
const NAMES_RECEIVER = [`${PREFIX}_ENDPOINT`, `${PREFIX}_LOGS_ENDPOINT`, `${PREFIX}_TRACES_ENDPOINT`]

type Variables = Readonly<Record<string, string | undefined>>

/** Without what describes the receiver of the host program's SDK, where exectrail has one of its own. */
export function withoutHostsReceiver(variables: Variables): Variables {
  if (variables['EXECTRAIL_OTLP_ENDPOINT'] === undefined) return variables
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !ofReceiver(name)))
}

function ofReceiver(name: string): boolean {
  return name.startsWith(PREFIX) || name === 'OTEL_TRACES_EXPORTER' || name === 'OTEL_LOGS_EXPORTER'
}

const GRPC =
  'exectrail sends OTLP over HTTP, not gRPC: write http/protobuf or http/json with the receiver’s HTTP endpoint (often port 4318 instead of 4317), or name a receiver only for exectrail in EXECTRAIL_OTLP_ENDPOINT'

const settings = {
  PROTOCOL: z
    .string()
    .refine((text) => text !== 'grpc', GRPC)
    .refine(
      (text) => ['http/protobuf', 'http/json', 'grpc'].includes(text),
      'write http/protobuf or http/json',
    ),
  TIMEOUT: z.coerce.number('write ms').int('write whole ms').min(1, 'write ms, at least 1'),
  COMPRESSION: z.enum(['gzip', 'none'], 'write gzip or none'),
  HEADERS: pairs(),
  CERTIFICATE: file((bytes) => new X509Certificate(bytes), 'a PEM certificate'),
  CLIENT_CERTIFICATE: file((bytes) => new X509Certificate(bytes), 'a PEM certificate'),
  CLIENT_KEY: file((bytes) => createPrivateKey(bytes), 'a PEM private key without a passphrase'),
}

const receiver = z.object(
  Object.fromEntries(
    SIGNALS.flatMap((signal) =>
      Object.entries(settings).map(([name, schema]) => [`${PREFIX}${signal}_${name}`, schema.optional()]),
    ),
  ),
)

/** What is wrong with the settings of the receiver that these variables name; nothing where they name none. */
export function findReceiverIssues(variables: Variables): Issue[] {
  if (NAMES_RECEIVER.every((name) => variables[name] === undefined)) return []
  const checked = validate(receiver, variables)
  return checked.ok ? [] : checked.issues
}

/** `key=value` pairs separated by commas, percent-encoded, as OpenTelemetry writes headers and attributes. */
export function pairs() {
  return z.string().transform((text, context) => {
    const read: Record<string, string> = {}
    for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
      const at = pair.indexOf('=')
      const value = decode(pair.slice(at + 1).trim())
      const key = decode(pair.slice(0, Math.max(at, 0)).trim())
      if (key === null || key === '' || value === null) {
        context.addIssue('write key=value pairs separated by commas, percent-encoded')
        return z.NEVER
      }
      read[key] = value
    }
    return read
  })
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function file(read: (bytes: Buffer) => unknown, what: string) {
  return z.string().superRefine((path, context) => {
    let bytes: Buffer
    try {
      bytes = readFileSync(path)
    } catch (error) {
      context.addIssue(`${path} cannot be read: ${messageOf(error)}`)
      return
    }
    try {
      read(bytes)
    } catch {
      context.addIssue(`${path} is not ${what}`)
    }
  })
}
