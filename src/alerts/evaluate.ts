/** Evaluates the rules that are due, and keeps what came of it in one transaction for each batch. */
import { messageOf } from '../errors.ts'
import { randomUUID } from 'node:crypto'
import { lockUnchanged, listDue, moveOn, noteFailure, type StoredRule } from '../metadata/alert-rules.ts'
import { lockOpen, removeAlerts, saveAlerts } from '../metadata/alerts.ts'
import { addNotifications } from '../metadata/alert-notifications.ts'
import { saveEvaluations } from '../metadata/alert-evaluations.ts'
import { channelsOf, type StoredChannel } from '../metadata/alert-channels.ts'
import { listSilencesSince } from '../metadata/alert-silences.ts'
import type { Queries } from '../metadata/database.ts'
import { fold, nameOf, type Folded, type OpenAlert } from './fold.ts'
import { toEvaluations, skippedOf } from './history.ts'
import { isMuted, isSilenced, type SilenceMatch } from './mute.ts'
import { contentOf } from './notification.ts'
import { USUAL_DELAY_SECONDS } from './late-rows.ts'
import { lookOnce } from './pipeline-probe.ts'
import { readRules, type AlertSources } from './read-rules.ts'
import type { GroupReadings } from './readings.ts'
import type { AlertRule } from './rule.ts'
import { ruleOf, scopeOfOwner, toNewAlert, toOpenAlert } from './stored-state.ts'
import { dueEnds, type Due } from './windows.ts'

/** A rule with its windows that are due. */
interface DueRule {
  stored: StoredRule
  rule: AlertRule
  due: Due
}

/** Rules of one batch: of one interval and the same windows. */
const BATCH = 100
const RETRY_MS = [5_000, 15_000, 60_000, 300_000]
const ERROR_MAX = 500

/** What a round did. */
export interface Round {
  rules: number
  windows: number
  failed: number
  notices: number
}

/**
 * Evaluates every window that is due.
 * @param now ms since the epoch, by the clock of Postgres
 */
export async function evaluateDue(given: AlertSources, now: number): Promise<Round> {
  const { queries } = given.database
  const sources = { ...given, pipeline: given.pipeline && lookOnce(given.pipeline) }
  const round: Round = { rules: 0, windows: 0, failed: 0, notices: 0 }
  const delaySeconds = (await given.lateRows?.delaySeconds()) ?? USUAL_DELAY_SECONDS
  for (const batch of batchesOf(await readDue(queries, { now, delaySeconds }, round))) {
    try {
      await evaluateBatch(sources, batch, round)
    } catch {
      // One rule may be the cause: alone, the others go on.
      for (const one of batch) await evaluateAlone(sources, one, round)
    }
  }
  return round
}

/** The rules that are due. One that cannot be read is noted as failed. */
async function readDue(
  queries: Queries,
  { now, delaySeconds }: { now: number; delaySeconds: number },
  round: Round,
): Promise<DueRule[]> {
  const rules: DueRule[] = []
  for (const stored of await listDue(queries, delaySeconds)) {
    const nextEnd = Date.parse(stored.nextEnd)
    try {
      const rule = ruleOf(stored)
      const schedule = { everySeconds: rule.everySeconds, delaySeconds: rule.delaySeconds ?? delaySeconds }
      rules.push({ stored, rule, due: dueEnds(schedule, nextEnd, now) })
    } catch (cause) {
      round.failed += 1
      await keepFailure(queries, { stored, end: nextEnd, cause })
    }
  }
  return rules
}

function batchesOf(rules: readonly DueRule[]): DueRule[][] {
  const batches = new Map<string, DueRule[]>()
  for (const one of rules) {
    const name = `${one.rule.everySeconds} ${one.due.ends[0]} ${one.due.ends.length}`
    batches.set(name, [...(batches.get(name) ?? []), one])
  }
  return [...batches.values()].flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.length / BATCH) }, (_, index) =>
      batch.slice(index * BATCH, (index + 1) * BATCH),
    ),
  )
}

async function evaluateAlone(sources: AlertSources, one: DueRule, round: Round): Promise<void> {
  try {
    await evaluateBatch(sources, [one], round)
  } catch (cause) {
    round.failed += 1
    const { stored, due } = one
    await keepFailure(sources.database.queries, { stored, end: due.ends.at(-1), cause })
  }
}

interface Failure {
  stored: StoredRule
  /** Of the window, ms since the epoch; undefined where none was due. */
  end: number | undefined
  cause: unknown
}

/** The window stays due; it is tried again with ever longer pauses, and shown as failed until then. */
async function keepFailure(queries: Queries, { stored, end, cause }: Failure): Promise<void> {
  const error = messageOf(cause).slice(0, ERROR_MAX)
  const pause = RETRY_MS[Math.min(stored.failures, RETRY_MS.length - 1)] ?? 0
  await noteFailure(queries, [stored.id], { error, retryAt: new Date(Date.now() + pause).toISOString() })
  if (end === undefined) return
  const failed = { state: 'failed', value: null, sampleCount: null, reason: error, groups: [] } as const
  await saveEvaluations(queries, [{ ruleId: stored.id, windowEnd: new Date(end).toISOString(), ...failed }])
}

async function evaluateBatch(sources: AlertSources, batch: readonly DueRule[], round: Round): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  const { ends } = first.due
  const [firstEnd] = ends
  const scoped = batch.map(({ rule, stored }) => ({ id: stored.id, rule, scope: scopeOfOwner(stored) }))
  const windows = { everySeconds: first.rule.everySeconds, firstEnd: firstEnd ?? 0, count: ends.length }
  const readings = firstEnd === undefined ? [] : await readRules(sources, scoped, windows)
  const evaluated = await sources.database.queries.transaction().execute(async (queries) => {
    const unchanged = await lockUnchanged(
      queries,
      batch.map(({ stored }) => stored),
    )
    const context = await readContext(queries, batch)
    const kept = batch.flatMap((one, index) =>
      unchanged.has(one.stored.id) ? [{ one, folded: foldRule(one, readings[index] ?? [], context) }] : [],
    )
    await keep(queries, kept)
    return kept
  })
  round.rules += evaluated.length
  round.windows += evaluated.length * ends.length
  round.notices += evaluated.reduce((sum, { folded }) => sum + folded.notices.length, 0)
  if (ends.length > 0) await keepLook(sources, evaluated)
}

/** What was lost until this look is lost once, and only for rules whose window is kept. */
async function keepLook({ pipeline }: AlertSources, evaluated: readonly Kept[]): Promise<void> {
  const rules = evaluated.filter(({ one }) => one.rule.condition.kind === 'pipeline')
  if (rules.length > 0) (await pipeline?.look())?.keep(rules.map(({ one }) => one.stored.id))
}

interface Context {
  open: ReadonlyMap<string, OpenAlert[]>
  silences: readonly (SilenceMatch & { organizationId: string | null; workspaceId: string | null })[]
}

async function readContext(queries: Queries, batch: readonly DueRule[]): Promise<Context> {
  const [first] = batch
  const since = new Date(first?.due.ends[0] ?? Date.now()).toISOString()
  const alerts = await lockOpen(
    queries,
    batch.map(({ stored }) => stored.id),
  )
  const silences = await listSilencesSince(queries, since)
  return {
    open: Map.groupBy(alerts.map(toOpenAlert), ({ ruleId }) => ruleId),
    silences: silences.map((silence) =>
      Object.assign({}, silence, {
        startsAt: Date.parse(silence.startsAt),
        endsAt: Date.parse(silence.endsAt),
      }),
    ),
  }
}

function foldRule(
  { stored, rule, due }: DueRule,
  readings: readonly GroupReadings[],
  context: Context,
): Folded {
  const silences = context.silences.filter(
    ({ organizationId, workspaceId }) =>
      organizationId === stored.organizationId &&
      (workspaceId === null || workspaceId === stored.workspaceId),
  )
  return fold(rule, readings, {
    ends: due.ends,
    open: context.open.get(stored.id) ?? [],
    // Whether a notification is sent depends on the time, not on the window that is caught up.
    isQuiet: (key, end) =>
      isMuted(rule.mute, end) || isSilenced(silences, { ruleId: stored.id, key, at: end }),
    newId: randomUUID,
  })
}

interface Kept {
  one: DueRule
  folded: Folded
}

async function keep(queries: Queries, kept: readonly Kept[]): Promise<void> {
  const alerts = kept.flatMap(({ one, folded }) => folded.alerts.map((alert) => ({ one, alert })))
  const neverFired = alerts.filter(({ alert }) => alert.endedAt !== null && alert.state.firedAt === null)
  await removeAlerts(
    queries,
    neverFired.map(({ alert }) => alert.id),
  )
  const rest = alerts.filter((each) => !neverFired.includes(each))
  await saveAlerts(
    queries,
    rest.map(({ one, alert }) => toNewAlert(one.stored, alert, nameOf(alert.key))),
  )
  await saveEvaluations(
    queries,
    kept.flatMap(({ one, folded }) => [
      ...skippedOf(one.stored.id, one.due),
      ...toEvaluations(one.stored.id, folded),
    ]),
  )
  for (const each of kept) {
    const { stored, rule } = each.one
    if (each.folded.notices.length === 0) continue
    const channels = await channelsOf(queries, stored, rule.channels)
    await addNotifications(queries, notificationsOf(each, channels))
  }
  await moveOn(
    queries,
    kept.map(({ one }) => ({ id: one.stored.id, nextEnd: new Date(one.due.next).toISOString() })),
  )
}

function notificationsOf({ one: { stored, rule }, folded }: Kept, channels: readonly StoredChannel[]) {
  return folded.notices.flatMap((notice) =>
    channels.map(({ id: channelId }) => ({
      id: randomUUID(),
      channelId,
      alertId: notice.alertId,
      kind: notice.kind,
      windowEnd: new Date(notice.end).toISOString(),
      content: contentOf({ id: stored.id, organizationId: stored.organizationId, rule }, notice),
    })),
  )
}
