/**
 * WasmEdge as Debian 13 packages it, with every library it needs, unpacked into a directory of its own and
 * started with the dynamic loader that came with it. apt gets a configuration of its own: nothing of the system
 * is read but its keyring, and nothing of it is changed.
 */
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { lastLine } from '../executables.ts'
import type { Progress } from '../progress.ts'
import type { Layout } from './engine.ts'

export const DEBIAN_SUITE = 'trixie'
const MIRROR = 'http://deb.debian.org/debian'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
const TIMEOUT_MS = 10 * 60_000

/** Debian's name of the processor, its folder of libraries and its loader, by Node's name of it. */
const PROCESSORS: Readonly<Record<string, { debian: string; triplet: string; loader: string }>> = {
  x64: { debian: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { debian: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
}

/**
 * Downloads (42 MB) and unpacks (180 MB) into `draft`.
 * @throws Error saying what is missing on this host or what apt said.
 */
export async function fetchDebian(
  draft: string,
  { path, progress }: { path: string; progress: Progress },
): Promise<Layout> {
  const processor = PROCESSORS[process.arch]
  if (process.platform !== 'linux' || processor === undefined)
    throw new Error(`Debian's packages do not run on ${process.platform} ${process.arch}`)
  await access(KEYRING).catch(() => {
    throw new Error(`no keyring to check Debian's packages with (${KEYRING})`)
  })
  const apt = join(draft, 'apt')
  const env = { PATH: path, APT_CONFIG: await layOutApt(apt, processor.debian, path), LC_ALL: 'C' }
  progress.stage('reading the list of packages')
  await run('apt-get', ['update', '-q'], env)
  progress.stage('downloading 42 MB')
  await run('apt-get', ['install', '-q', '-y', '--download-only', 'wasmedge'], env)
  progress.stage('unpacking')
  const archives = join(apt, 'archives')
  for (const name of await readdir(archives))
    if (name.endsWith('.deb')) await run('dpkg-deb', ['-x', join(archives, name), draft], env)
  await Promise.all(
    [apt, join(draft, 'usr/share'), join(draft, 'etc')].map((unused) =>
      rm(unused, { recursive: true, force: true }),
    ),
  )
  const libraries = `usr/lib/${processor.triplet}`
  return { program: 'usr/bin/wasmedge', loader: `${libraries}/${processor.loader}`, libraries }
}

/** Directories and the configuration; resolves to the path of the latter. */
async function layOutApt(apt: string, architecture: string, path: string): Promise<string> {
  await Promise.all(
    ['lists/partial', 'archives/partial'].map((name) => mkdir(join(apt, name), { recursive: true })),
  )
  await writeFile(join(apt, 'status'), '')
  await writeFile(join(apt, 'sources.list'), `deb [signed-by=${KEYRING}] ${MIRROR} ${DEBIAN_SUITE} main\n`)
  const settings: Readonly<Record<string, string>> = {
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
    'Dir::State': apt,
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': apt,
    'Dir::Cache::archives': join(apt, 'archives'),
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'Dir::Etc::main': '/dev/null',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    ...(await proxies(path)),
  }
  const file = join(apt, 'apt.conf')
  await writeFile(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  )
  return file
}

/** The way out is the system's. */
async function proxies(path: string): Promise<Record<string, string>> {
  const dump = await execa('apt-config', ['dump', 'Acquire'], {
    env: { PATH: path },
    extendEnv: false,
    reject: false,
    timeout: 10_000,
  })
  const lines = dump.stdout.matchAll(/^(?<name>Acquire::https?::Proxy) "(?<value>[^"]+)";$/gmu)
  return Object.fromEntries([...lines].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']))
}

async function run(command: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const done = await execa(command, args, {
    env,
    extendEnv: false,
    reject: false,
    timeout: TIMEOUT_MS,
  })
  if (!done.failed) return
  throw new Error(`${command}: ${lastLine(done.stderr) ?? done.shortMessage ?? 'it failed'}`)
}
