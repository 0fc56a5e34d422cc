/** Steps only the wall clock of this process; the monotonic clock goes on, as the kernel's does. */
const RealDate = Date
let shiftMs = 0

/** From now on the wall clock shows so much more, or less. */
export function stepClock(byMs: number): void {
  shiftMs += byMs
  globalThis.Date = SteppedDate as DateConstructor
}

const SteppedDate: unknown = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
})

function now(): number {
  return RealDate.now() + shiftMs
}
