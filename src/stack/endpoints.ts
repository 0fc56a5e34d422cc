/** `$EXECTRAIL_HOME/endpoints.json`: URLs and credentials of the running stack, mode 0600. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'

const endpoints = z.object({
  service: z.url(),
  clickhouse: z.url(),
  otlpHttp: z.url(),
  /** These three are null with an external Collector (OTEL_EXPORTER_OTLP_ENDPOINT). */
  otlpGrpc: z.url().nullable(),
  collectorHealth: z.url().nullable(),
  collectorMetrics: z.url().nullable(),
  clickhouseUser: z.string(),
  clickhousePassword: z.string(),
  /** Only reads; null with an external store or without a sandbox around the engine. */
  clickhouseReader: z.string().nullable().default(null),
  clickhouseReaderPassword: z.string().nullable().default(null),
  /** Connection URL of the embedded Postgres; absent with DATABASE_URL. */
  metadata: z.string().optional(),
})

/** URLs without trailing slash, and the store's credentials. */
export type Endpoints = z.infer<typeof endpoints>

/** Path of the file for a home. */
export function endpointsPath(home: string): string {
  return join(home, 'endpoints.json')
}

/** The endpoints of the stack of `home`; null when none runs or the file is unreadable. */
export async function readEndpoints(home: string): Promise<Endpoints | null> {
  const text = await readFile(endpointsPath(home), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return endpoints.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Writes the endpoints in one step: a reader sees the old file or the new one. */
export async function writeEndpoints(home: string, value: Endpoints): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFileAtomic(endpointsPath(home), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
}

/** Removes the file when the stack stops. */
export async function removeEndpoints(home: string): Promise<void> {
  await rm(endpointsPath(home), { force: true })
}
