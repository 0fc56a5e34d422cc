/** Programs with dependencies of their own: installed once into the user's cache, then run. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { loadConfig } from '../../src/config.ts'
import { keyOf, type RunningClickHouse } from './clickhouse.ts'

type Command = readonly [program: string, ...args: string[]]

export interface ClientProgram {
  /** Name of its directory under test/clickhouse-endpoint/clients, or under `sources`. */
  name: string
  sources?: string
  /** What is installed, with versions, for the one line that says so. */
  what: string
  /** Files of that directory that name what is installed; a change reinstalls. */
  pins: readonly string[]
  /** Commands that succeed where the tools are. */
  needs: readonly Command[]
  /** Commands that install into `target`; they run in the directory of the program. */
  install(target: string): readonly Command[]
}

const SOURCES = join(import.meta.dirname, '../clickhouse-endpoint/clients')

/** Where what the program needs lies, or why it is unavailable here. */
export async function prepareClient(
  program: ClientProgram,
): Promise<{ directory: string } | { hindrance: string }> {
  const cwd = join(program.sources ?? SOURCES, program.name)
  for (const [command, ...args] of program.needs) {
    const found = await execa(command, args, { reject: false })
    if (found.failed) return { hindrance: `${[command, ...args].join(' ')} does not run here` }
  }
  const hash = createHash('sha256')
  for (const pin of program.pins) hash.update(await readFile(join(cwd, pin)))
  const cache = join(loadConfig().cacheDir, 'test-clients')
  const directory = join(cache, `${program.name}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(directory)) return { directory }
  process.stderr.write(`${program.name}: installing ${program.what} into ${cache}\n`)
  const unfinished = `${directory}.${process.pid}`
  try {
    await mkdir(unfinished, { recursive: true })
    for (const [command, ...args] of program.install(unfinished)) await execa(command, args, { cwd })
    await rename(unfinished, directory)
    return { directory }
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another worker was faster.
    if (existsSync(directory)) return { directory }
    return { hindrance: error instanceof Error ? error.message.slice(0, 500) : String(error) }
  }
}

/** Says why a suite is skipped, in its title. */
export function skipReason(prepared: { directory: string } | { hindrance: string }): string {
  return 'hindrance' in prepared ? ` (skipped: ${prepared.hindrance})` : ''
}

/**
 * Runs a program with URL, user, password, and a reader's user and password behind its arguments. Each line it prints is
 * a JSON array of a step's name and what it got.
 */
export async function runClient(
  [command, ...args]: Command,
  { url }: Pick<RunningClickHouse, 'url'>,
  options: { name: string; env?: Readonly<Record<string, string>> },
): Promise<Record<string, unknown>> {
  const credentials = (['full', 'read'] as const).flatMap((access) => Object.values(keyOf(access)))
  const { stdout } = await execa(command, [...args, url, ...credentials], {
    cwd: join(SOURCES, options.name),
    env: options.env ?? {},
  })
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line): [string, unknown] => JSON.parse(line)),
  )
}
