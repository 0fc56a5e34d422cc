/** Allows one stack per home. */
import { join } from 'node:path'
import { ExectrailError } from '../errors.ts'
import { takeLock, type Lock } from '../provision/lock.ts'

/**
 * Locks the home.
 * @throws {ExectrailError} `stack_failed` with the pid of the stack that has the lock.
 */
export async function lockHome(home: string): Promise<Lock> {
  const taken = await takeLock(join(home, 'stack.lock'))
  if ('lock' in taken) return taken.lock
  const owner = taken.owner === null ? 'another process' : `process ${taken.owner}`
  throw new ExectrailError('stack_failed', `another stack (${owner}) already runs on ${home}`, {
    hint: `stop ${owner}, or set EXECTRAIL_HOME to another directory`,
  })
}
