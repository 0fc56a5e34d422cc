/** Numbers of figures that are kept: the later begun, the higher. */
import { randomInt } from 'node:crypto'
import type { Store } from '../client.ts'
import { readStoreClock } from '../store-clock.ts'

/** So many in a millisecond, so that two processes that begin in the same one do not both write the same generation. */
const PER_MS = 4096

/** Smaller numbers are of a version that kept less. */
export const LEAST_GENERATION = PER_MS * Date.parse('2026-01-01T00:00:00Z')

/** The generation of figures that are begun now. @throws {StoreError} */
export async function beginGeneration(store: Store): Promise<number> {
  return firstGenerationAt(await readStoreClock(store)) + randomInt(PER_MS)
}

/** The least generation of figures that were begun at this time, ms. */
export function firstGenerationAt(ms: number): number {
  return ms * PER_MS
}

/** When the figures of a generation were begun, ms. */
export function begunAt(generation: number): number {
  return Math.floor(generation / PER_MS)
}
