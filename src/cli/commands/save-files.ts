/** Saves the files that a program left in `/out`. The program chose their names, so they are hostile. */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf } from '../../errors.ts'
import type { FileContent } from '../../execution.ts'
import type { Terminal } from '../terminal.ts'
import { escapeLine } from '../escape-controls.ts'

const NAME_SHOWN = 200
const WHY_SHOWN = 600
const CONTROL = /\p{Cc}/u
/** Other separators of directories, and of the streams of a file. */
const FOREIGN = process.platform === 'win32' ? /[\\:]/ : /(?!)/
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** Writes them below `directory`, replacing files but never following links, and reports what was and was not written. */
export async function saveFiles(
  files: readonly FileContent[],
  directory: string,
  terminal: Pick<Terminal, 'say'>,
): Promise<void> {
  const root = resolve(directory)
  let saved = 0
  for (const { path, content, encoding } of files) {
    const why = await save(root, path, Buffer.from(content, encoding ?? 'utf8'))
    if (why === null) saved += 1
    else terminal.say(`  ${escapeLine(path, NAME_SHOWN)} was not written: ${escapeLine(why, WHY_SHOWN)}`)
  }
  terminal.say(`  ${saved} of ${files.length} files of /out are in ${directory}`)
}

/** Null when the file is written, otherwise the reason. */
async function save(root: string, path: string, bytes: Buffer): Promise<string | null> {
  const parts = path.split('/')
  if (CONTROL.test(path) || FOREIGN.test(path) || parts.some((part) => ['', '.', '..'].includes(part)))
    return 'its name is refused'
  try {
    await mkdir(root, { recursive: true })
    const directory = await openDirectory(root, parts.slice(0, -1))
    try {
      await replaceFile(
        `${directory.path}/${parts.at(-1)}`,
        `${directory.path}/.exectrail-${randomUUID()}`,
        bytes,
      )
    } finally {
      await directory.handle?.close()
    }
    return null
  } catch (error) {
    return messageOf(error)
  }
}

/** Renames a new file over the old one, so that hard links to the old file and open handles do not change. */
async function replaceFile(target: string, draft: string, bytes: Buffer): Promise<void> {
  const there = await lstat(target).catch(() => null)
  if (there !== null && !there.isFile()) throw new Error(`${typeOf(there)} is in its place`)
  try {
    await writeFile(draft, bytes, { flag: 'wx' })
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

interface OpenDirectory {
  path: string
  /** Keeps `path` valid; null on systems without `/proc/self/fd`. */
  handle: FileHandle | null
}

/** Opens a directory below `root` and creates it if needed. Works on handles, so that a concurrent change cannot redirect it. */
async function openDirectory(root: string, parts: readonly string[]): Promise<OpenDirectory> {
  let folder = await openHandle(root, O_RDONLY | O_DIRECTORY)
  for (const part of parts) {
    const next = `${folder.path}/${part}`
    try {
      await mkdir(next).catch(() => undefined) // lstat reports what is there instead
      const there = await lstat(next)
      if (!there.isDirectory()) throw new Error(`${typeOf(there)} is in the place of its folder ${part}`)
      const inner = await openHandle(next, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      await folder.handle?.close()
      folder = inner
    } catch (error) {
      await folder.handle?.close()
      throw error
    }
  }
  return folder
}

async function openHandle(path: string, flags: number): Promise<OpenDirectory> {
  if (process.platform !== 'linux') return { path, handle: null }
  const handle = await open(path, flags)
  return { path: `/proc/self/fd/${handle.fd}`, handle }
}

function typeOf(there: { isSymbolicLink(): boolean; isDirectory(): boolean }): string {
  if (there.isSymbolicLink()) return 'a link'
  return there.isDirectory() ? 'a folder' : 'something that is not a file'
}
