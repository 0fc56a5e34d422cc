/** What runs beside the service of `up`, and what reads blobs. */
import { keyringOf } from '../blobs/format/keyring.ts'
import { openBlobStore } from '../blobs/open-blob-store.ts'
import { readBlobText } from '../blobs/read-text.ts'
import type { Config } from '../config.ts'
import { keepBlobs } from '../service/keep-blobs.ts'
import { keepBudgets } from '../service/keep-budgets.ts'
import { keepRetention } from '../service/keep-retention.ts'
import { keepRollups } from '../service/keep-rollups.ts'
import { keepTemplates } from '../service/registry/publish-templates.ts'
import { keepStatistics } from '../service/registry/refresh-statistics.ts'
import type { Blobs } from '../service/open-content.ts'
import type { ReadBlob } from '../service/whole-request.ts'
import type { ClosingStack } from './closing-stack.ts'

/** Starts the background work of the service. */
export async function keepUpToDate(
  parts: Parameters<typeof keepBudgets>[0],
  { blobs, retention: { contentDays } }: Pick<Config, 'blobs' | 'retention'>,
  closing: ClosingStack,
): Promise<void> {
  const { log, store } = parts
  if (contentDays !== null) closing.adopt(keepRetention(store, contentDays, log), (keeper) => keeper.close())
  closing.adopt(keepRollups(parts.store, parts.log), (keeper) => keeper.close())
  closing.adopt(keepBudgets(parts), (keeper) => keeper.close())
  closing.adopt(keepStatistics(parts), (keeper) => keeper.close())
  closing.adopt(keepTemplates(parts), (keeper) => keeper.close())
  const keeping = await keepBlobs({ ...parts, blobs, contentDays })
  if (keeping !== null) closing.adopt(keeping, (keeper) => keeper.close())
}

/** Where whole content is read; nothing where blobs are switched off. */
export async function openBlobReaders(
  { blobs, outboxMaxAgeMs: maxWaitMs }: Config,
  closing: ClosingStack,
): Promise<{ blobs?: Blobs; readBlob?: ReadBlob }> {
  const store = await openBlobStore(blobs)
  if (store === null) return {}
  closing.adopt(store, (opened) => opened.close())
  const place = { store, keyring: keyringOf(blobs.keys) }
  return { blobs: { ...place, maxWaitMs }, readBlob: (name) => readBlobText(place, name) }
}
