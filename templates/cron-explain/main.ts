/** Says what a cron expression means, and when it comes next. Times are UTC, or at a fixed offset from it. */
interface Input {
  expression: string
  from?: string
  count?: number
  utcOffsetMinutes?: number
}

interface Part {
  /** Every value it allows, ascending. */
  values: number[]
  /** Written as `*`. */
  any: boolean
}

interface Field {
  name: string
  least: number
  most: number
  names: readonly string[]
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MACROS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const MINUTE: Field = { name: 'minute', least: 0, most: 59, names: [] }
const HOUR: Field = { name: 'hour', least: 0, most: 23, names: [] }
const DAY_OF_MONTH: Field = { name: 'day of the month', least: 1, most: 31, names: [] }
const MONTH: Field = { name: 'month', least: 1, most: 12, names: MONTHS }
const DAY_OF_WEEK: Field = { name: 'day of the week', least: 0, most: 7, names: DAYS }
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** Nine years: 29 February may be eight years away. */
const SEARCHED_MONTHS = 109
/** The weekday of 1 January 1970. */
const THURSDAY = 4

export function main({ expression, from, count = 5, utcOffsetMinutes = 0 }: Input) {
  const start = from === undefined ? Date.now() : Date.parse(from)
  if (Number.isNaN(start)) throw new Error(`from: ${JSON.stringify(from)} is no ISO 8601 time`)
  const parts = parse(expression)
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parts
  return {
    expression: expression.trim(),
    description: describe(parts),
    fields: {
      minute: minute.values,
      hour: hour.values,
      dayOfMonth: dayOfMonth.values,
      month: month.values,
      dayOfWeek: dayOfWeek.values,
    },
    next: nextTimes(parts, { start, count, offsetMs: utcOffsetMinutes * MINUTE_MS }),
  }
}

type Schedule = ReturnType<typeof parse>

function parse(expression: string) {
  const text = expression.trim()
  const written = MACROS[text.toLowerCase()] ?? text
  if (written.startsWith('@')) throw new Error(`${text} is none of ${Object.keys(MACROS).join(', ')}`)
  const texts = written.split(/\s+/u)
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = texts
  if (texts.length !== 5)
    throw new Error(
      `five fields (minute, hour, day of the month, month, day of the week), not ${texts.length}: ${text}`,
    )
  return {
    minute: parsePart(minute, MINUTE),
    hour: parsePart(hour, HOUR),
    dayOfMonth: parsePart(dayOfMonth, DAY_OF_MONTH),
    month: parsePart(month, MONTH),
    dayOfWeek: withOneSunday(parsePart(dayOfWeek, DAY_OF_WEEK)),
  }
}

/** 7 is Sunday, too. */
function withOneSunday({ values, any }: Part): Part {
  return { values: ascending(values.map((day) => day % 7)), any }
}

function ascending(values: Iterable<number>): number[] {
  return [...new Set(values)].sort((one, other) => one - other)
}

function parsePart(text: string, field: Field): Part {
  const values = text.split(',').flatMap((item) => parseItem(item, field))
  return { values: ascending(values), any: text === '*' || text === '?' }
}

/** `*`, `3`, `1-5`, each perhaps with a step such as `/2`. */
function parseItem(item: string, field: Field): number[] {
  const fail = (why: string): never => {
    throw new Error(`${field.name}: ${JSON.stringify(item)} ${why}`)
  }
  const [range = '', step, ...more] = item.split('/')
  if (more.length > 0 || range === '') return fail('cannot be read')
  const by = step === undefined ? 1 : /^\d{1,4}$/u.test(step) ? Number(step) : 0
  if (by < 1) return fail('has a step that is no number from 1 on')
  if (range === '*' || range === '?') return sequence(field.least, field === DAY_OF_WEEK ? 6 : field.most, by)
  const [from = '', to, ...others] = range.split('-')
  if (others.length > 0) return fail('is no range')
  const read = (text: string): number =>
    valueOf(text, field) ?? fail(`is not from ${field.least} to ${field.most}`)
  const least = read(from)
  const most = to === undefined ? (step === undefined ? least : field.most) : read(to)
  return least > most ? fail('ends before it begins') : sequence(least, most, by)
}

function valueOf(text: string, { names, least, most }: Field): number | null {
  if (/^[a-z]{3}/iu.test(text)) {
    const lower = text.toLowerCase()
    const index = names.findIndex(
      (name) => name.toLowerCase() === lower || name.slice(0, 3).toLowerCase() === lower,
    )
    return index === -1 ? null : index + (least === 1 ? 1 : 0)
  }
  const value = /^\d{1,4}$/u.test(text) ? Number(text) : -1
  return value >= least && value <= most ? value : null
}

function sequence(least: number, most: number, by: number): number[] {
  return Array.from({ length: Math.floor((most - least) / by) + 1 }, (_, index) => least + index * by)
}

function describe({ minute, hour, dayOfMonth, month, dayOfWeek }: Schedule): string {
  const days = [
    ...(dayOfMonth.any ? [] : [`on day ${list(dayOfMonth.values.map(String))} of the month`]),
    ...(dayOfWeek.any ? [] : [weekdays(dayOfWeek.values)]),
  ]
  const when = days.length === 0 ? 'every day' : days.join(' or ')
  const months = month.any ? '' : ` in ${list(spans(month.values, MONTHS, 1))}`
  return `${times(minute, hour)}, ${when}${months}`
}

/** `on Friday`, `Monday to Friday` */
function weekdays(values: readonly number[]): string {
  const names = spans(values, DAYS, 0)
  return `${names.some((name) => name.includes(' to ')) ? '' : 'on '}${list(names)}`
}

function times(minute: Part, hour: Part): string {
  const { values: minutes } = minute
  const { values: hours } = hour
  const isEvery = hours.length === 24
  if (minutes.length * hours.length <= 6)
    return `at ${list(hours.flatMap((at) => minutes.map((of) => `${two(at)}:${two(of)}`)))}`
  const step = regularStep(minutes, 60)
  const first =
    minutes.length === 60
      ? 'every minute'
      : step !== null
        ? `every ${step} minutes`
        : `at ${minutes.length === 1 ? 'minute' : 'minutes'} ${list(minutes.map(String))}`
  if (isEvery) return minutes.length < 60 && step === null ? `${first} of every hour` : first
  return `${first} of ${hours.length === 1 ? 'hour' : 'hours'} ${list(numberSpans(hours))}`
}

/** The step of values that are evenly spaced from 0 on and fill the hour. */
function regularStep(values: readonly number[], whole: number): number | null {
  const step = whole / values.length
  return values.length > 1 && Number.isInteger(step) && values.every((value, index) => value === index * step)
    ? step
    : null
}

function spans(values: readonly number[], names: readonly string[], least: number): string[] {
  return runs(values).map(([first, last]) => {
    const [from = '', to = ''] = [names[first - least], names[last - least]]
    return first === last ? from : `${from} to ${to}`
  })
}

function numberSpans(values: readonly number[]): string[] {
  return runs(values).map(([first, last]) => (first === last ? String(first) : `${first} to ${last}`))
}

/** Of three values in a row and more, the first and the last; else each. */
function runs(values: readonly number[]): [number, number][] {
  const found: [number, number][] = []
  for (const value of values) {
    const last = found.at(-1)
    if (last !== undefined && last[1] === value - 1) last[1] = value
    else found.push([value, value])
  }
  return found.flatMap(([first, last]): [number, number][] =>
    last - first === 1
      ? [
          [first, first],
          [last, last],
        ]
      : [[first, last]],
  )
}

function list(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Those after `start`; fewer where there are none within nine years. */
function nextTimes(
  schedule: Schedule,
  { start, count, offsetMs }: { start: number; count: number; offsetMs: number },
): string[] {
  const found: string[] = []
  for (const day of daysOf(schedule, Math.floor((start + offsetMs) / DAY_MS))) {
    for (const hour of schedule.hour.values)
      for (const minute of schedule.minute.values) {
        if (found.length >= count) return found
        const time = day * DAY_MS + (hour * 60 + minute) * MINUTE_MS - offsetMs
        if (time > start) found.push(new Date(time).toISOString())
      }
  }
  return found
}

/** Days since 1970 that fit, month by month: most months of a yearly schedule are passed over. */
function* daysOf(schedule: Schedule, firstDay: number): Generator<number> {
  const first = new Date(firstDay * DAY_MS)
  for (let passed = 0; passed < SEARCHED_MONTHS; passed += 1) {
    const month = first.getUTCMonth() + passed
    if (!schedule.month.values.includes((month % 12) + 1)) continue
    const begin = Date.UTC(first.getUTCFullYear(), month, 1) / DAY_MS
    const end = Date.UTC(first.getUTCFullYear(), month + 1, 1) / DAY_MS
    for (let day = Math.max(begin, firstDay); day < end; day += 1)
      if (isDay(schedule, day - begin + 1, (day + THURSDAY) % 7)) yield day
  }
}

/** Where both days are given, either will do, as in cron. */
function isDay({ dayOfMonth, dayOfWeek }: Schedule, date: number, weekday: number): boolean {
  const fitsMonth = dayOfMonth.values.includes(date)
  const fitsWeek = dayOfWeek.values.includes(weekday)
  return dayOfMonth.any || dayOfWeek.any ? fitsMonth && fitsWeek : fitsMonth || fitsWeek
}
