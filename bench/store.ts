/**
 * How long the service takes to answer from a store with many rows: each question over HTTP, cold (the engine restarted,
 * its files no longer in the page cache) and warm, with the rows and bytes the engine read for it and its processor time,
 * which says more than the time on a busy machine; and what 50 readers at once wait, without and with 5,000 rows/s that arrive. The number is of rows; 1,000,000 unless given. `node
 * bench/store.ts 1000000 warm,readers` leaves out `cold`.
 */
import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createStore, type Store } from '../src/store/client.ts'
import { percentile, printFigures } from './figures.ts'
import { temporaryHome } from './support/home.ts'
import type { BenchService } from './support/service.ts'
import { describe, homeOf, insertRows, type FullStore } from './support/store-data.ts'
import { QUESTIONS, READERS, type Draw } from './support/store-questions.ts'
import { ask, withService } from './support/store-service.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const PARTS = (process.argv[3] ?? 'warm,readers,cold').split(',')
const COLD_ROUNDS = 3
const WARM_TIMES = 20
const WARM_MS = 10_000
const READERS_AT_ONCE = 50
const READ_MS = 15_000
const ARRIVING = 5000

using home = temporaryHome('exectrail-bench-')
/** Without the pages of the store's files; dd asks the kernel to drop those of a file. */
async function dropPages(): Promise<void> {
  const directory = join(await homeOf(ROWS), 'clickhouse')
  const drop = 'for file; do dd if="$file" iflag=nocache count=0 status=none 2>&-; done; true'
  const find = `find "$0" -type f -size +15k -exec sh -c '${drop}' sh {} + 2>&-; true`
  await promisify(execFile)('sh', ['-c', find, directory])
}

async function drawFrom(store: Store, endMs: number): Promise<Draw> {
  const ids: { organizationId: string; executionId: string }[] = []
  for (let n = 1; n <= 12; n += 1)
    ids.push(
      ...(await store.query<(typeof ids)[number]>(
        `SELECT organization_id AS organizationId, execution_id AS executionId FROM code_exec_logs
         WHERE started_at >= fromUnixTimestamp64Milli({from:Int64}) AND started_at < fromUnixTimestamp64Milli({to:Int64}) LIMIT 3`,
        { from: endMs - n * 29 * 86_400_000, to: endMs - n * 29 * 86_400_000 + 86_400_000 },
      )),
    )
  return { n: 0, endMs, ids }
}

interface Measured {
  cold: number[]
  warm: number[]
  rows: number
  bytes: number
  /** Processor time of the engine for one answer. */
  cpuMs: number
}

/** What the engine has read since its start, and its processor time for it. */
async function readSoFar(store: Store): Promise<{ rows: number; bytes: number; cpuMs: number }> {
  const found = await store.query<{ event: string; value: string }>(
    "SELECT event, value FROM system.events WHERE event IN ('SelectedRows', 'SelectedBytes', 'UserTimeMicroseconds', 'SystemTimeMicroseconds')",
  )
  const of = (event: string): number => Number(found.find((row) => row.event === event)?.value ?? 0)
  const cpuMs = (of('UserTimeMicroseconds') + of('SystemTimeMicroseconds')) / 1000
  return { rows: of('SelectedRows'), bytes: of('SelectedBytes'), cpuMs }
}

async function measureCold(measured: ReadonlyMap<string, Measured>): Promise<void> {
  for (let round = 0; round < COLD_ROUNDS; round += 1) {
    await dropPages()
    await withService(ROWS, home.path, async (service, { store, endMs }) => {
      const draw = await drawFrom(store, endMs)
      for (const question of QUESTIONS) {
        // A dropped page comes back with the question before; its columns are mostly the same.
        await dropPages()
        measured.get(question.name)?.cold.push(await ask(service, question, { ...draw, n: round }))
      }
    })
  }
}

async function measureWarm(service: BenchService, full: FullStore, measured: ReadonlyMap<string, Measured>) {
  const draw = await drawFrom(full.store, full.endMs)
  const admin = createStore(full.users.admin)
  for (const question of QUESTIONS) {
    const found = measured.get(question.name)
    if (found === undefined) continue
    await ask(service, question, { ...draw, n: 0 })
    const before = await readSoFar(admin)
    await ask(service, question, { ...draw, n: 1 })
    const after = await readSoFar(admin)
    found.rows = after.rows - before.rows
    found.bytes = after.bytes - before.bytes
    const begun = performance.now()
    for (let n = 2; n < WARM_TIMES + 2 && performance.now() - begun < WARM_MS; n += 1)
      found.warm.push(await ask(service, question, { ...draw, n }))
    found.cpuMs = ((await readSoFar(admin)).cpuMs - after.cpuMs) / found.warm.length
  }
  await admin.close()
}

function print(measured: ReadonlyMap<string, Measured>): void {
  console.log(
    `${'question'.padEnd(46)} cold p50    p95   warm p50    p95   target        rows         MB  processor  (ms, p95)`,
  )
  for (const { name, target } of QUESTIONS) {
    const found = measured.get(name)
    if (found === undefined) continue
    const { cold, warm, rows, bytes, cpuMs } = found
    const p95 = percentile(warm, 0.95)
    const figures = [percentile(cold, 0.5), percentile(cold, 0.95), percentile(warm, 0.5), p95]
    const shown = figures.map((ms) => (Number.isNaN(ms) ? '—' : ms.toFixed(ms < 10 ? 1 : 0)).padStart(8))
    const judged = target === null ? '' : p95 <= target ? 'reached' : 'NOT REACHED'
    console.log(
      `${name.padEnd(46)} ${shown.join(' ')} ${String(target ?? '—').padStart(8)} ${rows.toLocaleString('en').padStart(12)} ${(bytes / 1e6).toFixed(1).padStart(9)} ${cpuMs.toFixed(0).padStart(10)}  ${judged}`,
    )
  }
}

/** ms of each answer that 50 readers at once wait for. */
async function readAtOnce(service: BenchService, draw: Draw): Promise<number[]> {
  const waits: number[] = []
  const end = performance.now() + READ_MS
  const read = async (reader: number): Promise<void> => {
    for (let n = reader; performance.now() < end; n += 1) {
      const question = READERS[n % READERS.length]
      if (question !== undefined) waits.push(await ask(service, question, { ...draw, n }))
    }
  }
  await Promise.all(Array.from({ length: READERS_AT_ONCE }, (_, reader) => read(reader)))
  return waits
}

/** Inserts rows that begin now, a batch a second, until `done`. Returns rows a second. */
async function arrive(store: Store, done: Promise<unknown>): Promise<number> {
  const ended = done.then(() => 'ended')
  const begun = performance.now()
  let count = 0
  for (; (await Promise.race([ended, pause(0, 'goes on')])) !== 'ended'; count += ARRIVING) {
    const due = begun + (count / ARRIVING) * 1000
    if (due > performance.now()) await pause(due - performance.now())
    const total = ARRIVING * 365 * 86_400
    await insertRows(store, { first: total - ARRIVING, count: ARRIVING, total, endMs: Date.now() })
  }
  return (count * 1000) / (performance.now() - begun)
}

async function measureReaders(service: BenchService, { store, endMs }: FullStore): Promise<void> {
  const draw = await drawFrom(store, endMs)
  const alone = await readAtOnce(service, draw)
  const reading = readAtOnce(service, draw)
  const arrived = await arrive(store, reading)
  const beside = await reading
  await store.command(
    `DELETE FROM code_exec_logs IN PARTITION ${new Date().toISOString().slice(0, 7).replace('-', '')}
     WHERE started_at >= fromUnixTimestamp64Milli({endMs:Int64})`,
    { endMs },
  )
  const p95 = percentile(alone, 0.95)
  printFigures([
    { name: `${READERS_AT_ONCE} readers: answers/s`, value: (alone.length * 1000) / READ_MS, unit: '/s' },
    { name: 'p50', value: percentile(alone, 0.5), unit: 'ms' },
    { name: 'p95', value: p95, unit: 'ms' },
    {
      name: 'the same while rows arrive: rows/s',
      value: arrived,
      unit: '/s',
      target: { atLeast: ARRIVING * 0.95 },
    },
    { name: 'answers/s', value: (beside.length * 1000) / READ_MS, unit: '/s' },
    { name: 'p50', value: percentile(beside, 0.5), unit: 'ms' },
    { name: 'p95', value: percentile(beside, 0.95), unit: 'ms', target: { atMost: 2 * p95 } },
  ])
}

const measured = new Map<string, Measured>(
  QUESTIONS.map(({ name }) => [name, { cold: [], warm: [], rows: 0, bytes: 0, cpuMs: 0 }]),
)
await withService(ROWS, home.path, async (service, full) => {
  console.log(await describe(full.store))
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`)
  if (PARTS.includes('warm')) await measureWarm(service, full, measured)
  if (PARTS.includes('warm')) print(measured)
  if (PARTS.includes('readers')) await measureReaders(service, full)
})
if (PARTS.includes('cold')) {
  await measureCold(measured)
  print(measured)
}
