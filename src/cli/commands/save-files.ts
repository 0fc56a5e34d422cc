/** Puts the files a program left in `/out` where the reader wants them. Their names are the program's: hostile. */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FileContent } from '../../execution.ts'
import type { Terminal } from '../terminal.ts'
import { visibleLine } from '../visible.ts'

const NAME_SHOWN = 200
const WHY_SHOWN = 600
const CONTROL = /\p{Cc}/u
/** What separates folders here, or names a stream of a file. */
const FOREIGN = process.platform === 'win32' ? /[\\:]/ : /(?!)/
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** Writes them below `directory`, over what is there, never through a link; says what was written and what could not be. */
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
    else terminal.say(`  ${visibleLine(path, NAME_SHOWN)} was not written: ${visibleLine(why, WHY_SHOWN)}`)
  }
  terminal.say(`  ${saved} of ${files.length} files of /out are in ${directory}`)
}

/** Null when it is written, else why not. */
async function save(root: string, path: string, bytes: Buffer): Promise<string | null> {
  const parts = path.split('/')
  if (CONTROL.test(path) || FOREIGN.test(path) || parts.some((part) => ['', '.', '..'].includes(part)))
    return 'its name is refused'
  try {
    await mkdir(root, { recursive: true })
    const folder = await openFolder(root, parts.slice(0, -1))
    try {
      await put(`${folder.path}/${parts.at(-1)}`, `${folder.path}/.exectrail-${randomUUID()}`, bytes)
    } finally {
      await folder.handle?.close()
    }
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** As a new file that takes the place of the old one, so that nobody else who holds the old one sees it change. */
async function put(target: string, draft: string, bytes: Buffer): Promise<void> {
  const there = await lstat(target).catch(() => null)
  if (there !== null && !there.isFile()) throw new Error(`${describe(there)} lies in its place`)
  try {
    await writeFile(draft, bytes, { flag: 'wx' })
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

interface Folder {
  path: string
  /** What `path` hangs on; null where the system has no such paths. */
  handle: FileHandle | null
}

/** The folder below `root`, made where it is not there. What is opened is what was looked at, also while others change it. */
async function openFolder(root: string, parts: readonly string[]): Promise<Folder> {
  let folder = await toFolder(root, O_RDONLY | O_DIRECTORY)
  for (const part of parts) {
    const next = `${folder.path}/${part}`
    try {
      await mkdir(next).catch(() => undefined) // whatever is in its place is seen next
      const there = await lstat(next)
      if (!there.isDirectory()) throw new Error(`${describe(there)} lies in the place of its folder ${part}`)
      const inner = await toFolder(next, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      await folder.handle?.close()
      folder = inner
    } catch (error) {
      await folder.handle?.close()
      throw error
    }
  }
  return folder
}

async function toFolder(path: string, flags: number): Promise<Folder> {
  if (process.platform !== 'linux') return { path, handle: null }
  const handle = await open(path, flags)
  return { path: `/proc/self/fd/${handle.fd}`, handle }
}

function describe(there: { isSymbolicLink(): boolean; isDirectory(): boolean }): string {
  if (there.isSymbolicLink()) return 'a link'
  return there.isDirectory() ? 'a folder' : 'something that is no file'
}
