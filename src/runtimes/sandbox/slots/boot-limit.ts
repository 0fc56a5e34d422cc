/** How long a sandbox that is started ahead may take until it is ready. */
import type { Sandbox } from '../sandbox.ts'

/** An interpreter starts in 10 to 500 ms, on a busy machine in seconds; one that has not by then does not. */
export const BOOT_LIMIT_MS = 20_000

/** False where it is not ready in time, or where what `leaving` gets in the meantime is called first. */
export async function bootsInTime(
  { ready }: Pick<Sandbox, 'ready'>,
  leaving: Set<() => void>,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const giveUp = (): void => resolve(false)
  const timer = setTimeout(giveUp, BOOT_LIMIT_MS).unref()
  leaving.add(giveUp)
  void ready.then(() => resolve(true))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    leaving.delete(giveUp)
  }
}
