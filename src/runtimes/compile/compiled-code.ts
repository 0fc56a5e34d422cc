/** Compiled code that is kept, so that the same program does not wait for the compiler again. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { CodeFacts, CompileJob } from './compile-job.ts'

/** Characters of all that is kept. */
const MAX_KEPT = 16_777_216
/** Characters of one program, compiled or not; larger ones are compiled each time. */
const MAX_PROGRAM = 262_144

const kept = new LRUCache<string, KeptCode>({
  maxSize: MAX_KEPT,
  sizeCalculation: ({ code }) => code.length + 1,
})

/** Code as it came from the compiler, and what goes with it. */
type KeptCode = { code: string } & CodeFacts

/**
 * Under which the compiled code is kept; null where it is not. An organization's own, because how fast a program is
 * compiled would show others that it is known.
 */
export function keyOf(organizationId: string, { to, ...job }: CompileJob, code: string): string | null {
  const size = job.files.reduce((sum, { text }) => sum + text.length, code.length)
  if (to === 'quickjs' || size > MAX_PROGRAM) return null // QuickJS's code always has the hook
  const parts = [organizationId, to, job.fileName, job.loader, job.files, code]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

/** The compiled code; undefined where it is not known. */
export function recallCompiled(key: string | null): KeptCode | undefined {
  return key === null ? undefined : kept.get(key)
}

/** Keeps it, in place of what was not asked for the longest; not where it has the hook, which is of one run. */
export function keepCompiled(key: string | null, { hook }: CompileJob, compiled: KeptCode): void {
  if (key === null || compiled.code.length > MAX_PROGRAM || compiled.code.includes(hook)) return
  kept.set(key, compiled)
}
