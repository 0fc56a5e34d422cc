/** `npm run chaos -- --minutes N --seed S`: rounds of killing for as long as told; a failure comes again with its seed. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startTestStack } from '../support/stack.ts'
import { killRepeatedly } from './rounds.ts'
import { seeded } from './random.ts'

const ROUNDS = 10

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
})
const first = Number(values.seed ?? randomInt(2 ** 31))
const until = performance.now() + Number(values.minutes) * 60_000
let isGood = true
for (let seed = first; isGood; seed += 1) {
  console.log(`seed ${seed}`)
  await using started = await startTestStack()
  const { begun, ...wrong } = await killRepeatedly(started, { rounds: ROUNDS, random: seeded(seed) })
  const faults = Object.entries(wrong).filter(([, ids]) => ids.length > 0)
  isGood = faults.length === 0
  console.log(`  ${begun} executions begun: ${isGood ? 'each is stored once' : 'NOT each is stored once'}`)
  for (const [what, ids] of faults)
    console.log(`  ${what}: ${ids.length}, such as ${ids.slice(0, 3).join(', ')}`)
  if (performance.now() > until) break
}
process.exitCode = isGood ? 0 : 1
