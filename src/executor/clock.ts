const STEP_NS = 2_000_000n

/** A clock in nanoseconds since the Unix epoch; it is monotonic except when the system clock is stepped. */
export function createClock(): () => bigint {
  let wall = BigInt(Date.now()) * 1_000_000n
  let mark = process.hrtime.bigint()
  return () => {
    const steady = wall + (process.hrtime.bigint() - mark)
    const system = BigInt(Date.now()) * 1_000_000n
    const drift = steady - system
    if (drift < STEP_NS && drift > -STEP_NS) return steady
    wall = system
    mark = process.hrtime.bigint()
    return system
  }
}

/** ISO 8601 UTC with nine fractional digits. */
export function toIso(epochNs: bigint): string {
  const seconds = new Date(Number(epochNs / 1_000_000n)).toISOString().slice(0, 19)
  return `${seconds}.${(epochNs % 1_000_000_000n).toString().padStart(9, '0')}Z`
}
