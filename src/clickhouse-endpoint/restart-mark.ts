/** The file by which an engine that must not go on asks to be killed: as process 1 it cannot kill itself. */
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where it is, below the data directory; the supervisor looks for it. */
export function restartMark(dataDir: string): string {
  return join(dataDir, 'exectrail-restart')
}

/** Ends this process at once; the spawner starts it again. @param why completes "the store restarts: …" */
export function restartNow(dataDir: string, why: string): void {
  process.stderr.write(`exectrail store: the store restarts: ${why}\n`)
  try {
    writeFileSync(restartMark(dataDir), why)
  } catch {
    // A full disk takes the name of a file, if not the reason in it.
  }
  process.kill(process.pid, 'SIGKILL')
}

/** Why the engine asks to be killed; null where it does not. */
export async function restartReason(mark: string): Promise<string | null> {
  const why = await readFile(mark, 'utf8').catch(() => null)
  return why === '' ? 'it asked for it' : why
}
