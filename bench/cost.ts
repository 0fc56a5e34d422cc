/** What pricing an execution costs its executor. `node bench/cost.ts` */
import { loadPriceBook } from '../src/cost/price-book.ts'
import { createPricing, type Priced } from '../src/cost/pricing.ts'
import { percentile, printFigures, type Figure } from './figures.ts'
import { sampleExecution } from './support/sample-execution.ts'

const WARM_UPS = 3_000
const RUNS = 20_000

const pricing = createPricing(await loadPriceBook(null))
const held = { allocatedVcpus: 2, allocatedMemoryBytes: 2 ** 29, heldFromMs: 700.001, heldUntilMs: 1500.25 }

async function figuresOf(name: string, change: Partial<Priced>): Promise<Figure[]> {
  const costs: number[] = []
  for (let run = 0; run < WARM_UPS + RUNS; run += 1) {
    const record = { ...sampleExecution(), ...change }
    const since = performance.now()
    const priced = pricing.costsOf(record)
    if (priced instanceof Promise) await priced
    if (run >= WARM_UPS) costs.push((performance.now() - since) * 1000)
  }
  return [
    { name: `${name}, median`, value: percentile(costs, 0.5), unit: 'µs', target: { atMost: 10 } },
    { name: `${name}, p99`, value: percentile(costs, 0.99), unit: 'µs' },
  ]
}

const noTokens = { model: null, inputTokens: null, outputTokens: null }
printFigures([
  ...(await figuresOf('a local execution', noTokens)),
  ...(await figuresOf('an execution on e2b', { ...noTokens, ...held, runtime: 'e2b' })),
  ...(await figuresOf('an execution on e2b with tokens', { ...held, runtime: 'e2b', model: 'gpt-4o' })),
])
