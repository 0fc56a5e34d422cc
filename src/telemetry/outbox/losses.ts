/** Notes of lost records, no room or too old, that can be read after the process that lost them is gone. */
import { appendFileSync, mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { LOST } from './paths.ts'

const loss = z.object({
  /** ISO 8601 UTC. */
  at: z.string(),
  executorId: z.string(),
  /** Log records and spans. */
  records: z.number(),
  why: z.string(),
})
type Loss = z.infer<typeof loss>

/** Appends to `<outbox>/lost/<day>.ndjson`. @throws file system errors */
export function noteLoss(root: string, given: Omit<Loss, 'at'>): void {
  const directory = join(root, LOST)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const at = new Date().toISOString()
  appendFileSync(join(directory, `${at.slice(0, 10)}.ndjson`), `${JSON.stringify({ at, ...given })}\n`, {
    mode: 0o600,
  })
}

/** Losses noted since `fromMs` (epoch), oldest first. */
export async function readLosses(root: string, fromMs: number): Promise<Loss[]> {
  const directory = join(root, LOST)
  const since = new Date(fromMs).toISOString()
  const names = (await readdir(directory).catch(() => [])).filter((name) => name >= since.slice(0, 10))
  const losses: Loss[] = []
  for (const name of names.toSorted()) {
    const text = await readFile(join(directory, name), 'utf8').catch(() => '')
    for (const line of text.split('\n')) {
      const parsed = loss.safeParse(parseLine(line))
      if (parsed.success && parsed.data.at >= since) losses.push(parsed.data)
    }
  }
  return losses
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
