import type { Store } from '../store/client.ts'
import { emptyContent } from '../store/retention/content.ts'
import { repeat, type Repetition } from './repeat.ts'

const EVERY_MS = 3_600_000

/** Empties content that has reached its age, at once and then every hour; `log` also gets a line for what begins to go. */
export function keepRetention(store: Store, days: number, log: (line: string) => void): Repetition {
  const empty = async (): Promise<void> => {
    const { months } = await emptyContent(store, { days, now: Date.now() })
    if (months.length > 0) log(`Content of ${months.join(', ')} goes: it is older than ${days} days.`)
  }
  const failure = `Content older than ${days} days does not go`
  return repeat(empty, { everyMs: EVERY_MS, log, failure, first: 'at once' })
}
