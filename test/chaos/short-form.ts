/** Plays scenarios in their short form as tests; `npm run chaos` plays the long one. */
import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { seeded } from './random.ts'
import { play, Unplayable, type Scenario } from './scenario.ts'
import { openStage, type Stage } from './stage.ts'

const seed = Number(process.env['EXECTRAIL_CHAOS_SEED'] ?? randomInt(2 ** 31))
const TIMEOUT_MS = 240_000

interface Group {
  scenarios: readonly Scenario[]
  /** Together only those that do not disturb others. */
  order: 'in turn' | 'together'
}

/** One test a scenario, one group after the other, all on one stage. */
export function testScenarios(groups: readonly Group[]): void {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage[Symbol.asyncDispose]())
  describe.each(groups)('every execution begun is stored once, with one span', ({ scenarios, order }) => {
    const test = order === 'together' ? it.concurrent : it
    for (const scenario of scenarios)
      test(scenario.says, (context) => expectWell(scenario, stage, context), TIMEOUT_MS)
  })
}

async function expectWell(scenario: Scenario, stage: Stage, { skip }: TestContext): Promise<void> {
  try {
    const { faults } = await play(scenario, stage, { form: 'short', random: seeded(seed) })
    const words = faults.length > 0 ? await stage.lastWords() : []
    expect(faults, [`EXECTRAIL_CHAOS_SEED=${seed}`, ...words].join('\n')).toEqual([])
  } catch (error) {
    if (error instanceof Unplayable) skip(error.message)
    throw error
  }
}
