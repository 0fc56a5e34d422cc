/**
 * Spreads the test files that take longest over the run: each keeps more than one processor busy, so that two at once run
 * into their time limits, and the last of them alone would leave a processor idle.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** From five minutes of processor time down to twenty seconds. */
const LONGEST = [
  'test/chaos/',
  'test/fuzz/api.',
  'test/guests/on-runtimes.',
  'test/runtimes/wasmedge',
  'test/runtimes/bacalhau',
  'test/package.',
  'test/differential/',
  'test/attacks/',
  'test/store/rollups.',
  'test/store/migrate.',
  'test/e2e/',
  'test/stack/stack.',
]
/** The part of the run in which all of them begin. */
const SHARE = 0.8

export class SpreadLong extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const long = sorted.filter(isLong)
    const order = sorted.filter((file) => !isLong(file))
    const step = (sorted.length * SHARE) / Math.max(1, long.length)
    for (const [index, file] of long.entries()) order.splice(Math.round(index * step), 0, file)
    return order
  }
}

function isLong({ moduleId }: TestSpecification): boolean {
  return LONGEST.some((path) => moduleId.includes(path))
}
