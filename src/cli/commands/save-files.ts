/** Puts the files a program left in `/out` where the reader wants them. Their names are the program's: hostile. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { FileContent } from '../../execution.ts'
import type { Terminal } from '../terminal.ts'
import { visibleLine } from '../visible.ts'

const NAME_SHOWN = 200
const WHY_SHOWN = 600
const CONTROL = /\p{Cc}/u

/** Writes them below `directory`, over what is there; says what was written and what could not be. */
export async function saveFiles(
  files: readonly FileContent[],
  directory: string,
  terminal: Pick<Terminal, 'say'>,
): Promise<void> {
  const root = resolve(directory)
  let saved = 0
  for (const { path, content, encoding } of files) {
    const target = resolve(join(root, path))
    const why =
      CONTROL.test(path) || !target.startsWith(root + sep)
        ? 'its name is refused'
        : await save(target, Buffer.from(content, encoding ?? 'utf8'))
    if (why === null) saved += 1
    else terminal.say(`  ${visibleLine(path, NAME_SHOWN)} was not written: ${visibleLine(why, WHY_SHOWN)}`)
  }
  terminal.say(`  ${saved} of ${files.length} files of /out are in ${directory}`)
}

async function save(target: string, bytes: Buffer): Promise<string | null> {
  try {
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, bytes)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
