/** The data directory under a name without the path on the host: the engine shows it in system tables and in errors. */
import { statSync } from 'node:fs'

/** Where the sandbox mounts the data directory. */
export const MOUNTED_DATA = '/store'
const WORKING_DIRECTORY = '/proc/self/cwd'

/**
 * Makes the data directory the working directory. Returns a neutral name of it, or its own path where there is none, as
 * without /proc outside the sandbox.
 */
export function enterDataDirectory(dataDir: string): string {
  process.chdir(dataDir)
  return [WORKING_DIRECTORY, MOUNTED_DATA].find((name) => isSame(name, dataDir)) ?? dataDir
}

function isSame(name: string, dataDir: string): boolean {
  const [found, wanted] = [name, dataDir].map((path) => statSync(path, { throwIfNoEntry: false }))
  return found !== undefined && found.dev === wanted?.dev && found.ino === wanted.ino
}
