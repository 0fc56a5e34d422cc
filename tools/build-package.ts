/**
 * `npm run build`, which also runs before packing: writes to `dist` what the package consists of. `src` becomes JavaScript,
 * folder by folder, so that every path relative to a module stays right; files of other kinds are copied.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildDashboard } from '../src/provision/dashboard.ts'

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
/** The declarations once more, as those of a CommonJS package: TypeScript reads them for `require('exectrail')`. */
const COMMONJS = join(DIST, 'commonjs')
const SPECIFIER = /(?<before>\bfrom |\bimport\()(?<quote>['"])(?<path>\.{1,2}\/[^'"]+)\.[jt]s\k<quote>/gu

rmSync(DIST, { recursive: true, force: true })
execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--project', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
})
cpSync(join(ROOT, 'src'), DIST, {
  recursive: true,
  filter: (path) =>
    !path.endsWith('.ts') && !path.endsWith('__pycache__') && path !== join(ROOT, 'src/dashboard'),
})
await buildDashboard(join(DIST, 'dashboard', 'built'))
layOutDeclarations(['index.d.ts', 'client/index.d.ts'])
writeFileSync(join(COMMONJS, 'package.json'), '{ "type": "commonjs" }\n')

/** Keeps what `entries` reach, which is the public interface, in both forms; the other declarations are removed. */
function layOutDeclarations(entries: readonly string[]): void {
  const reached = new Set(entries)
  for (const file of reached) {
    const text = readFileSync(join(DIST, file), 'utf8').replaceAll(
      SPECIFIER,
      '$<before>$<quote>$<path>.js$<quote>',
    )
    for (const { groups } of text.matchAll(SPECIFIER))
      reached.add(join(dirname(file), `${groups?.['path']}.d.ts`))
    for (const target of [join(DIST, file), join(COMMONJS, file)]) {
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, text)
    }
  }
  for (const file of globSync('**/*.d.ts', { cwd: DIST, exclude: ['commonjs'] }))
    if (!reached.has(file)) rmSync(join(DIST, file))
}
