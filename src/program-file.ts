/** Programs of this package that run in a process or thread of their own: `.ts` in the repository, `.js` in the package. */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

const EXTENSION = extname(import.meta.filename)

/**
 * Path of a program.
 * @param name path without extension, relative to `from`
 * @param from `import.meta.url` of the caller
 */
export function programFile(name: string, from: string): string {
  return fileURLToPath(new URL(`${name}${EXTENSION}`, from))
}
