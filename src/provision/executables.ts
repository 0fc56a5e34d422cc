/** Executables on this machine, and what they say when they fail. */
import { access, constants } from 'node:fs/promises'
import { execa } from 'execa'
import which from 'which'

/** First executable called `name` on `path`. @throws Error where there is none. */
export async function findOnPath(name: string, path: string): Promise<string> {
  const found = await which(name, { path, nothrow: true })
  if (found === null) throw new Error('not there')
  return found
}

/** `path`, if it can be run. @throws Error where it cannot. */
export async function executableAt(path: string): Promise<string> {
  await access(path, constants.X_OK).catch(() => {
    throw new Error('no executable file')
  })
  return path
}

/** Version of the Go on `path`. @throws Error where there is none. */
export async function findGo(path: string): Promise<string> {
  const answer = await execa('go', ['env', 'GOVERSION'], { env: { PATH: path }, reject: false })
  if (answer.failed) throw new Error('Go is not installed (https://go.dev/dl)')
  return answer.stdout.trim()
}

/** The last line of a program's output that holds text, shortened; null where there is none. */
export function lastLine(text: string): string | null {
  const line = text
    .split('\n')
    .map((part) => part.replaceAll(/\p{Cc}+/gu, ' ').trim())
    .findLast((part) => part !== '')
  if (line === undefined) return null
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}
