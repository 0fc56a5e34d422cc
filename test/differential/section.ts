/** Snippets: pieces of code of one language that run one after another in one execution. */
import { readFileSync } from 'node:fs'
import type { Limitation } from '../../src/runtimes/runtime.ts'
import { toLimitation } from './programs.ts'

/** Pieces of one kind. */
export interface Section {
  about: string
  /** What a runtime must not lack to be held to them; without `error messages` the names of errors count alone. */
  needs: readonly Limitation[]
  snippets: readonly string[]
}

/** Reads `## about | needs`, then a snippet a line; `⏎` breaks its lines. */
export function readSections(file: string): Section[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return text
    .split(/^## /mu)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n')
      const [about = '', ...needs] = title.split(' | ')
      return {
        about,
        needs: needs.flatMap((words) => words.split(', ').map(toLimitation)),
        snippets: lines.filter((line) => line !== '').map((line) => line.replaceAll('⏎', '\n')),
      }
    })
}
