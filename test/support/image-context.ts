/** What a Dockerfile copies from the build context, as Docker would: what .dockerignore excludes is not there. */
import type { Ignore } from '@balena/dockerignore'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
/** Its declarations promise a default export, which it does not have. */
const dockerignore: () => Ignore = createRequire(import.meta.url)('@balena/dockerignore')

interface Copy {
  sources: string[]
  target: string
}

/** Never sent, and large. */
const SKIPPED = new Set(['node_modules', '.git'])

/** The files Docker is sent: those of the checkout that .dockerignore leaves. */
export function buildContext(): string[] {
  const ignore = dockerignore().add(readFileSync(join(ROOT, '.dockerignore'), 'utf8'))
  const top = readdirSync(ROOT, { withFileTypes: true }).filter(({ name }) => !SKIPPED.has(name))
  const files = top.flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name) : [entry.name]))
  return ignore.filter(files)
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
}

/** The COPY instructions that read the build context. */
export function copiesOf(dockerfile: string): Copy[] {
  const text = readFileSync(join(ROOT, dockerfile), 'utf8').replaceAll(/\\\n/g, ' ')
  return [...text.matchAll(/^COPY (?<words>(?!--from).+)$/gmu)].map((match) => {
    const sources = match.groups?.['words']?.split(/\s+/).filter((word) => !word.startsWith('--')) ?? []
    return { target: sources.pop() ?? '', sources }
  })
}

/**
 * Lays out in `directory` what `copies` bring, relative to the working directory of the image.
 * @returns the sources that the context does not have, which would end a build
 */
export function copyInto(directory: string, copies: readonly Copy[], context: readonly string[]): string[] {
  const absent: string[] = []
  for (const { sources, target } of copies) {
    for (const source of sources) {
      const files = context.filter((file) => file === source || file.startsWith(`${source}/`))
      if (files.length === 0) absent.push(source)
      for (const file of files) {
        // Of a folder, Docker copies the content; a file keeps its name below a target that ends with a slash.
        const name = file === source && target.endsWith('/') ? basename(file) : relative(source, file)
        const place = join(directory, target, name)
        mkdirSync(dirname(place), { recursive: true })
        cpSync(join(ROOT, file), place)
      }
    }
  }
  return absent
}
