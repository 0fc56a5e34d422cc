/**
 * What two organizations feel while a third attacks: `await executor.execute()`, from the call to the record, of
 * short honest programs, in turns alone and beside hostile ones that never stop coming, so that the machine's drift
 * falls on both alike. Telemetry goes to a receiver. `node bench/neighbours.ts [seconds of attack]`, 60 by default; the
 * same time is spent without attack.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { CapacityError } from '../src/errors.ts'
import type { ExecutionRequest, Language } from '../src/execution.ts'
import { percentile, printFigures, type Figure } from './figures.ts'
import { createBenchExecutor } from './support/executor.ts'
import { temporaryHome } from './support/home.ts'
import { HOSTILE_PROGRAMS } from './support/hostile-programs.ts'
import { startOtlpCounter } from './support/otlp-counter.ts'

const SECONDS = Number(process.argv[2] ?? 60)
const VICTIMS = ['first', 'second']
const ATTACK_LANES = 8
const PAUSE_MS = 40
/** ms before each block, in which nothing is measured: warm sandboxes start, an attack begins or ends. */
const WARM_UP_MS = 3000
const BLOCKS = 4

const HONEST: readonly (readonly [Language, string])[] = [
  ['python', 'def main(input):\n    return input["n"] + 1'],
  ['javascript', 'exports.main = (input) => input.n + 1'],
  ['typescript', 'export const main = (input: { n: number }): number => input.n + 1'],
  ['bash', 'main() { result 42; }'],
]

type Latencies = Record<string, number[]>

using home = temporaryHome('neighbours-')
const receiver = await startOtlpCounter()
const executor = await createBenchExecutor(home.path, receiver)

/** Runs honest programs one after another until `until`; ms of each by language. */
async function live(organizationId: string, until: number): Promise<Latencies> {
  const latencies: Latencies = {}
  for (let turn = 0; performance.now() < until; turn += 1) {
    const [language, code] = HONEST[turn % HONEST.length] ?? ['bash', ':']
    const calledAt = performance.now()
    const { outcome, result, errorMessage } = await executor.execute({
      runtime: 'subprocess',
      language,
      code,
      input: { n: 41 },
      context: { organizationId },
    })
    if (outcome !== 'success' || result !== 42)
      throw new Error(`an honest ${language} program ended as ${outcome}: ${errorMessage}`)
    ;(latencies[language] ??= []).push(performance.now() - calledAt)
    await pause(PAUSE_MS)
  }
  return latencies
}

/** Adds the latencies of one block to `all`, after the time that is not measured. */
async function measure(seconds: number, all: Latencies): Promise<void> {
  await liveAll(WARM_UP_MS)
  for (const latencies of await liveAll(seconds * 1000))
    for (const [language, list] of Object.entries(latencies)) (all[language] ??= []).push(...list)
}

function liveAll(ms: number): Promise<Latencies[]> {
  const until = performance.now() + ms
  return Promise.all(VICTIMS.map((organization) => live(organization, until)))
}

const endings = new Map<string, number>()
const count = (ending: string): void => void endings.set(ending, (endings.get(ending) ?? 0) + 1)

let next = 0

/** Sends hostile programs until stopped. */
async function attack(signal: AbortSignal): Promise<void> {
  const lane = async (): Promise<void> => {
    while (!signal.aborted) {
      const program = HOSTILE_PROGRAMS[next % HOSTILE_PROGRAMS.length]
      next += 1
      if (program === undefined) throw new Error('there is no hostile program')
      const request: ExecutionRequest = { ...program, context: { organizationId: 'attacker' } }
      await executor.execute({ ...request, signal }).then(
        ({ outcome, errorType }) => count(errorType === null ? outcome : `${outcome}/${errorType}`),
        async (error: unknown) => {
          count(error instanceof CapacityError ? 'refused for capacity' : 'refused as a request')
          await pause(10)
        },
      )
    }
  }
  await Promise.all(Array.from({ length: ATTACK_LANES }, lane))
}

function describe(alone: Latencies, attacked: Latencies): Figure[] {
  return Object.keys(alone).flatMap((language) => {
    const [before, during] = [alone[language] ?? [], attacked[language] ?? []]
    const ratio = percentile(during, 0.99) / percentile(before, 0.99)
    return [
      { name: `${language} alone p50`, value: percentile(before, 0.5), unit: 'ms' },
      { name: `${language} alone p99 of ${before.length}`, value: percentile(before, 0.99), unit: 'ms' },
      { name: `${language} under attack p50`, value: percentile(during, 0.5), unit: 'ms' },
      {
        name: `${language} under attack p99 of ${during.length}`,
        value: percentile(during, 0.99),
        unit: 'ms',
      },
      { name: `${language} p99 under attack beside alone`, value: ratio, unit: '×', target: { atMost: 2 } },
    ]
  })
}

const alone: Latencies = {}
const attacked: Latencies = {}
for (let block = 0; block < BLOCKS; block += 1) {
  await measure(SECONDS / BLOCKS, alone)
  const stop = new AbortController()
  const attacking = attack(stop.signal)
  await measure(SECONDS / BLOCKS, attacked)
  stop.abort()
  await attacking
}
printFigures(describe(alone, attacked))
for (const [ending, times] of [...endings].toSorted(([, a], [, b]) => b - a))
  console.log(`hostile programs that ended as ${ending}: ${times}`)
await executor.close(60_000)
await receiver.stop()
