/** A property tried for a fixed time; what it was tried with is printed, so that it can be tried again. */
import fc from 'fast-check'

/** ms each target is tried for; all of them together are half a minute. Each run of the tests has other seeds. */
export const BUDGET_MS = Number(process.env['FUZZ_MS'] ?? 1000)

/** Tries `property` until the time is over. `FUZZ_SEED` repeats what a failure printed. */
export async function fuzz<Values>(property: fc.IRawProperty<Values>, budgetMs = BUDGET_MS): Promise<void> {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
  process.stdout.write(`fuzz: FUZZ_SEED=${seed}\n`)
  const details = await fc.check(property, {
    seed,
    numRuns: 1_000_000,
    interruptAfterTimeLimit: budgetMs,
    markInterruptAsFailure: false,
  })
  // On a busy machine the first example alone, with what it loads, can take longer than the budget.
  if (details.interrupted && details.numRuns === 0) await fc.assert(property, { seed, numRuns: 1 })
  else if (details.failed)
    throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance })
}

/** Text made of pieces that mean something to what reads it, and of anything else. */
export function textOf(pieces: readonly string[], maxPieces = 20): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    { weight: 1, arbitrary: repeated(pieces) },
  )
  return fc.array(piece, { maxLength: maxPieces }).map((list) => list.join(''))
}

/** One piece over and over: what makes a pattern slow. */
function repeated(pieces: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...pieces), fc.integer({ min: 1, max: 2000 }))
    .map(([piece, times]) => piece.repeat(times).slice(0, 8000))
}
