/** A stand-in for Supabase Storage, the way to it, the Postgres with the references, and a collector that never rests. */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { collectBlobs } from '../../src/blobs/collect.ts'
import { keyringOf } from '../../src/blobs/format/keyring.ts'
import { openBlob } from '../../src/blobs/objects.ts'
import { measureSpool } from '../../src/blobs/spool/spool-stats.ts'
import { spoolRoot } from '../../src/blobs/spool/spool.ts'
import { SupabaseBlobStore } from '../../src/blobs/supabase-store.ts'
import { loadConfig } from '../../src/config.ts'
import { openBlobs } from '../../src/executor/blobs/open-blobs.ts'
import { copyOf } from '../blobs/content.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { startStorageStandIn } from '../support/storage-stand-in/server.ts'
import { waitFor } from '../support/wait.ts'
import { openFaultyWay, type FaultyWay } from './faulty-way.ts'
import type { KeptBlob } from './recorder.ts'

const COLLECT_EVERY_MS = 100
const SENT_MS = 90_000

export interface BlobPart extends AsyncDisposable {
  way: FaultyWay
  /** Settings of an executor that keeps its blobs here. */
  env: Record<string, string>
  /** Sends what waits in the spool of a home, as the next process does. */
  sendAll(home: string): Promise<void>
  /** What is wrong with content that records name, a line each; what started before `since` may be gone. */
  judge(organizationId: string, kept: readonly KeptBlob[], since: Date): Promise<string[]>
  metadata: TestMetadata
}

export async function openBlobPart(): Promise<BlobPart> {
  await using undo = new AsyncDisposableStack()
  const metadata = undo.use(await startMetadata())
  const storage = undo.use(await startStorageStandIn())
  const way = undo.use(await openFaultyWay(storage.url))
  const place = { kind: 'supabase', serviceRoleKey: storage.state.key, bucket: 'exectrail' } as const
  const store = new SupabaseBlobStore({ ...place, url: storage.url })
  await store.probe()
  const env = {
    DATABASE_URL: metadata.postgres.url,
    EXECTRAIL_BLOBS: 'supabase',
    SUPABASE_URL: way.url,
    SUPABASE_SERVICE_ROLE_KEY: place.serviceRoleKey,
  }
  undo.defer(collectWithoutEnd(metadata, store))
  const kept = undo.move()
  return {
    way,
    env,
    metadata,
    sendAll: (home) => sendAll(home, env, metadata),
    judge: (organizationId, blobs, since) => judge({ metadata, store }, { organizationId, blobs, since }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Deletes at once what nothing refers to. @returns what ends it */
function collectWithoutEnd({ database }: TestMetadata, store: SupabaseBlobStore): () => Promise<void> {
  let isOver = false
  const collect = async (): Promise<void> => {
    if (isOver) return
    await collectBlobs({ database, store, graceMs: 0 })
    await pause(COLLECT_EVERY_MS)
    return collect()
  }
  const collecting = collect()
  collecting.catch(() => undefined)
  return async () => {
    isOver = true
    await collecting
  }
}

async function sendAll(home: string, env: Record<string, string>, { database }: TestMetadata): Promise<void> {
  const config = loadConfig({ ...env, EXECTRAIL_HOME: home })
  const blobs = openBlobs(config, { executorId: uuidv7(), database: () => Promise.resolve(database) })
  try {
    await waitFor(async () => (await measureSpool(spoolRoot(home))).blobs === 0, {
      timeoutMs: SENT_MS,
      what: 'the spool to be sent',
    })
  } finally {
    await blobs?.close()
  }
}

async function judge(
  { metadata, store }: { metadata: TestMetadata; store: SupabaseBlobStore },
  { organizationId, blobs, since }: { organizationId: string; blobs: readonly KeptBlob[]; since: Date },
): Promise<string[]> {
  const rows = await metadata.database.queries
    .selectFrom('blob_references')
    .select(['execution_id', 'sha256'])
    .where('organization_id', '=', organizationId)
    .execute()
  const referred = new Set(rows.map((row) => `${row.execution_id} ${row.sha256}`))
  const named = blobs.filter(({ startedAt }) => Date.parse(startedAt) >= since.getTime())
  const lost = named.filter(({ executionId, sha256 }) => !referred.has(`${executionId} ${sha256}`))
  const gone: string[] = []
  for (const sha256 of new Set(rows.map((row) => row.sha256)))
    if (!(await isWhole(store, { organizationId, sha256 }))) gone.push(sha256)
  return [
    ...lost.slice(0, 3).map(({ executionId }) => `the output of ${executionId} is lost`),
    ...gone.slice(0, 3).map((sha256) => `the object of ${sha256} is gone or damaged, and referred to`),
  ]
}

async function isWhole(store: SupabaseBlobStore, name: { organizationId: string; sha256: string }) {
  const opened = await openBlob({ store, keyring: keyringOf([]) }, name)
  if (opened === null) return false
  return (
    createHash('sha256')
      .update(await copyOf(opened.read()))
      .digest('hex') === name.sha256
  )
}
