/** Runs programs against the guest library of each language, without any runtime around it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext, type Context } from 'node:vm'
import { assembleGuest, libraryFile } from '../../src/guests/assemble.ts'

/** What became of a program. */
export interface Outcome {
  result: unknown
  error: { name: string; message: string; stack: string | null } | null
  stdout: string
}

interface Said {
  result: string | null
  error: Outcome['error']
  stdout: string
}

const parseResult = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text))

/** All of them in one interpreter that forks. */
export async function runPython(programs: readonly { code: string; input?: unknown }[]): Promise<Outcome[]> {
  const cases = programs.map(({ code, input = null }) => ({ code, input: JSON.stringify(input) }))
  const driver = join(import.meta.dirname, 'python-driver.py')
  const library = await assembleGuest(libraryFile('python/library.py'))
  const done = spawnSync('python3', ['-I', '-B', driver, libraryFile('python')], {
    input: JSON.stringify({ library, cases }),
    maxBuffer: 1e8,
  })
  if (done.status !== 0) throw new Error(done.stderr.toString())
  const said = JSON.parse(done.stdout.toString()) as Said[]
  return said.map(({ result, error, stdout }) => ({ result: parseResult(result), error, stdout }))
}

const JAVASCRIPT = ['errors', 'values', 'main']

/** A realm of its own with the library in it; `take` gives a function of it. */
export async function javaScriptRealm(): Promise<{ context: Context; take: (name: string) => Function }> {
  const context = createContext({})
  const parts = await Promise.all(
    JAVASCRIPT.map((name) => assembleGuest(libraryFile(`javascript/${name}.js`))),
  )
  const names = 'encode, describe, watchMain'
  const library = runInContext(`(() => { ${parts.join('\n')}\nreturn { ${names} } })()`, context) as Record<
    string,
    Function
  >
  return { context, take: (name) => library[name] ?? (() => undefined) }
}

/** One bash; each program in a directory of its own. */
export function runBash(
  directory: string,
  programs: readonly { code: string; input?: string }[],
): { status: number; stdout: string }[] {
  return programs.map(({ code, input = '' }, index) => {
    const work = join(directory, String(index))
    mkdirSync(work)
    writeFileSync(join(work, 'main.sh'), code)
    const guest = `__path=$PATH __input=$1; set --; IFS= read -r -d '' __code < main.sh; source ${libraryFile('bash/program.sh')}`
    const done = spawnSync('bash', ['--norc', '--noprofile', '-c', guest, 'guest', input], { cwd: work })
    return { status: done.status ?? -1, stdout: done.stdout.toString() }
  })
}
