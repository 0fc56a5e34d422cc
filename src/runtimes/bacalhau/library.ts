/** The guest programs of QuickJS, shared with the wasmedge runtime, as one source of every job that needs them. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assembleGuest } from '../../guests/assemble.ts'
import { packArchive, type ArchiveFile } from './archive.ts'

/** Where the guest programs look for each other. */
export const LIBRARY_TARGET = '/lib/exectrail'
const SHARED = join(import.meta.dirname, '../quickjs')
const OWN = join(import.meta.dirname, 'guest/quickjs')

let packed: Promise<unknown> | undefined

/** The source, packed once in the life of this process. */
export function librarySource(): Promise<unknown> {
  packed ??= pack()
  return packed
}

async function pack(): Promise<unknown> {
  const [javascript, modules, own] = await Promise.all([
    readTree(join(SHARED, 'javascript'), 'javascript'),
    readTree(join(SHARED, 'modules'), 'modules'),
    readTree(OWN, 'javascript'),
  ])
  const files = [...javascript, ...modules, ...modules.map((file) => aliasOf(file)), ...own]
  const url = `data:application/gzip;base64,${packArchive(files).toString('base64')}`
  return { Target: LIBRARY_TARGET, Source: { Type: 'inline', Params: { URL: url } } }
}

/** Each module also under its `node:` name. */
function aliasOf({ path }: ArchiveFile): ArchiveFile {
  const name = path.slice('modules/'.length, -'.js'.length)
  const code = `export * from '${name}'\nexport { default } from '${name}'\n`
  return { path: `modules/node:${name}.js`, content: Buffer.from(code) }
}

async function readTree(directory: string, under: string): Promise<ArchiveFile[]> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.js'))
  return Promise.all(
    names.map(async (name) => ({
      path: `${under}/${name}`,
      content: Buffer.from(await assembleGuest(join(directory, name))),
    })),
  )
}
