/** Incidents in seeded traffic: false alarms, misses, repeats and delay of a rule, against a naive threshold. */
import { expect, it } from 'vitest'
import { fold, type OpenAlert } from '../../src/alerts/fold.ts'
import { readSlots } from '../../src/alerts/readings.ts'
import { ruleSchema } from '../../src/alerts/rule.ts'
import { dueEnds } from '../../src/alerts/windows.ts'
import { SUM_NAMES, type SlotSums, type Sums } from '../../src/store/queries/alert-figures.ts'

const MINUTE = 60_000
const BEGIN = Date.parse('2026-11-01T00:00:00Z')
const MINUTES = 24 * 60

interface Scenario {
  name: string
  /** Share of executions that fail in a minute. */
  rate: (minute: number) => number
  /** Minutes in which someone should be notified; null: none. */
  incident: [number, number] | null
  /** False alarms that chance explains. @default 0 */
  byChance?: number
  perMinute?: (minute: number) => number
  /** Share of the records that arrive two to ten minutes late. */
  late?: number
  /** What the evaluator's clock shows at a true minute; null while it does not run. */
  clock?: (minute: number) => number | null
  isSilent?: (minute: number) => boolean
}

const between = (from: number, to: number, rate: number) => (minute: number) =>
  minute >= from && minute < to ? rate : 0.02
const SCENARIOS: readonly Scenario[] = [
  { name: 'nothing, much traffic', rate: () => 0.02, incident: null },
  { name: 'nothing, fewer than the minimum', rate: () => 0.05, perMinute: () => 1, incident: null },
  // Three failures of twenty are 15 %, and come by chance now and then.
  { name: 'nothing, just the minimum', rate: () => 0.02, perMinute: () => 2, incident: null, byChance: 3 },
  { name: 'single bad minutes', rate: (minute) => (minute % 97 === 50 ? 0.4 : 0.02), incident: null },
  { name: 'burst', rate: between(600, 640, 0.6), incident: [600, 640] },
  {
    name: 'slow rise',
    rate: (minute) => 0.02 + Math.max(0, Math.min(0.4, (minute - 600) / 600)),
    incident: [660, 1440],
  },
  {
    name: 'flapping',
    rate: (minute) => (minute >= 600 && minute < 720 && minute % 4 < 2 ? 0.5 : 0.02),
    incident: [600, 720],
  },
  { name: 'late records', rate: between(600, 660, 0.5), late: 0.2, incident: [600, 660] },
  {
    name: 'restart in the incident',
    rate: between(600, 660, 0.5),
    clock: (minute) => (minute >= 605 && minute < 635 ? null : minute),
    incident: [600, 660],
  },
  {
    name: 'clock an hour ahead, then right',
    rate: between(600, 660, 0.5),
    clock: (minute) => (minute >= 400 && minute < 410 ? minute + 60 : minute),
    incident: [600, 660],
  },
  { name: 'silenced incident', rate: between(600, 640, 0.6), isSilent: () => true, incident: null },
]

const rule = ruleSchema.parse({
  name: 'Error rate',
  condition: { kind: 'ratio', warning: 0.15, recovery: 0.1 },
  windowSeconds: 600,
  breaches: { count: 3, of: 5 },
})
const SCHEDULE = { everySeconds: rule.everySeconds, delaySeconds: 30 }

interface Record {
  slot: number
  fails: boolean
  arrives: number
}

it('notify once, soon and without false alarms where there are enough executions', () => {
  const lines = SCENARIOS.map((scenario) => {
    const records = traffic(scenario)
    const ours = assess(scenario, evaluate(scenario, records))
    const naive = assess(scenario, naively(scenario, records))
    expect(ours, scenario.name).toMatchObject({ missed: 0, repeats: 0 })
    expect(ours.falseAlarms, scenario.name).toBeLessThanOrEqual(scenario.byChance ?? 0)
    return { scenario, ours, naive }
  })
  const total = (of: 'ours' | 'naive', what: 'falseAlarms' | 'missed' | 'repeats'): number =>
    lines.reduce((sum, line) => sum + line[of][what], 0)
  const show = ({ falseAlarms, missed, repeats, delay }: Verdict): string =>
    `false ${falseAlarms}, missed ${missed}, repeats ${repeats}, delay ${delay ?? '–'} min`
  console.log(
    lines
      .map(({ scenario, ours, naive }) => `${scenario.name}: ${show(ours)}; naive: ${show(naive)}`)
      .join('\n'),
  )
  expect(total('naive', 'falseAlarms') + total('naive', 'repeats')).toBeGreaterThan(50)
})

/** The same numbers each time. */
function seeded(): () => number {
  let state = 42
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

function traffic({ rate, perMinute = () => 20, late = 0 }: Scenario): Record[] {
  const random = seeded()
  return Array.from({ length: MINUTES }, (_, slot) =>
    Array.from({ length: perMinute(slot) }, () => ({
      slot,
      fails: random() < rate(slot),
      arrives: slot + random() + (random() < late ? 2 + 8 * random() : 0),
    })),
  ).flat()
}

/** Minutes in which a notification says that the alert fires. */
function evaluate(
  { clock = (minute) => minute, isSilent = () => false }: Scenario,
  records: readonly Record[],
): number[] {
  const notified: number[] = []
  let open: OpenAlert[] = []
  const bySlot = Map.groupBy(records, ({ slot }) => slot)
  let next = BEGIN + MINUTE
  for (let minute = 1; minute < MINUTES; minute += 1) {
    const shown = clock(minute)
    if (shown === null) continue
    const due = dueEnds(SCHEDULE, next, BEGIN + shown * MINUTE + 30_000)
    ;({ next } = due)
    const [first] = due.ends
    if (first === undefined) continue
    const ends = { first: (first - BEGIN) / MINUTE, count: due.ends.length }
    const read = Array.from(
      { length: ends.count + 9 },
      (_, index) => bySlot.get(ends.first - 10 + index) ?? [],
    )
    const visible = slotsOf(read.flat().filter((record) => record.arrives <= minute + 0.5))
    const folded = fold(rule, readSlots(rule, visible, ends), {
      ends: due.ends,
      open,
      isQuiet: () => isSilent(minute),
      newId: () => String(minute),
    })
    open = folded.alerts.filter(({ endedAt }) => endedAt === null)
    if (folded.notices.some(({ kind }) => kind === 'firing')) notified.push(minute)
  }
  return notified
}

/** Notifies whenever more than 15 % of a minute failed, and not of the one before. */
function naively({ isSilent = () => false }: Scenario, records: readonly Record[]): number[] {
  const minutes = Map.groupBy(
    records.filter(({ slot, arrives }) => arrives <= slot + 1),
    ({ slot }) => slot,
  )
  const isBad = (minute: number): boolean => {
    const own = minutes.get(minute) ?? []
    return own.length > 0 && own.filter(({ fails }) => fails).length / own.length >= 0.15
  }
  return Array.from({ length: MINUTES }, (_, minute) => minute)
    .filter((minute) => isBad(minute) && !isBad(minute - 1) && !isSilent(minute))
    .map((minute) => minute + 1)
}

interface Verdict {
  falseAlarms: number
  missed: number
  repeats: number
  /** Minutes from the begin of the incident. */
  delay: number | null
}

/** Notifications while an incident leaves the windows still belong to it. */
function assess({ incident }: Scenario, notified: readonly number[]): Verdict {
  if (incident === null) return { falseAlarms: notified.length, missed: 0, repeats: 0, delay: null }
  const [from, to] = incident
  // A slow rise is noticed before it is an incident by our count.
  const own = notified.filter((minute) => minute > from - 30 && minute <= to + 10)
  return {
    falseAlarms: notified.length - own.length,
    missed: own.length === 0 ? 1 : 0,
    repeats: Math.max(0, own.length - 1),
    delay: own[0] === undefined ? null : own[0] - from,
  }
}

function slotsOf(records: readonly Record[]): SlotSums[] {
  return [...Map.groupBy(records, ({ slot }) => slot)].map(([slot, own]) => {
    const zero = Object.fromEntries(SUM_NAMES.map((name) => [name, 0])) as {
      -readonly [Name in keyof Sums]: number
    }
    const sums = { ...zero, count: own.length, failures: own.filter(({ fails }) => fails).length }
    return { key: [], slot, retriedIn: null, sums }
  })
}
