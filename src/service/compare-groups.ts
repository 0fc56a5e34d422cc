/** Groups compared with themselves in the window before. */
import type { GroupKey } from '../store/queries/stats.ts'
import { windowBefore, type Window } from '../store/scope.ts'

interface Keyed {
  key: GroupKey
}

/** Figures in total, and of groups. */
interface Grouped<Figures> {
  total: Figures
  groups: readonly (Figures & Keyed)[]
}

interface Comparison<Figures, Answer, Change> {
  window: Window
  /** The same question of an earlier window, about these groups. */
  ask: (earlier: { window: Window; keys: readonly GroupKey[] }) => Promise<Answer>
  /** `before` is null for a group of which nothing ran then. */
  changeOf: (now: Figures, before: Figures | null) => Change
}

/** The parts of a reply that say how each group and the total changed from the window of the same length just before. */
export async function compareGroups<Figures, Answer extends Grouped<Figures>, Change>(
  current: Answer,
  { window, ask, changeOf }: Comparison<Figures, Answer, Change>,
): Promise<{
  groups: readonly (Answer['groups'][number] & { change: Change })[]
  previous: Answer & { window: Window }
  change: Change
}> {
  const before = windowBefore(window)
  const previous = await ask({ window: before, keys: current.groups.map(({ key }) => key) })
  const earlier = new Map(previous.groups.map((group) => [JSON.stringify(group.key), group]))
  return {
    groups: current.groups.map((group) => ({
      ...group,
      change: changeOf(group, earlier.get(JSON.stringify(group.key)) ?? null),
    })),
    previous: { window: before, ...previous },
    change: changeOf(current.total, previous.total),
  }
}
