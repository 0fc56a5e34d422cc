/** The browser of the dashboard's tests, pictures and measurements. */
import { findOnPath } from '../src/provision/executables.ts'

/** The first needs a third less processor time: it is Chromium without what draws windows. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']

/** A Chromium on `path`, or null. */
export async function findBrowser(path: string): Promise<string | null> {
  const found = await Promise.all(NAMES.map((name) => findOnPath(name, path).catch(() => null)))
  return found.find((program) => program !== null) ?? null
}

/** As `findBrowser`. @throws Error where there is none. */
export async function requireBrowser(path: string): Promise<string> {
  const found = await findBrowser(path)
  if (found === null) throw new Error('no browser on PATH: sudo apt-get install chromium-headless-shell')
  return found
}
