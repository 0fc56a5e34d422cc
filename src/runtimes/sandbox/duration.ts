/** When a program ended, from the supervisor's report. */
import type { SupervisorReport } from './wire/supervisor-report.ts'

/** Taking an interpreter down takes 0 to 20 ms, and is not the program's time. What takes longer is. */
const TAKE_DOWN_MS = 20

/** The end of the program: that of its interpreter, less what taking it down can have taken since its last word. */
export function whenOver(
  supervisor: SupervisorReport | string | null,
  closedAt: number,
  lastAt: number,
): number {
  const endedAt = whenEnded(supervisor, closedAt)
  const isEarlier = typeof supervisor === 'object' && supervisor !== null && !supervisor.killed
  return isEarlier ? Math.min(endedAt, Math.max(lastAt, endedAt - TAKE_DOWN_MS)) : endedAt
}

/** When the interpreter ended, by the clock of `performance.now`. */
export function whenEnded(supervisor: SupervisorReport | string | null, closedAt: number): number {
  if (typeof supervisor !== 'object' || supervisor === null || supervisor.endedAt === 0) return closedAt
  return Math.min(closedAt, fromMonotonic(supervisor.endedAt))
}

/** A thread that is taken off its core between its two reads makes this smaller, never larger. */
const readOrigin = (): number => Number(process.hrtime.bigint()) / 1e6 - performance.now()
let originMs = Math.max(readOrigin(), readOrigin(), readOrigin())

/** ms of the kernel's monotonic clock, which all processes share, by the clock of `performance.now`. */
export function fromMonotonic(ms: number): number {
  originMs = Math.max(originMs, readOrigin())
  return ms - originMs
}
