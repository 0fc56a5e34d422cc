/**
 * What a run costs more when it names an agent: `execute({ agent })` and `execute()` with the same code, in turns, with a
 * registry in the embedded Postgres. In turns back to back, where the agent was found before; and after a second and more,
 * where it is found again. `node bench/run-by-name.ts [runs]`, 300 runs by default.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { sourceOf } from '../src/budgets/source.ts'
import { createExecutor } from '../src/executor/executor.ts'
import { migrateMetadata } from '../src/metadata/migrate.ts'
import { readDefinition } from '../src/registry/definition.ts'
import { publish } from '../src/service/registry/publish.ts'
import { offlineConfig } from '../test/support/configuration.ts'
import { percentile, printFigures } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { withPostgres } from './support/registry-data.ts'

const RUNS = Number(process.argv[2] ?? 300)
const RARE_RUNS = 30
const RARE_MS = 1_200
const WARM_UPS = 12
const CODE = 'main() { result "$1"; }'

using home = temporaryHome('exectrail-bench-')
await withPostgres(home.path, {}, async (database) => {
  await migrateMetadata(database)
  const actor = { keyId: null, name: 'bench', address: null }
  const definition = readDefinition({
    name: 'acme/echo',
    version: '1.0.0',
    description: 'Answers with its input',
    language: 'bash',
    code: CODE,
    runtimes: ['subprocess'],
    license: 'MIT',
  })
  const caller = { scope: { organizationId: 'acme' }, actor }
  await publish({ database, check: () => Promise.resolve({}) }, caller, { definition })
  const executor = await createExecutor({ config: offlineConfig(home.path), budgets: sourceOf(database) })
  const context = { organizationId: 'acme' }
  const code = () =>
    executor.execute({ runtime: 'subprocess', language: 'bash', code: CODE, input: 1, context })
  const agent = () => executor.execute({ agent: 'acme/echo@^1', input: 1, context })
  await compare([code, agent], WARM_UPS, 20)
  const often = await compare([code, agent], RUNS, 20)
  const rare = await compare([code, agent], RARE_RUNS, RARE_MS)
  printFigures([
    ...described('execute()', often[0] ?? []),
    ...described('execute({ agent })', often[1] ?? []),
    ...described('execute(), 1.2 s apart', rare[0] ?? []),
    ...described('execute({ agent }), 1.2 s apart', rare[1] ?? []),
  ])
  await executor.close(0)
})

/** ms of each call, by kind. */
async function compare(
  calls: readonly (() => Promise<{ outcome: string }>)[],
  times: number,
  pauseMs: number,
): Promise<number[][]> {
  const took = calls.map((): number[] => [])
  for (let turn = 0; turn < times; turn += 1)
    for (const [kind, call] of calls.entries()) {
      await pause(pauseMs)
      const begun = performance.now()
      const { outcome } = await call()
      took[kind]?.push(performance.now() - begun)
      if (outcome !== 'success') throw new Error(`a run ended as ${outcome}`)
    }
  return took
}

function described(name: string, took: readonly number[]) {
  return [0.5, 0.95].map((at) => ({ name: `${name}, p${100 * at}`, value: percentile(took, at), unit: 'ms' }))
}
