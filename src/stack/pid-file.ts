/** Notes which process was started last, so that one that a killed stack left behind is killed before the next start. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { identify, killProcess, processIdentity } from '../process-identity.ts'

/** Writes the identity of a child, unless it has exited. */
export async function notePid(path: string, pid: number): Promise<void> {
  const identity = identify(pid)
  if (identity !== null) await writeFile(path, `${JSON.stringify(identity)}\n`, { mode: 0o600 })
}

/** Kills the process noted at `path` if it still runs. Resolves to its pid, or null. */
export async function sweepPid(path: string): Promise<number | null> {
  const content = await readFile(path, 'utf8').catch(() => null)
  if (content === null) return null
  const parsed = processIdentity.safeParse(parseJson(content))
  const killed = parsed.success && (await killProcess(parsed.data)) ? parsed.data.pid : null
  await rm(path, { force: true })
  return killed
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
