/** A code agent as a folder: `agent.json`, the code in `main.js`, `.ts`, `.py` or `.sh`, `README.md`, and `files/`. */
import { isUtf8 } from 'node:buffer'
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ExectrailError, InvalidRequestError, messageOf, type Issue } from '../errors.ts'
import { LANGUAGES, type FileContent, type Language } from '../execution.ts'
import { MAX_FILES } from '../request-parts.ts'
import { DEFINITION_MAX_BYTES, readDefinition, type AgentDefinition } from './definition.ts'

const MANIFEST = 'agent.json'
const README = 'README.md'
const FILES = 'files'

/** Name of the file with the code. */
export const MAIN: Readonly<Record<Language, string>> = {
  javascript: 'main.js',
  typescript: 'main.ts',
  python: 'main.py',
  bash: 'main.sh',
}

/**
 * Reads a project. The commit it is of is the caller's to add.
 * @throws {InvalidRequestError} with every issue at once, each with the file it is in
 */
export async function readProject(directory: string): Promise<AgentDefinition> {
  const reading = new Reading(directory)
  const manifest = reading.manifestOf(await reading.text(MANIFEST))
  const main = mainOf(manifest, directory)
  const code = main === null ? undefined : await reading.text(main)
  const readme = await reading.textIfAny(README)
  const files = await reading.folder(FILES)
  reading.end()
  return readDefinition({
    ...manifest,
    ...(code === undefined ? {} : { code }),
    ...(readme === null ? {} : { readme }),
    ...(files.length === 0 ? {} : { files }),
  })
}

/**
 * Writes a project into a folder that is empty or not there yet. A folder that could not be written as a whole is emptied again.
 * @throws {ExectrailError} `conflict` where the folder has files
 */
export async function writeProject(directory: string, definition: AgentDefinition): Promise<void> {
  const { code, readme, files = [], ...manifest } = definition
  await mkdir(directory, { recursive: true })
  if ((await readdir(directory)).length > 0)
    throw new ExectrailError('conflict', `${directory} is not empty`, {
      hint: 'Choose a folder that is empty or does not exist yet.',
    })
  try {
    await writeFile(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
    await writeFile(join(directory, MAIN[definition.language]), code)
    if (readme !== '') await writeFile(join(directory, README), readme)
    for (const { path, content, encoding } of files) {
      const target = join(directory, FILES, path)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, content, encoding ?? 'utf8')
    }
  } catch (error) {
    for (const name of await readdir(directory))
      await rm(join(directory, name), { recursive: true, force: true })
    throw error
  }
}

/** The file of the language; without a known one that which is there, and the schema says what is wrong. */
function mainOf({ language }: { language?: unknown }, directory: string): string | null {
  const known = LANGUAGES.find((one) => one === language)
  if (known !== undefined) return MAIN[known]
  if (language === undefined)
    throw new InvalidRequestError([
      { path: join(directory, MANIFEST), message: `give its language: ${LANGUAGES.join(', ')}` },
    ])
  return null
}

/** Reads the files of one project, no more than a definition may have. */
class Reading {
  readonly #directory: string
  readonly #issues: Issue[] = []
  #left = DEFINITION_MAX_BYTES

  constructor(directory: string) {
    this.#directory = directory
  }

  async text(name: string): Promise<string> {
    const bytes = await this.#bytes(name)
    if (bytes === null) return ''
    if (!isUtf8(bytes)) this.#fail(name, 'is not UTF-8')
    return bytes.toString('utf8').replace(/^\uFEFF/u, '')
  }

  /** Null where there is no such file. */
  async textIfAny(name: string): Promise<string | null> {
    const found = await lstat(join(this.#directory, name)).catch(() => null)
    return found === null ? null : this.text(name)
  }

  manifestOf(text: string): Record<string, unknown> {
    this.end()
    try {
      const value: unknown = JSON.parse(text)
      if (isObject(value)) {
        const given = ['code', 'readme', 'files'].filter((name) => Object.hasOwn(value, name))
        for (const name of given) this.#fail(MANIFEST, `\`${name}\` stands in a file of its own`)
        return value
      }
      this.#fail(MANIFEST, 'holds no object')
    } catch (error) {
      this.#fail(MANIFEST, `is no JSON: ${messageOf(error)}`)
    }
    this.end()
    return {}
  }

  async folder(name: string): Promise<FileContent[]> {
    const found: FileContent[] = []
    const waiting = (await isFolder(join(this.#directory, name))) ? [name] : []
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      const entries = await readdir(join(this.#directory, folder), { withFileTypes: true })
      for (const entry of entries) {
        const path = `${folder}/${entry.name}`
        if (entry.isDirectory()) waiting.push(path)
        else if (found.length >= MAX_FILES) this.#fail(name, `at most ${MAX_FILES} files`)
        else found.push(...(await this.#file(path, name)))
      }
      this.end()
    }
    // One order whatever the file system's, since it is part of the definition's hash.
    return found.toSorted((one, other) => (one.path < other.path ? -1 : 1))
  }

  /** @throws {InvalidRequestError} with what was wrong so far */
  end(): void {
    if (this.#issues.length > 0) throw new InvalidRequestError(this.#issues)
  }

  async #file(path: string, folder: string): Promise<FileContent[]> {
    const bytes = await this.#bytes(path)
    if (bytes === null) return []
    const encoding = isUtf8(bytes) ? 'utf8' : 'base64'
    return [{ path: path.slice(folder.length + 1), content: bytes.toString(encoding), encoding }]
  }

  /** A link could lead to a file that is not of the project. */
  async #bytes(name: string): Promise<Buffer | null> {
    const path = join(this.#directory, name)
    try {
      const { size, kind } = await sizeOf(path)
      if (kind !== 'file') return this.#fail(name, 'is no regular file; links are not followed')
      this.#left -= size
      if (this.#left < 0) return this.#fail(name, `the project has more than ${DEFINITION_MAX_BYTES} bytes`)
      return await readFile(path)
    } catch (error) {
      return this.#fail(name, `cannot be read: ${messageOf(error)}`)
    }
  }

  #fail(name: string, message: string): null {
    this.#issues.push({ path: join(this.#directory, name), message })
    return null
  }
}

async function sizeOf(path: string): Promise<{ size: number; kind: 'file' | 'other' }> {
  const found = await lstat(path)
  return { size: found.size, kind: found.isFile() ? 'file' : 'other' }
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() ?? false
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
