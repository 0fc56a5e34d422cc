/** What waits in the outbox of a home, looked at from outside. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePartName } from './paths.ts'
import { measurePart, readPosition } from './reader.ts'

export interface Survey {
  waitingBytes: number
  /** Age of the oldest that waits, ms; null where nothing does. */
  oldestMs: number | null
  /** Processes that something waits of. */
  owners: number
}

/** Measures every part but those of `exceptId`. */
export async function surveyOutbox(root: string, exceptId: string): Promise<Survey> {
  const names = (await readdir(root).catch(() => [])).filter(
    (name) => parsePartName(name) !== null && !name.startsWith(exceptId) && !name.endsWith(`@${exceptId}`),
  )
  const survey: Survey = { waitingBytes: 0, oldestMs: null, owners: 0 }
  for (const name of names) {
    const directory = join(root, name)
    const { waitingBytes, oldestMs } = await measurePart(directory, await readPosition(directory))
    if (waitingBytes === 0) continue
    survey.waitingBytes += waitingBytes
    survey.owners += 1
    if (oldestMs !== null) survey.oldestMs = Math.max(survey.oldestMs ?? 0, Date.now() - oldestMs)
  }
  return survey
}
