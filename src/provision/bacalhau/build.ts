/** A Bacalhau node made from its Go module, which no registry serves as a binary. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { lastLine } from '../executables.ts'
import type { Progress } from '../progress.ts'
import {
  BACALHAU_MODULE,
  BACALHAU_VERSION,
  MODULE_DIRECTORY,
  type NodeArtifact,
  type Patches,
} from './artifact.ts'

const TIMEOUT_MS = 60 * 60_000
/** What of the module its program is made of; the rest is documentation, tests and other clients. */
const PARTS = ['go.mod', 'go.sum', 'main.go', 'cmd', 'pkg', 'webui']
/** Whatever else runs on the machine comes first. */
const PRIORITY = 10

/**
 * Builds the node of `artifact` in `draft` (about 190 s cold on two cores).
 * @returns path of the executable, not yet in the cache.
 * @throws Error with Go's last line of output.
 */
export async function buildNode(
  artifact: NodeArtifact,
  draft: string,
  { path, progress }: { path: string; progress: Progress },
): Promise<string> {
  const env = { PATH: path, CGO_ENABLED: '0', TMPDIR: draft, GOWORK: 'off' }
  progress.stage('getting its modules')
  const source = await findSource(env)
  const moduleFile =
    artifact.variant === 'stock' ? [] : [`-modfile=${await patchSource(source, draft, artifact.patches)}`]
  progress.stage('compiling')
  const made = join(draft, 'bacalhau')
  const version = `${BACALHAU_MODULE}/pkg/version.GITVERSION=v${BACALHAU_VERSION}`
  const flags = ['-trimpath', '-ldflags', `-s -w -X ${version}`, '-o', made]
  await go(['build', ...moduleFile, ...flags, BACALHAU_MODULE], env)
  return made
}

/** Where Go keeps the source of the release. */
async function findSource(env: Readonly<Record<string, string>>): Promise<string> {
  const text = await go(['mod', 'download', '-json', `${BACALHAU_MODULE}@v${BACALHAU_VERSION}`], env)
  return z.object({ Dir: z.string() }).parse(JSON.parse(text)).Dir
}

/** Lays out a changed copy of the source and a module file that points to it; resolves to that file. */
async function patchSource(source: string, draft: string, { edits, additions }: Patches): Promise<string> {
  const copy = join(draft, 'source')
  await mkdir(copy)
  // The module cache is read-only, and so would be the copy.
  for (const part of PARTS) await cp(join(source, part), join(copy, part), { recursive: true })
  await execa('chmod', ['-R', 'u+w', copy])
  for (const { file, find, replace } of edits) {
    const text = await readFile(join(copy, file), 'utf8')
    if (text.split(find).length !== 2) throw new Error(`${file} does not hold "${find}" exactly once`)
    await writeFile(
      join(copy, file),
      text.replace(find, () => replace),
    )
  }
  for (const [name, text] of additions) {
    await mkdir(dirname(join(copy, name)), { recursive: true })
    await writeFile(join(copy, name), text)
  }
  const file = join(draft, 'build.mod')
  const own = await readFile(join(MODULE_DIRECTORY, 'go.mod'), 'utf8')
  await writeFile(file, `${own}\nreplace ${BACALHAU_MODULE} => ${copy}\n`)
  await cp(join(MODULE_DIRECTORY, 'go.sum'), join(draft, 'build.sum'))
  return file
}

async function go(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  // What else Go needs (its proxy, its caches) is the user's own environment.
  const running = execa('go', args, { cwd: MODULE_DIRECTORY, env, reject: false, timeout: TIMEOUT_MS })
  if (running.pid !== undefined) setPriority(running.pid, PRIORITY)
  const { failed, stdout, stderr, shortMessage } = await running
  if (failed) throw new Error(lastLine(stderr) ?? shortMessage ?? 'go failed')
  return stdout
}
