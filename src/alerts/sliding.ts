/** Adds slots up to windows that follow one another, in time proportional to slots and windows. */
import { mapNames } from '../record/record.ts'
import { SUM_NAMES, type SlotSums, type SumName, type Sums } from '../store/queries/alert-figures.ts'

/** Windows that end before the slots `first`, `first` + 1, …, `count` of them. */
export interface Ends {
  first: number
  count: number
}

/**
 * Sums of each window, in the order of its end.
 * @param length of each window, slots
 */
export function slidingSums(slots: readonly SlotSums[], ends: Ends, length: number): Sums[] {
  const changes = Array.from({ length: ends.count + 1 }, zeros)
  for (const { slot, retriedIn, sums } of slots) {
    const from = Math.max(0, slot + 1 - ends.first)
    const until = Math.min(ends.count, Math.min(slot + length, retriedIn ?? Infinity) - ends.first + 1)
    if (from >= until) continue
    add(changes[from], sums, 1)
    add(changes[until], sums, -1)
  }
  const running = zeros()
  return changes.slice(0, -1).map((change) => {
    add(running, change, 1)
    return Object.assign({}, running)
  })
}

function add(to: Record<SumName, number> | undefined, sums: Sums, sign: 1 | -1): void {
  if (to !== undefined) for (const name of SUM_NAMES) to[name] += sign * sums[name]
}

function zeros(): Record<SumName, number> {
  return mapNames(SUM_NAMES, () => 0)
}
