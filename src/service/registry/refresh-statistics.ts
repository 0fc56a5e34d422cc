/** Keeps the figures of code agents up to date while the service runs. */
import type { Database } from '../../metadata/database.ts'
import {
  claimRefresh,
  countedVersions,
  dueForRefresh,
  endRefresh,
  putFigures,
  putScores,
  type CountedVersion,
  type NewFigures,
  type Scores,
  type VersionFigures,
} from '../../metadata/registry-statistics.ts'
import type { Store } from '../../store/client.ts'
import { getRanAgents, getVersionFigures, type RanFigures } from '../../store/queries/version-figures.ts'
import { lowerBound } from '../confidence.ts'
import { repeat, type Repetition } from '../repeat.ts'

interface Parts {
  store: Store
  database: Database
  /** One line for the operator. */
  log: (line: string) => void
}

const EVERY_MS = 60_000
/** A replica that dies holds the others up for so long. */
const CLAIMED_MS = 600_000
const DAY_MS = 86_400_000
const DAYS = 30
/** Figures go down by themselves, since executions become older than the window. */
const OLD_MS = DAY_MS
/** Agents of one question to the store. */
const AT_ONCE = 100
/** Agents of one round; others when they run again, or once their figures are old. */
const ROUND_MAX = 50_000
/** Rows arrive later than they are stamped. */
const OVERLAP_MS = 120_000

/** Several services share the work: one of them does each round. */
export function keepStatistics(parts: Parts): Repetition {
  return repeat((signal) => refreshStatistics(parts, { now: Date.now(), signal }), {
    everyMs: EVERY_MS,
    log: parts.log,
    failure: 'Figures of code agents are not up to date',
  })
}

/**
 * Refreshes the agents that have run since the last round, and those whose figures are a day old.
 * @param now ms since the epoch
 * @returns agents; null where another replica is at it
 */
export async function refreshStatistics(
  { store, database }: Omit<Parts, 'log'>,
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<number | null> {
  const { queries } = database
  const readUntil = await claimRefresh(queries, CLAIMED_MS)
  if (readUntil === undefined) return null
  let done: string | null = null
  try {
    const window = {
      from: new Date(now - DAYS * DAY_MS).toISOString(),
      to: new Date(now + DAY_MS).toISOString(),
    }
    const since =
      readUntil === null ? window.from : new Date(Date.parse(readUntil) - OVERLAP_MS).toISOString()
    const ran = await getRanAgents(store, { scope: 'all', window, since, limit: ROUND_MAX })
    const old = await dueForRefresh(queries, { olderThanMs: OLD_MS, limit: ROUND_MAX })
    const names = [...new Set([...ran, ...old])]
    for (let at = 0; at < names.length; at += AT_ONCE) {
      if (signal?.aborted === true) return at
      await refreshAgents({ store, database }, names.slice(at, at + AT_ONCE), { window, now })
    }
    done = new Date(now).toISOString()
    return names.length
  } finally {
    await endRefresh(queries, done)
  }
}

async function refreshAgents(
  { store, database }: Omit<Parts, 'log'>,
  names: readonly string[],
  { window, now }: { window: { from: string; to: string }; now: number },
): Promise<void> {
  const counted = await countedVersions(database.queries, names)
  if (counted.length === 0) return
  const asked = { scope: 'all' as const, window, recent: new Date(now - 7 * DAY_MS).toISOString() }
  const versions = await getVersionFigures(store, { ...asked, versions: counted, by: 'version' })
  const shown = counted.filter(({ isShown }) => isShown)
  const agents = await getVersionFigures(store, { ...asked, versions: shown, by: 'agent' })
  const ids = new Map(counted.map(({ name, agentId }) => [name, agentId]))
  await database.queries.transaction().execute(async (transaction) => {
    await putFigures(transaction, [
      ...versions.flatMap((figures) => withAgent(figures, ids)),
      ...[...ids].map(([name, agentId]) =>
        wholeOf(
          agentId,
          agents.find((one) => one.name === name),
        ),
      ),
    ])
    for (const [name, agentId] of ids) {
      const figures = agents.find((one) => one.name === name) ?? NO_RUNS
      await putScores(transaction, agentId, { ...scoresOf(figures), runs: figures.runs })
    }
  })
}

function withAgent(figures: RanFigures, ids: ReadonlyMap<string, CountedVersion['agentId']>): NewFigures[] {
  const agentId = ids.get(figures.name)
  return agentId === undefined ? [] : [{ ...figures, agentId }]
}

function wholeOf(agentId: string, figures: RanFigures | undefined): NewFigures {
  return { ...(figures ?? NO_RUNS), agentId, version: null }
}

const NO_RUNS: VersionFigures = {
  runs: 0,
  successes: 0,
  p50Ms: null,
  p95Ms: null,
  costNanoUsd: 0,
  priced: 0,
  recentRuns: 0,
  earlierRuns: 0,
  lastRunAt: null,
}

/**
 * What agents are sorted by, so that few runs count little: of the success rate the bound that holds 19 times out of 20, of
 * the trend how far it is from chance.
 */
export function scoresOf({
  runs,
  successes,
  p50Ms,
  costNanoUsd,
  priced,
  recentRuns,
  earlierRuns,
}: VersionFigures): Scores {
  const success = runs === 0 ? -1 : lowerBound({ successes, count: runs })
  const cost = priced === 0 ? -Infinity : -(costNanoUsd / priced)
  const latency = p50Ms === null ? -Infinity : -p50Ms
  const trend = (recentRuns - earlierRuns) / Math.sqrt(recentRuns + earlierRuns + 1)
  return { success, cost, latency, trend }
}
