/** Where the embedded Postgres keeps its files, and the user that it runs as: never root. */
import { readFileSync, statSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Another user than that of this process. */
export interface Owner {
  uid: number
  gid: number
}

export interface PostgresPlace {
  /** Null: the user of this process. */
  owner: Owner | null
  /** Holds `data`, its password and what belongs to the programs. */
  directory: string
  /** The directory of the socket. */
  socketDirectory: string
  /** Removes a socket directory outside of the home. */
  release(): Promise<void>
}

/** The usual id of `nobody`. */
const NOBODY = 65_534
/** Where root's home is closed to other users, such as below /root. */
const SHARED = '/var/lib/exectrail'
/** Linux allows 107 bytes for the path of a socket, macOS 103. */
const SOCKET_PATH_MAX = 103
const SOCKET_NAME = '.s.PGSQL.5432'

/** Makes the directories, owned by the user that runs Postgres. */
export async function preparePlace(home: string): Promise<PostgresPlace> {
  const owner = process.getuid?.() === 0 ? await chooseOwner(home) : null
  const directory = await makeDirectory(home, owner)
  const own = join(directory, 'run')
  const fits = Buffer.byteLength(join(own, SOCKET_NAME)) <= SOCKET_PATH_MAX
  const socketDirectory = fits ? own : await mkdtemp('/tmp/exectrail-')
  await makeOwned(socketDirectory, owner)
  return {
    owner,
    directory,
    socketDirectory,
    release: () => (fits ? Promise.resolve() : rm(socketDirectory, { recursive: true, force: true })),
  }
}

/** Whether `owner` may pass every directory on the way to `path`; true without an owner. */
export function isReachable(path: string, owner: Owner | null): boolean {
  if (owner === null || path === '/') return true
  const parent = dirname(path)
  return maySearch(parent, owner) && isReachable(parent, owner)
}

function maySearch(directory: string, { uid, gid }: Owner): boolean {
  const { mode, uid: user, gid: group } = statSync(directory)
  const bit = user === uid ? 0o100 : group === gid ? 0o010 : 0o001
  return (mode & bit) !== 0
}

/** Whoever owns the data that is there, else the owner of the home, else `nobody`. */
async function chooseOwner(home: string): Promise<Owner> {
  for (const path of [join(home, 'postgres', 'data'), home]) {
    const found = await stat(path).catch(() => null)
    if (found !== null && found.uid !== 0) return { uid: found.uid, gid: found.gid }
  }
  return nobody()
}

function nobody(): Owner {
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/mu.exec(readFileSync('/etc/passwd', 'utf8')) ?? []
  return { uid: Number(uid ?? NOBODY), gid: Number(gid ?? NOBODY) }
}

async function makeDirectory(home: string, owner: Owner | null): Promise<string> {
  const usual = join(home, 'postgres')
  const linked = await lstat(usual).then(
    (found) => found.isSymbolicLink(),
    () => false,
  )
  if (linked) return realpath(usual)
  if (owner !== null && !isReachable(usual, owner)) await openHome(home, owner)
  if (isReachable(usual, owner)) {
    await makeOwned(usual, owner)
    return usual
  }
  await mkdir(SHARED, { recursive: true, mode: 0o711 })
  const elsewhere = await mkdtemp(join(SHARED, 'postgres-'))
  await makeOwned(elsewhere, owner)
  await symlink(elsewhere, usual)
  return elsewhere
}

/** Lets the group of `owner` pass a home that is open only to root. */
async function openHome(home: string, { gid }: Owner): Promise<void> {
  const { mode, uid } = statSync(home)
  if (uid !== 0 || (mode & 0o077) !== 0) return
  await chown(home, 0, gid)
  await chmod(home, 0o710)
}

async function makeOwned(directory: string, owner: Owner | null): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (owner !== null) await chown(directory, owner.uid, owner.gid)
}
