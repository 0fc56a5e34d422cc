/** Finds what the local runtimes stand on: perl, bubblewrap and the interpreters, as real executables. */
import { execFile } from 'node:child_process'
import { openSync, readSync, closeSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import { promisify } from 'node:util'
import which from 'which'

const run = promisify(execFile)

/** An interpreter and the version it names itself. */
export interface Interpreter {
  path: string
  /** Directory its library lives under. */
  prefix: string
  version: string
}

/** The tools of the local runtimes; null where there is none. */
export interface HostTools {
  perl: string | null
  bwrap: string | null
  bwrapVersion: string | null
  bash: string | null
  python: Interpreter | null
  /** The guest program of python is there in compiled form. */
  pythonCompiled: boolean
  node: string
}

/** Looks for all of them on `path`. */
export async function findTools(path: string): Promise<HostTools> {
  const bwrap = findExecutable('bwrap', path)
  const [bwrapVersion, python] = await Promise.all([
    bwrap === null ? null : askVersion(bwrap),
    findPython(path),
  ])
  return {
    perl: findExecutable('perl', path),
    bwrap,
    bwrapVersion,
    bash: findExecutable('bash', path),
    python,
    pythonCompiled: false,
    node: process.execPath,
  }
}

/** First executable of that name on `path`, resolved through links; null where there is none. */
export function findExecutable(name: string, path: string): string | null {
  return findExecutables(name, path)[0] ?? null
}

function findExecutables(name: string, path: string): string[] {
  // An empty entry stands for the working directory, which may hold another's files.
  const directories = path.split(delimiter).filter((directory) => directory !== '')
  const found = which.sync(name, { path: directories.join(delimiter), all: true, nothrow: true }) ?? []
  return directories.length === 0 ? [] : [...new Set(found.map((file) => realpathSync(file)))]
}

function isScript(path: string): boolean {
  const fd = openSync(path, 'r')
  try {
    const head = Buffer.alloc(2)
    readSync(fd, head, 0, 2, 0)
    return head.toString('latin1') === '#!'
  } finally {
    closeSync(fd)
  }
}

/** True where every directory above lets other users pass and the file lets them read. */
export function isPublic(path: string): boolean {
  if ((statSync(path).mode & 0o005) !== 0o005) return false
  for (let at = dirname(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

const PYTHON_FACTS =
  'import sys; print(sys.executable, sys.base_prefix, ".".join(map(str, sys.version_info[:3])), sep="\\n")'

/**
 * The python to run: a wrapper script (pyenv's shim costs 90 ms a start) is asked for the real one, and
 * one that another user can reach is preferred, for the code runs under a user of its own.
 */
export async function findPython(path: string): Promise<Interpreter | null> {
  const candidates = findExecutables('python3', `${path}${delimiter}/usr/bin`)
  const described = await Promise.all(candidates.map((candidate) => describePython(candidate)))
  const found = described.filter((python) => python !== null)
  return found.find((python) => isPublic(python.path)) ?? found[0] ?? null
}

async function describePython(candidate: string): Promise<Interpreter | null> {
  try {
    const { stdout } = await run(candidate, ['-I', '-S', '-c', PYTHON_FACTS], { timeout: 10_000 })
    const [executable = '', prefix = '', version = ''] = stdout.trim().split('\n')
    const path = realpathSync(executable)
    return isScript(path) ? null : { path, prefix, version }
  } catch {
    return null // a python that does not start is no python
  }
}

/** Version as the program's first line of `--version` has it; null where it does not start. */
export async function askVersion(path: string): Promise<string | null> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000, env: {} })
    return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? null
  } catch {
    return null
  }
}
