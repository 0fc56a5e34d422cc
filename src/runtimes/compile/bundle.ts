/** One program made of code and the files given with it: imports and requires of those files are resolved here. */
import { posix } from 'node:path'
import type { BuildFailure, BuildOptions, OnResolveArgs, Plugin } from 'esbuild'
import type { GivenFile } from './compile-job.ts'
import { isImportable, LOADERS } from './importable.ts'
import { lower, readFailure, type Lowered } from './lower.ts'
import { isModule } from './module-kind.ts'

const NAMESPACE = 'given'
/** What a path without extension may stand for, in the order of Node and TypeScript. */
const ENDINGS = ['', '.ts', '.js', '.mjs', '.cjs', '.mts', '.cts', '.json', '/index.ts', '/index.js']
/** TypeScript names its files as they will be called once they are compiled. */
const COMPILED: readonly (readonly [string, string])[] = [
  ['.js', '.ts'],
  ['.mjs', '.mts'],
  ['.cjs', '.cts'],
]
/** A script hands over what it named `main`, which a bundle would hide. */
const HAND_OVER = `\n;if (typeof main === 'function') module.exports.main ??= main\n`

/** `code` with the files it imports, in one; an ES module stays one, a script stays a script. */
export async function bundle(
  code: string,
  { fileName, loader, files }: { fileName: string; loader: 'js' | 'ts'; files: readonly GivenFile[] },
): Promise<Lowered> {
  const plain = await lower(code, fileName, { loader })
  if ('error' in plain) return plain
  const module = isModule(plain.code)
  const { build } = await import('esbuild')
  const options: BuildOptions = {
    stdin: { contents: module ? code : code + HAND_OVER, sourcefile: fileName, loader, resolveDir: '/' },
    absWorkingDir: '/',
    bundle: true,
    write: false,
    treeShaking: false,
    format: module ? 'esm' : 'cjs',
    platform: 'neutral',
    target: 'es2022',
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'silent',
    tsconfigRaw: '{}',
    plugins: [serve(files, loader)],
  }
  try {
    const built = await build(options)
    return { code: nameSources(built.outputFiles?.[0]?.text ?? '') }
  } catch (error) {
    if (!isFailure(error)) throw error
    return { error: readFailure(error, fileName) }
  }
}

const MAP = /^\/\/# sourceMappingURL=data:application\/json;base64,(?<data>.*)$/mu

/** The names that stacks show are those of the files given. */
function nameSources(code: string): string {
  return code.replace(MAP, (_line, data: string) => {
    const map = Buffer.from(data, 'base64').toString('utf8').replaceAll(`"${NAMESPACE}:`, '"')
    return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`
  })
}

function isFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

/** Answers only from `files`: nothing of this machine is read. What is not there is looked up when it runs. */
function serve(files: readonly GivenFile[], loader: 'js' | 'ts'): Plugin {
  const known = new Map(files.map(({ path, text }) => [posix.normalize(path), text]))
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: /.*/ }, (asked) => {
        const path = find(known, asked, loader)
        return path === null ? { path: asked.path, external: true } : { path, namespace: NAMESPACE }
      })
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: known.get(path) ?? '',
        loader: LOADERS[posix.extname(path)] ?? 'js',
        resolveDir: '/',
      }))
    },
  }
}

/** As Node finds it, which guesses endings only for `require`; TypeScript guesses them for `import` too. */
function find(known: ReadonlyMap<string, string>, asked: OnResolveArgs, loader: 'js' | 'ts'): string | null {
  const { path, importer, namespace, kind } = asked
  if (!/^\.{1,2}(?:\/|$)/u.test(path)) return null
  const isGiven = namespace === NAMESPACE
  const whole = posix.join(isGiven ? posix.dirname(importer) : '.', path)
  const importing = isGiven ? LOADERS[posix.extname(importer)] : loader
  const guesses = importing === 'ts' || kind === 'require-call'
  const names = [...ENDINGS.map((ending) => whole + ending), ...sourcesOf(whole)]
  const found = names.find((name) => known.has(name) && isImportable(name))
  if (found === undefined) return null
  return found === whole || guesses || LOADERS[posix.extname(found)] === 'ts' ? found : null
}

function sourcesOf(path: string): string[] {
  return COMPILED.flatMap(([compiled, source]) =>
    path.endsWith(compiled) ? [path.slice(0, -compiled.length) + source] : [],
  )
}
