/**
 * A process that records executions at a rate: `node recorder-child.ts JSON`, see `Recording`. It says `A id` before
 * it begins one, `B id` after, `C id` once it is completed, and at the end `L bytes` left and `S status`.
 */
import { writeSync } from 'node:fs'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { createClock, toIso } from '../../src/executor/clock.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import type { TrailEntry } from '../../src/telemetry/trail.ts'
import { makeRecord } from '../support/records.ts'
import { openTrail } from '../telemetry/open-trail.ts'
import { emitPoison, poisonedRecord } from './poison.ts'
import type { Recording, RecorderPlace } from './recorder.ts'
import { stepClock } from './step-clock.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as Recording & RecorderPlace
const { home, url, organizationId, rate, block, poison, silenceMs, drainMs } = options
const TICK_MS = 10
const BURST = 500
const count = options.count === 0 ? Number.POSITIVE_INFINITY : options.count
const trail = await openTrail(home, url, silenceMs === null ? {} : { silenceMs })
const clock = createClock()
const alive = setInterval(() => undefined, 60_000)
const ending = new AbortController()

process.once('SIGTERM', () => {
  ending.abort()
  void (async () => {
    const { left } = await trail.shutdown(drainMs)
    say('L', [String(left)])
    say('S', [JSON.stringify(trail.status())])
    clearInterval(alive)
    process.exit(0)
  })()
})

function say(letter: string, words: readonly string[]): void {
  if (words.length > 0) writeSync(1, `${words.map((word) => `${letter} ${word}`).join('\n')}\n`)
}

interface Open {
  entry: TrailEntry
  record: ExecutionRecord
}

function beginSome(from: number, to: number): Open[] {
  const records = Array.from({ length: to - from }, (_, n) => {
    const change = {
      executionId: uuidv7(),
      organizationId,
      startedAt: toIso(clock()),
      stdout: 'o'.repeat(options.stdoutBytes),
    }
    const isPoisoned = poison !== null && from + n === Math.floor(count / 2)
    if (isPoisoned) emitPoison(poison)
    return makeRecord(isPoisoned ? { ...change, ...poisonedRecord(poison) } : change)
  })
  const ids = records.map(({ executionId }) => executionId)
  // Announced before: what is killed between the two was begun, or was not.
  say('A', ids)
  const open = records.map((record) => ({ record, entry: trail.begin(record) }))
  say('B', ids)
  return open
}

function completeAll(open: readonly Open[]): void {
  for (const { entry, record } of open) {
    const { traceId, spanId } = entry
    entry.complete({ ...record, traceId, spanId, timestamp: toIso(clock()) })
  }
  say(
    'C',
    open.map(({ record }) => record.executionId),
  )
}

const since = performance.now()
const changes = options.clock.toSorted((a, b) => a.afterMs - b.afterMs)
let isBlocked = block === null
let open: Open[] = []
for (let begun = 0; begun < count && !ending.signal.aborted;) {
  const elapsed = performance.now() - since
  const due = rate === 0 ? begun + BURST : Math.floor((elapsed / 1000) * rate)
  const next = beginSome(begun, Math.min(count, Math.max(begun, due)))
  begun += next.length
  completeAll(open)
  open = next
  if (changes[0] !== undefined && elapsed >= changes[0].afterMs) stepClock(changes.shift()?.byMs ?? 0)
  if (!isBlocked && block !== null && elapsed >= block.afterMs) {
    isBlocked = true
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, block.forMs)
  }
  await (rate === 0 ? nextTurn() : pause(TICK_MS))
}
completeAll(open)
if (!ending.signal.aborted) writeSync(1, 'done\n')
