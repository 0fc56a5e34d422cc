/**
 * Searches of the registry over HTTP, with many code agents in the embedded Postgres: up to three pages of each. `npm run bench
 * registry [agents] [callers]`, 100,000 and one unless given; each caller asks again as soon as it has its answer. Two thirds of
 * the searches have words, drawn as people draw them: common ones often.
 */
import { createExecutor } from '../src/executor/executor.ts'
import { migrateMetadata } from '../src/metadata/migrate.ts'
import { offlineConfig } from '../test/support/configuration.ts'
import { absentStore, ACME_KEY, ADMIN_KEY, startService } from '../test/support/service.ts'
import { percentile, printFigures } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import { fullRegistry, withPostgres } from './support/registry-data.ts'
import { random, TOPICS, wordAt, WORDS } from './support/registry-rows.ts'

const AGENTS = Number(process.argv[2] ?? 100_000)
const CALLERS = Number(process.argv[3] ?? 1)
const SEARCHES = 1_000
const PAGES = 3

using home = temporaryHome('exectrail-bench-')
const executor = await createExecutor({ config: offlineConfig(home.path) })
const store = absentStore()
const keys = { create: () => Promise.reject(new Error('no')) }
try {
  await withPostgres(await fullRegistry(AGENTS), {}, async (database) => {
    await migrateMetadata(database)
    const metadata = { database, keys: keys as never }
    await using service = await startService({ store, executor, metadata })
    await measure(service.url)
  })
} finally {
  await store.close()
  await executor.close(0)
}

interface Answered {
  kind: string
  path: string
  /** From 0. */
  page: number
  ms: number
}

async function measure(url: string): Promise<void> {
  const answered: Answered[] = []
  const searches = Array.from({ length: SEARCHES }, draw)
  const call = async (): Promise<void> => {
    for (let search = searches.pop(); search !== undefined; search = searches.pop())
      answered.push(...(await walk(url, search, searches.length % 4 === 0 ? ADMIN_KEY : ACME_KEY)))
  }
  await Promise.all(Array.from({ length: CALLERS }, call))
  const of = (name: string, times: readonly Answered[], target?: { atMost: number }) => {
    const sample = times.map(({ ms }) => ms)
    const figure = (share: string, p: number) => ({
      name: `${name}, ${share}`,
      value: percentile(sample, p),
      unit: 'ms',
    })
    return [
      figure('p50', 0.5),
      { ...figure('p95', 0.95), ...(target !== undefined && { target }) },
      figure('p99', 0.99),
    ]
  }
  const kinds = [...new Set(answered.map(({ kind }) => kind))]
  printFigures([
    ...of('all', answered, { atMost: 100 }),
    ...of(
      'first pages',
      answered.filter(({ page }) => page === 0),
      { atMost: 100 },
    ),
    ...kinds.flatMap((kind) =>
      of(
        kind,
        answered.filter((one) => one.kind === kind),
      ),
    ),
  ])
  for (const { path, ms } of answered.toSorted((a, b) => b.ms - a.ms).slice(0, 12))
    console.log(`${Math.round(ms)} ms  ${path}`)
}

/** Reads the pages of a search one after another. */
async function walk(url: string, { kind, query }: ReturnType<typeof draw>, key: string): Promise<Answered[]> {
  const answered: Answered[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES; page += 1) {
    const path = `/v1/registry/agents?${query.toString()}${cursor === null ? '' : `&cursor=${cursor}`}`
    const before = performance.now()
    const answer = await fetch(url + path, { headers: { Authorization: `Bearer ${key}` } })
    const text = await answer.text()
    answered.push({ kind, path, page, ms: performance.now() - before })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 500)}`)
    cursor = JSON.parse(text).nextCursor
    if (cursor === null) break
  }
  return answered
}

function draw(): { kind: string; query: URLSearchParams } {
  const query = new URLSearchParams()
  const sorts = ['newest', 'runs', 'success', 'cost', 'latency', 'trend']
  const kinds = ['one word', 'two words', 'beginning of a word', 'words and filters', 'filters', 'sorted']
  const kind = kinds[Math.floor(random() * kinds.length)] ?? ''
  const word = (): string => WORDS[wordAt()] ?? ''
  if (kind === 'one word') query.set('q', word())
  if (kind === 'two words') query.set('q', `${word()} ${word()}`)
  if (kind === 'beginning of a word') query.set('q', word().slice(0, 4))
  if (kind === 'words and filters') query.set('q', word())
  if (kind === 'words and filters' || kind === 'filters') {
    query.set('language', random() < 0.5 ? 'python' : 'bash')
    if (random() < 0.5) query.set('topic', TOPICS[Math.floor(random() ** 2 * TOPICS.length)] ?? '')
    if (random() < 0.3) query.set('runtime', 'wasmedge')
  }
  if (kind === 'sorted' || random() < 0.3)
    query.set('sort', sorts[Math.floor(random() * sorts.length)] ?? 'runs')
  return { kind, query }
}
