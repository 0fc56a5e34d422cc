/**
 * `npm run chaos -- --minutes N --seed S [--only NAME] [--form short]`: scenarios in an order and with moments of the
 * seed, for as long as told. A failure is told with the seed of its scenario, and comes again with
 * `--only NAME --seed S`.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { seeded } from './random.ts'
import { play, Unplayable, type Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { openStage, type Stage } from './stage.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    only: { type: 'string' },
    form: { type: 'string', default: 'long' },
  },
})
const form = values.form === 'short' ? 'short' : 'long'
const chosen = SCENARIOS.filter(({ name }) => values.only === undefined || name.startsWith(values.only))
const until = performance.now() + Number(values.minutes) * 60_000

/** One scenario; true where it is well. */
async function tell(scenario: Scenario, stage: Stage, seed: number): Promise<boolean> {
  const since = performance.now()
  const said = `${scenario.name} (seed ${seed})`
  try {
    const { begun, faults } = await play(scenario, stage, { form, random: seeded(seed) })
    const seconds = Math.round((performance.now() - since) / 1000)
    console.log(`${faults.length === 0 ? 'well' : 'NOT WELL'}  ${said}: ${begun} begun, ${seconds} s`)
    for (const fault of faults) console.log(`  ${fault}`)
    if (faults.length > 0) console.log((await stage.lastWords()).join('\n'))
    return faults.length === 0
  } catch (error) {
    if (error instanceof Unplayable) console.log(`skipped  ${said}: ${error.message}`)
    else
      console.log(
        `NOT WELL  ${said}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      )
    return error instanceof Unplayable
  }
}

/** In an order of the seed. */
function shuffle(scenarios: readonly Scenario[], random: () => number): Scenario[] {
  return scenarios
    .map((scenario) => ({ scenario, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ scenario }) => scenario)
}

const first = Number(values.seed ?? randomInt(2 ** 31))
console.log(`seed ${first}, ${chosen.length} scenarios, ${form} form`)
let isWell = chosen.length > 0
{
  await using stage = await openStage()
  // Interrupted, it leaves no process and no mount behind.
  const stop = async (): Promise<void> => {
    await stage[Symbol.asyncDispose]()
    process.exit(130)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
  const order = seeded(first)
  let played = 0
  do {
    for (const scenario of shuffle(chosen, order)) {
      const seed = first + played
      played += 1
      isWell = (await tell(scenario, stage, seed)) && isWell
      if (performance.now() > until) break
    }
  } while (performance.now() < until)
}
process.exitCode = isWell ? 0 : 1
