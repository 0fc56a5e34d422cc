/** Who we started last time, so that a part left behind by a killed stack is ended before it is started anew. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { identify, killProcess, processIdentity } from '../process-identity.ts'

/** Notes the identity of a living child; nothing is written for one already gone. */
export async function notePid(path: string, pid: number): Promise<void> {
  const identity = identify(pid)
  if (identity !== null) await writeFile(path, `${JSON.stringify(identity)}\n`, { mode: 0o600 })
}

/** Kills exactly the process noted at `path`, if it still lives; resolves to its pid, else null. */
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
