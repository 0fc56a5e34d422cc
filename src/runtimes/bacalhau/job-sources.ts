/** What goes into a job: guest, head, input, code and files, carried within the job itself. */
import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Language } from '../../execution.ts'
import { assembleGuest, libraryFile } from '../../guests/assemble.ts'
import type { RuntimeRequest } from '../runtime.ts'
import { SCRIPT_FILE } from '../compile/to-quickjs.ts'
import { packArchive, type ArchiveFile } from './archive.ts'
import { GUESTS, runsQuickJs, type Channel, type Engine } from './engines.ts'
import { librarySource } from './library.ts'
import type { GuestProgram } from './program.ts'

/** Where a guest finds its job. */
export const JOB_TARGET = '/job'
const GUEST_DIRECTORY = join(import.meta.dirname, 'guest')
const MAIN_FILES: Record<Language, string> = {
  javascript: 'main.js',
  typescript: 'main.js',
  python: 'main.py',
  bash: 'main.sh',
}

/**
 * The sources of a job. The caller's environment is in the head and not in the job's own: a node would resolve
 * values such as `env:SECRET` from its own.
 */
export async function jobSources(
  request: RuntimeRequest,
  { code, head: programHead }: GuestProgram,
  plan: { engine: Engine; channel: Channel },
): Promise<unknown[]> {
  const guests = GUESTS[plan.engine][request.language] ?? []
  const quickJs = runsQuickJs(plan.engine, request.language)
  const head = {
    ...programHead,
    env: request.env,
    // Without it the guest's chance is the same sequence in every run.
    seed: plan.channel === 'published' ? randomBytes(32).toString('hex') : null,
  }
  const work = [
    ...request.files.map(({ path, content, encoding }) => ({
      path,
      content: Buffer.from(content, encoding ?? 'utf8'),
    })),
    { path: quickJs ? SCRIPT_FILE : MAIN_FILES[request.language], content: Buffer.from(code) },
  ]
  const own: ArchiveFile[] = [
    ...(await Promise.all(guests.map((name) => readGuest(name)))),
    { path: 'head.json', content: Buffer.from(JSON.stringify(head)) },
    ...(request.language === 'bash'
      ? [{ path: 'head.sh', content: Buffer.from(exportAll(request.env)) }]
      : []),
    { path: 'input.json', content: Buffer.from(request.input) },
  ]
  if (quickJs) return [await librarySource(), folder(JOB_TARGET, own), ...rootSources(work)]
  return [
    folder(JOB_TARGET, [...own, ...work.map(({ path, content }) => ({ path: `work/${path}`, content }))]),
  ]
}

/** The environment as shell text, whatever its values hold. */
function exportAll(env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`,
  )
  return lines.join('')
}

/** One of the guest programs, or, where a language is named with it, of the library. */
async function readGuest(name: string): Promise<ArchiveFile> {
  const file = name.includes('/') ? libraryFile(name) : join(GUEST_DIRECTORY, name)
  return { path: `guest/${basename(name)}`, content: Buffer.from(await assembleGuest(file)) }
}

/** One source for each name at the root: a guest without a working directory is at the root. */
function rootSources(files: readonly ArchiveFile[]): unknown[] {
  const names = new Set(files.map(({ path }) => path.split('/')[0] ?? ''))
  return [...names].map((name) => {
    const file = files.findLast(({ path }) => path === name)
    if (file !== undefined) return inline(`/${name}`, 'application/octet-stream', Buffer.from(file.content))
    const inside = files.filter(({ path }) => path.startsWith(`${name}/`))
    return folder(
      `/${name}`,
      inside.map(({ path, content }) => ({ path: path.slice(name.length + 1), content })),
    )
  })
}

function folder(target: string, files: readonly ArchiveFile[]): unknown {
  return inline(target, 'application/gzip', packArchive(files))
}

function inline(target: string, type: string, content: Buffer): unknown {
  const url = `data:${type};base64,${content.toString('base64')}`
  return { Target: target, Source: { Type: 'inline', Params: { URL: url } } }
}
