/** Getting a program: what is on this machine already, else fetched or built once, whoever asks at the same time. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { messageOf } from '../errors.ts'
import { waitForLock } from './lock.ts'
import { withProgress, type Progress, type ProgressOptions } from './progress.ts'

/** One way to a program. */
export interface Attempt<Program> {
  /** This way, in a few words for a person. */
  what: string
  /** @throws Error saying why this way does not lead to the program. */
  get(): Promise<Program>
}

/** How a program is obtained. */
export interface Recipe<Program> {
  /** The program's name for a person. */
  name: string
  /** Ways that change nothing, the first that works wins. */
  ready: readonly Attempt<Program>[]
  /** Those of `ready` that another process may have made possible in the meantime. */
  cached: readonly Attempt<Program>[]
  /** Ways that fetch or build it; one process at a time. */
  making: readonly Attempt<Program>[]
  /** Directory of this user's copies, created where it is missing. */
  cache: string
  /** Names what is made, among others in `cache`. */
  key: string
  /** Which attempts get a line when they fail. */
  reports: 'all' | 'making'
  report: (line: string) => void
}

/**
 * The program, by the first way that works.
 * @throws {ProvisionError} with the reason of each way.
 */
export async function provision<Program>(recipe: Recipe<Program>): Promise<Program> {
  const failures = new Set<string>()
  const found = await firstOf(recipe, recipe.ready, failures)
  if (found !== null) return found.program
  await mkdir(recipe.cache, { recursive: true, mode: 0o755 })
  const lock = await waitForLock(join(recipe.cache, `${recipe.key}.lock`), (owner) =>
    recipe.report(`${recipe.name}: process ${owner ?? 'unknown'} is getting it; waiting`),
  )
  try {
    await sweepDrafts(recipe)
    const made =
      (await firstOf({ ...recipe, reports: 'making' }, recipe.cached, failures)) ??
      (await firstOf(recipe, recipe.making, failures))
    if (made !== null) return made.program
  } finally {
    lock.release()
  }
  throw new ProvisionError(recipe.name, [...failures])
}

/** Every way failed; `failures` has a line for each. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError'
  readonly failures: readonly string[]
  constructor(program: string, failures: readonly string[]) {
    super(`no ${program} could be obtained:\n  ${failures.join('\n  ')}`)
    this.failures = failures
  }
}

async function firstOf<Program>(
  { name, making, reports, report }: Recipe<Program>,
  attempts: readonly Attempt<Program>[],
  failures: Set<string>,
): Promise<{ program: Program } | null> {
  for (const attempt of attempts) {
    try {
      return { program: await attempt.get() }
    } catch (error) {
      const failure = `${attempt.what}: ${messageOf(error)}`
      failures.add(failure)
      if (reports === 'all' || making.includes(attempt)) report(`${name}: ${failure}`)
    }
  }
  return null
}

/** Interrupted attempts leave drafts behind. */
async function sweepDrafts({ cache, key }: Recipe<unknown>): Promise<void> {
  const stale = (await readdir(cache)).filter((entry) => entry.startsWith(`.draft-${key}-`))
  await Promise.all(stale.map((entry) => removeTree(join(cache, entry))))
}

/** Where and how a draft is made. */
export interface DraftOptions extends ProgressOptions {
  cache: string
  key: string
}

/** Runs `work` in a fresh directory on the disk of the cache, with its progress shown; the directory goes afterwards. */
export async function inDraft<T>(
  { cache, key, ...shown }: DraftOptions,
  work: (draft: string, progress: Progress) => Promise<T>,
): Promise<T> {
  const draft = join(cache, `.draft-${key}-${process.pid}`)
  await mkdir(draft, { recursive: true, mode: 0o700 })
  try {
    return await withProgress(shown, (progress) => work(draft, progress))
  } finally {
    await removeTree(draft)
  }
}

/** Go marks what it unpacks read-only, which stops a removal by anyone but root. */
async function removeTree(path: string): Promise<void> {
  await execa('chmod', ['-R', 'u+w', path], { reject: false })
  await rm(path, { recursive: true, force: true })
}
