/**
 * `npm run chaos -- --minutes N --seed S [--only NAME,…] [--form short]`: scenarios in an order and with moments of
 * the seed, for as long as asked; `--minutes 0` plays one. A failure is reported with the line that plays it again.
 * `--list` names them.
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
    list: { type: 'boolean', default: false },
  },
})
const form = values.form === 'short' ? 'short' : 'long'
const wanted = values.only?.split(',') ?? ['']
const chosen = SCENARIOS.filter(({ name }) => wanted.some((start) => name.startsWith(start)))
if (values.list || chosen.length === 0) {
  if (!values.list) console.log(`no scenario is called ${values.only}; there are:`)
  for (const { name, says } of SCENARIOS) console.log(`${name.padEnd(40)} ${says}`)
  process.exit(values.list ? 0 : 2)
}
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
    if (faults.length > 0) console.log([again(scenario, seed), ...(await stage.lastWords())].join('\n'))
    return faults.length === 0
  } catch (error) {
    if (error instanceof Unplayable) console.log(`skipped  ${said}: ${error.message}`)
    else
      console.log(
        `NOT WELL  ${said}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${again(scenario, seed)}`,
      )
    return error instanceof Unplayable
  }
}

function again({ name }: Scenario, seed: number): string {
  return `  again: npm run chaos -- --only ${name} --seed ${seed} --minutes 0 --form ${form}`
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
let isWell = true
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
