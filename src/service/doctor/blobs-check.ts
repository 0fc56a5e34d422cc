/** Whether whole content reaches the blob store: the store, what waits in the spool, and what was given up. */
import { openBlobStore } from '../../blobs/open-blob-store.ts'
import { measureSpool, type SpoolStats } from '../../blobs/spool/spool-stats.ts'
import { spoolRoot } from '../../blobs/spool/spool.ts'
import type { Config } from '../../config.ts'
import { isExectrailError, messageOf } from '../../errors.ts'
import { formatBytes, formatCount } from '../../format.ts'
import { readLosses } from '../../telemetry/outbox/losses.ts'
import { FailedCheck, type DoctorCheck } from './check.ts'

/** Age from which what waits counts as stuck. */
const LATE_MS = 300_000
/** Older losses are not reported. */
const LOSSES_MS = 7 * 86_400_000
/** More recent losses count as ongoing. */
const RECENT_MS = 600_000

export const checkBlobs: DoctorCheck['run'] = async ({ config }) => {
  if (config.blobs.place.kind === 'none')
    return { skipped: 'whole content is not kept (EXECTRAIL_BLOBS=none)' }
  const root = spoolRoot(config.home)
  const spool = await measureSpool(root)
  const waiting = describeWaiting(spool)
  const location = await probeStore(config, waiting)
  const lost = await describeLosses(root)
  if (lost?.isRecent === true)
    throw new FailedCheck(
      `${lost.line}; ${waiting}`,
      `Raise EXECTRAIL_BLOBS_SPOOL_MAX_MB or EXECTRAIL_BLOBS_QUOTA_MB, or make room on the disk of ${root}.`,
    )
  if (spool.oldestMs !== null && Date.now() - spool.oldestMs > LATE_MS)
    throw new FailedCheck(
      `the blob store answers at ${location}, but ${waiting}`,
      'Blobs are sent by `exectrail up`, and by every executor that reaches the metadata; see its warnings.',
    )
  return [`the blob store answers at ${location}`, waiting, ...(lost === null ? [] : [lost.line])].join('; ')
}

async function probeStore({ blobs }: Pick<Config, 'blobs'>, waiting: string): Promise<string> {
  const store = await openBlobStore(blobs)
  try {
    await store?.probe()
    return store?.location ?? ''
  } catch (error) {
    throw new FailedCheck(
      `the blob store does not answer: ${messageOf(error)}; ${waiting}`,
      (isExectrailError(error) ? error.hint : null) ??
        'Check EXECTRAIL_BLOBS; what waits in the spool is sent when it answers.',
    )
  } finally {
    await store?.close()
  }
}

function describeWaiting({ blobs, bytes, oldestMs }: SpoolStats): string {
  if (oldestMs === null) return 'nothing waits'
  const seconds = Math.max(0, Math.round((Date.now() - oldestMs) / 1000))
  return `${formatCount(blobs)} blobs (${formatBytes(bytes)}) wait, the oldest for ${seconds} s`
}

async function describeLosses(root: string): Promise<{ line: string; isRecent: boolean } | null> {
  const losses = await readLosses(root, Date.now() - LOSSES_MS)
  const last = losses.at(-1)
  if (last === undefined) return null
  const count = losses.reduce((sum, { records }) => sum + records, 0)
  return {
    line: `${formatCount(count)} blobs were not kept in a week, last at ${last.at}: ${last.why}`,
    isRecent: Date.parse(last.at) > Date.now() - RECENT_MS,
  }
}
