/** What the current month is going to cost, with a range. */
import { monthStart } from '../cost/period.ts'
import type { Store } from '../store/client.ts'
import type { Filter } from '../store/filter.ts'
import { getCostSeries } from '../store/queries/costs.ts'
import type { Scope, Window } from '../store/scope.ts'

const DAY_MS = 86_400_000
/** Days that are looked back on. */
const HISTORY_DAYS = 28
/** Below it there is no forecast. */
const LEAST_DAYS = 3
/** From it on, each day of the week has its own mean. */
const WEEKLY_DAYS = 14
/** Four of five outcomes of a normal distribution lie within so many standard deviations. */
const RANGE_DEVIATIONS = 1.2816

/** Known cost of a day, by its start; a day without executions is absent. */
export interface DayCost {
  startMs: number
  costNanoUsd: number
}

/** 10⁻⁹ USD */
export interface Forecast {
  spentNanoUsd: number
  /** Null with too little history. */
  forecastNanoUsd: number | null
  /** The month lies between these in about four of five cases. */
  lowNanoUsd: number | null
  highNanoUsd: number | null
  /** Complete days that the forecast rests on. */
  historyDays: number
  method: string
}

export interface CostForecast extends Forecast {
  month: Window
  /** Executions of the month whose cost is unknown and therefore left out. */
  unpricedCount: number
}

/** The forecast for the executions that match. @param now ms since the epoch */
export async function costForecast(
  { store, scope }: { store: Store; scope: Scope },
  { filter, now }: { filter: Filter; now: number },
): Promise<CostForecast> {
  const [begin, end] = [monthStart(now, 0), monthStart(now, 1)]
  const from = Math.min(begin, startOfDay(now) - HISTORY_DAYS * DAY_MS)
  const found = await getCostSeries(store, {
    scope,
    filter,
    window: { from: toIso(from), to: toIso(now) },
    bucket: 'day',
    groupBy: [],
    order: 'cost',
    limit: 1,
  })
  const days = found.map(({ startMs, costs: { total } }) => ({
    startMs,
    costNanoUsd: total.costNanoUsd ?? 0,
  }))
  const ofMonth = found.filter(({ startMs }) => startMs >= begin)
  return {
    month: { from: toIso(begin), to: toIso(end) },
    ...forecastMonth(days, now),
    unpricedCount: ofMonth.reduce((sum, { costs: { total } }) => sum + total.unpricedCount, 0),
  }
}

/**
 * Spent so far, plus for each day that is left the mean of the last complete days (of the same day of the week, from two
 * weeks of history on). The range has the scatter of the days about their means, and how uncertain the means are.
 * @param now ms since the epoch
 */
export function forecastMonth(days: readonly DayCost[], now: number): Forecast {
  const [begin, end, today] = [monthStart(now, 0), monthStart(now, 1), startOfDay(now)]
  const spentNanoUsd = days
    .filter(({ startMs }) => startMs >= begin)
    .reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
  const history = completeDays(days, today)
  const historyDays = history.length
  if (historyDays < LEAST_DAYS)
    return {
      spentNanoUsd,
      forecastNanoUsd: null,
      lowNanoUsd: null,
      highNanoUsd: null,
      historyDays,
      method: `none: ${historyDays} complete days of history, ${LEAST_DAYS} are needed`,
    }
  const isWeekly = historyDays >= WEEKLY_DAYS
  const expected = (dayMs: number): number =>
    meanOf(isWeekly ? history.filter(({ startMs }) => weekday(startMs) === weekday(dayMs)) : history)
  const squares = history.map(({ startMs, costNanoUsd }) => (costNanoUsd - expected(startMs)) ** 2)
  const freedom = Math.max(1, historyDays - (isWeekly ? 7 : 1))
  const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / freedom)
  const left = (end - now) / DAY_MS
  let rest = (expected(today) * (today + DAY_MS - now)) / DAY_MS
  for (let day = today + DAY_MS; day < end; day += DAY_MS) rest += expected(day)
  const margin = RANGE_DEVIATIONS * deviation * Math.sqrt(left + (left * left) / historyDays)
  return {
    spentNanoUsd,
    forecastNanoUsd: Math.round(spentNanoUsd + rest),
    lowNanoUsd: Math.round(spentNanoUsd + Math.max(0, rest - margin)),
    highNanoUsd: Math.round(spentNanoUsd + rest + margin),
    historyDays,
    method: `spent so far, and for each day left the mean of the last ${historyDays} complete days${isWeekly ? ', by day of the week' : ''}; the range covers four of five cases`,
  }
}

/** The last complete days from the first with executions on; a day without any cost 0. */
function completeDays(days: readonly DayCost[], today: number): DayCost[] {
  const past = days.filter(({ startMs }) => startMs < today && startMs >= today - HISTORY_DAYS * DAY_MS)
  const first = Math.min(...past.map(({ startMs }) => startMs))
  if (past.length === 0) return []
  const byStart = new Map(past.map((day) => [day.startMs, day]))
  return Array.from({ length: (today - first) / DAY_MS }, (_, index) => {
    const startMs = first + index * DAY_MS
    return byStart.get(startMs) ?? { startMs, costNanoUsd: 0 }
  })
}

function meanOf(days: readonly DayCost[]): number {
  return days.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0) / days.length
}

function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}

function weekday(ms: number): number {
  return new Date(ms).getUTCDay()
}

function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
