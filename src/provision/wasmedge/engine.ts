/** A WasmEdge that can be started: where its files are and how they make a command. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'

const layout = z.object({
  /** The program, relative to the root; absolute where there is no root. */
  program: z.string(),
  /** Dynamic loader, relative to the root; null where the system's own serves. */
  loader: z.string().nullable(),
  /** Directory of its libraries, relative to the root. */
  libraries: z.string().nullable(),
})

/** How the files under an engine's root make a command. */
export type Layout = z.infer<typeof layout>

export interface Engine {
  /** As it names itself, `0.14.1`. */
  version: string
  /** Where it came from, for a person. */
  origin: string
  /** Directory with all of it; null where it is part of the system. */
  root: string | null
  layout: Layout
}

const VERSION = /wasmedge version (?<version>\d+\.\d+\.\d+)/u
const LAYOUT_FILE = 'layout.json'

/** The command that starts the engine, with its root seen at `root`. */
export function engineCommand({ layout: { program, loader, libraries } }: Engine, root: string): string[] {
  const at = (path: string) => join(root, path)
  if (loader === null || libraries === null) return [program.startsWith('/') ? program : at(program)]
  return [at(loader), '--library-path', at(libraries), at(program)]
}

/**
 * Asks the files at `root` for their version.
 * @throws Error with the program's last line of output when it does not start here.
 */
export async function openEngine(root: string | null, parts: Layout, origin: string): Promise<Engine> {
  const engine = { version: '', origin, root, layout: parts }
  const [command = '', ...args] = engineCommand(engine, root ?? '/')
  const asked = await execa(command, [...args, '--version'], {
    env: {},
    extendEnv: false,
    reject: false,
    timeout: 30_000,
  })
  const version = VERSION.exec(asked.stdout)?.groups?.['version']
  if (version !== undefined) return { ...engine, version }
  throw new Error(`it does not start: ${asked.stderr.trim().split('\n').at(-1) ?? 'no version was named'}`)
}

/** Notes the layout beside the files: what makes a directory an engine. */
export async function writeLayout(root: string, parts: Layout): Promise<void> {
  await writeFile(join(root, LAYOUT_FILE), `${JSON.stringify(parts)}\n`, { mode: 0o644 })
}

/** @throws Error where `root` holds none, or one that was not finished. */
export async function readLayout(root: string): Promise<Layout> {
  const text = await readFile(join(root, LAYOUT_FILE), 'utf8').catch(() => null)
  if (text === null) throw new Error('none yet')
  return layout.parse(JSON.parse(text))
}
