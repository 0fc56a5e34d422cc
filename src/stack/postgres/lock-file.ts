/** The lock file that a killed Postgres leaves behind. */
import { readFile, writeFile } from 'node:fs/promises'
import { identify } from '../../process-identity.ts'

/**
 * Postgres refuses to start when the process id in its lock file belongs to any process of its user, as after the restart
 * of a container, or to one that has ended and waits for its parent. Then names this process instead, the parent of the next Postgres, which it takes as stale. The rest of
 * the file stays: by it Postgres finds out whether processes of the killed one still use the files.
 */
export async function disownStaleLock(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null)
  const [pid = '', ...rest] = text?.split('\n') ?? []
  if (!/^\d+$/u.test(pid)) return
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  const runs = identify(Number(pid)) !== null && name.trim() === 'postgres'
  if (runs || process.platform !== 'linux') return
  await writeFile(path, [process.pid, ...rest].join('\n'))
}
