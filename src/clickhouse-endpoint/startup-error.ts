/** Explains why the endpoint cannot start, in one line: what, why and what to do. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from './is-alive.ts'

interface StartOptions {
  data: string
  host: string
  port: string
}

export async function describeStartupError(
  error: unknown,
  { data, host, port }: StartOptions,
): Promise<string> {
  const message = (error instanceof Error ? error.message : String(error))
    .replaceAll(/\s*\n\s*/gu, ' ')
    .trim()
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE')
    return `port ${port} of ${host} is taken: ${message}; stop the program that has it or set EXECTRAIL_PORT=0`
  if (code === 'ENOSPC' || /NOT_ENOUGH_SPACE|No space left/u.test(message))
    return `the disk of ${data} is full: ${message}; free some space`
  if (/Code: 76|Failed to create connection/u.test(message)) return describeOpenError(message, data)
  return message
}

/** The engine prints its reason but does not throw it; the lock file names the process that holds the lock. */
async function describeOpenError(message: string, data: string): Promise<string> {
  const status = await readFile(join(data, 'status'), 'utf8').catch(() => '')
  const pid = Number(/^PID: (?<pid>\d+)/mu.exec(status)?.groups?.['pid'] ?? Number.NaN)
  // Pid 1 was inside a sandbox, so it says nothing here.
  if (Number.isInteger(pid) && pid !== 1 && pid !== process.pid && isAlive(pid))
    return `${data} is locked by another process, ${pid} (code 76); stop that process or use another EXECTRAIL_HOME`
  if (/Code: 76/u.test(message))
    return `${data} is locked by another process (code 76); stop that process or use another EXECTRAIL_HOME`
  return `${data} cannot be opened: ${message}; the line before this one is the engine's own reason`
}
