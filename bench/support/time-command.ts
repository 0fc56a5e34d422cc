/** A bare interpreter, to compare a run with. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** ms from the start of `words` to its end, with its output read and nothing in its environment. */
export async function timeCommand(words: readonly string[]): Promise<number> {
  const startedAt = performance.now()
  const [command = '', ...args] = words
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
  child.stdout.resume()
  child.stderr.resume()
  await once(child, 'close')
  return performance.now() - startedAt
}
