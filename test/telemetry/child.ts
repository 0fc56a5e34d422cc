/**
 * A process that leaves executions in an outbox: `node child.ts HOME URL COUNT UNENDED`. It prints the id of each as
 * soon as `begin` returned, as `B id` and `C id` after `complete`, and then waits to be killed. COUNT 0: without end.
 */
import { writeSync } from 'node:fs'
import { makeRecord } from '../support/records.ts'
import { openTrail } from './open-trail.ts'

const [home = '', url = '', count = '0', unended = '0'] = process.argv.slice(2)
const trail = await openTrail(home, url === '-' ? null : url)
setInterval(() => undefined, 60_000)

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

const total = count === '0' ? Number.POSITIVE_INFINITY : Number(count)
const startedAt = new Date(Date.now() - 1000).toISOString()
for (let n = 0; n < total; n += 1) {
  const record = makeRecord({ startedAt, organizationId: 'killed' })
  // Announced before: what is killed between the two lines was begun, or was not.
  say(`A ${record.executionId}`)
  const entry = trail.begin(record)
  say(`B ${record.executionId}`)
  if (n % 2 === 0) await new Promise(setImmediate)
  if (n >= total - Number(unended)) continue
  entry.complete({ ...record, traceId: entry.traceId, spanId: entry.spanId })
  say(`C ${record.executionId}`)
}
say('done')
