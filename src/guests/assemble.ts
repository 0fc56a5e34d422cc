/**
 * Guest programs as an interpreter gets them, each with the library of its language in the same file, so that a start
 * reads one. The line by which a program takes names from a file of the library becomes that file's text: top-level
 * names of the library and of a program that uses it have to differ.
 */
import { readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'

/** How a line of a program, or of the library itself, names a file of the library. */
interface Syntax {
  folder: string
  include: RegExp
  /** What stands only in a file of the library that is apart. */
  apart: RegExp
}

const JAVASCRIPT: Syntax = {
  folder: 'javascript',
  include:
    /^(?:const|import) \{[^}]*\} (?:= require\(|from )'[./]+\/guests\/javascript\/(?<name>[\w-]+)\.js'\)?\n/gm,
  apart: /^export (?=(?:async )?(?:function|const|class)\b)/gm,
}
const SYNTAXES: Record<string, Syntax> = {
  '.cjs': JAVASCRIPT,
  '.js': JAVASCRIPT,
  '.py': {
    folder: 'python',
    include: /^from guests\.(?<name>\w+) import (?:\([^)]*\)|[^\n(]*)\n/gm,
    apart: /^#!.*\n/g,
  },
  '.sh': { folder: 'bash', include: /^source \S*\/guests\/bash\/(?<name>[\w-]+)\.sh\n/gm, apart: /^#!.*\n/g },
}

/** How a file of the library of JavaScript names another. */
const BESIDE = / from '\.\//g

const assembled = new Map<string, Promise<string>>()

/** The program in `file`, a path, with what it takes from the library. Rejects where a file cannot be read. */
export function assembleGuest(file: string): Promise<string> {
  const known = assembled.get(file) ?? assemble(file, new Set())
  assembled.set(file, known)
  return known
}

/** Path of a file of the library that a program loads only when it needs it, such as `python/failure.py`. */
export function libraryFile(name: string): string {
  return join(import.meta.dirname, name)
}

async function assemble(file: string, taken: Set<string>): Promise<string> {
  const text = await readFile(file, 'utf8')
  const syntax = SYNTAXES[extname(file)]
  if (syntax === undefined) return text
  const folder = libraryFile(syntax.folder)
  const isPart = dirname(file) === folder
  const own = isPart
    ? text.replaceAll(syntax.apart, '').replaceAll(BESIDE, " from '../guests/javascript/")
    : text
  const parts = new Map<string, string>()
  for (const { groups } of own.matchAll(syntax.include)) {
    const name = groups?.['name'] ?? ''
    const path = join(folder, name + extname(file).replace('.cjs', '.js'))
    if (taken.has(path)) continue
    taken.add(path)
    parts.set(name, await assemble(path, taken))
  }
  return own.replaceAll(syntax.include, (_line, name: string) => take(parts, name))
}

/** The text of a part where it is first named. */
function take(parts: Map<string, string>, name: string): string {
  const text = parts.get(name) ?? ''
  parts.delete(name)
  return text
}
