/**
 * Searches of the registry over HTTP, with many code agents in the embedded Postgres. The number is of agents; 100,000 unless
 * given. Half of the searches have words, drawn as people draw them: common ones often.
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

async function measure(url: string): Promise<void> {
  const taken = new Map<string, number[]>()
  const slowest: { path: string; ms: number }[] = []
  for (let search = 0; search < SEARCHES; search += 1) {
    const { kind, query } = draw()
    let cursor: string | null = null
    for (let page = 0; page < PAGES; page += 1) {
      const path = `/v1/registry/agents?${query.toString()}${cursor === null ? '' : `&cursor=${cursor}`}`
      const before = performance.now()
      const key = search % 4 === 0 ? ADMIN_KEY : ACME_KEY
      const answer = await fetch(url + path, { headers: { Authorization: `Bearer ${key}` } })
      const text = await answer.text()
      const ms = performance.now() - before
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 500)}`)
      taken.set(kind, [...(taken.get(kind) ?? []), ms])
      slowest.push({ path, ms })
      cursor = JSON.parse(text).nextCursor
      if (cursor === null) break
    }
  }
  const all = [...taken.values()].flat()
  printFigures([
    { name: 'all searches, p50', value: percentile(all, 0.5), unit: 'ms' },
    { name: 'all searches, p95', value: percentile(all, 0.95), unit: 'ms', target: { atMost: 100 } },
    { name: 'all searches, p99', value: percentile(all, 0.99), unit: 'ms' },
    ...[...taken].flatMap(([kind, times]) => [
      { name: `${kind}, p50`, value: percentile(times, 0.5), unit: 'ms' },
      { name: `${kind}, p95`, value: percentile(times, 0.95), unit: 'ms' },
    ]),
  ])
  for (const { path, ms } of slowest.toSorted((a, b) => b.ms - a.ms).slice(0, 12))
    console.log(`${Math.round(ms)} ms  ${path}`)
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
