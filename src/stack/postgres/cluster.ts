/** Creates the files of a Postgres, once. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ExectrailError } from '../../errors.ts'
import type { PostgresPlace } from './place.ts'
import type { PostgresProgram } from './program.ts'

/** Major version of the package's Postgres; its files fit no other. */
const MAJOR = '18'
export const SUPERUSER = 'exectrail'
const SETTINGS = [
  `--username=${SUPERUSER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
]

/**
 * Makes the files unless they are there. An interrupted attempt leaves nothing that is used.
 * @returns the password of the superuser
 * @throws {ExectrailError} `stack_failed` with the last words of initdb, or when the files are of another version
 */
export async function ensureCluster(place: PostgresPlace, program: PostgresProgram): Promise<string> {
  const data = join(place.directory, 'data')
  const passwordFile = join(place.directory, 'password')
  if (existsSync(join(data, 'PG_VERSION'))) {
    await checkVersion(data)
    return readFile(passwordFile, 'utf8')
  }
  const password = randomBytes(24).toString('hex')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (place.owner !== null) await chown(passwordFile, place.owner.uid, place.owner.gid)
  const draft = `${data}.new`
  await rm(draft, { recursive: true, force: true })
  await run(program, place, [...SETTINGS, `--pwfile=${passwordFile}`, `--pgdata=${draft}`])
  await rename(draft, data)
  await syncDirectory(place.directory)
  return password
}

async function run(program: PostgresProgram, { owner }: PostgresPlace, args: string[]): Promise<void> {
  try {
    await promisify(execFile)(program.initdb, args, { env: program.env, cwd: '/', ...owner })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new ExectrailError('stack_failed', `Postgres could not create its files: ${said.slice(-1000)}`, {
      hint: 'Free space below EXECTRAIL_HOME, or set DATABASE_URL to a Postgres of yours.',
      cause: error,
    })
  }
}

async function checkVersion(data: string): Promise<void> {
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  if (version === MAJOR) return
  throw new ExectrailError('stack_failed', `${data} has files of Postgres ${version}, this is ${MAJOR}`, {
    hint: 'Run `exectrail metadata backup FILE` with the release that wrote it, then restore with this one.',
  })
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
