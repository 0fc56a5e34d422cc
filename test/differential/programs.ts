/** Whole programs, each an execution of its own. */
import { readFileSync } from 'node:fs'
import { LANGUAGES, type Language } from '../../src/execution.ts'
import { LIMITATIONS, type Limitation } from '../../src/runtimes/runtime.ts'

/** A program and what goes with it. */
export interface Program {
  language: Language
  code: string
  /** What a runtime must not lack to be held to it. */
  needs: readonly Limitation[]
  input?: unknown
  env?: Readonly<Record<string, string>>
  files?: Readonly<Record<string, string>>
}

/** Reads `## language | needs | settings as JSON`, the middle ones as wanted, then a program a line; `⏎` breaks its lines. */
export function readPrograms(file: string): Program[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8')
  return text
    .split(/^## /mu)
    .slice(1)
    .flatMap((part) => {
      const [title = '', ...lines] = part.split('\n')
      const [name, ...rest] = title.split(' | ')
      const language = LANGUAGES.find((known) => known === name)
      if (language === undefined) throw new Error(`"${title}" names no language`)
      const settings = rest.find((word) => word.startsWith('{'))
      const needs = rest
        .filter((word) => word !== settings)
        .flatMap((words) => words.split(', ').map(toLimitation))
      const shared = { language, needs, ...(settings === undefined ? {} : readSettings(settings)) }
      return lines
        .filter((line) => line !== '')
        .map((line) => Object.assign({ code: line.replaceAll('⏎', '\n') }, shared))
    })
}

function readSettings(text: string): Pick<Program, 'input' | 'env' | 'files'> {
  return JSON.parse(text) as Pick<Program, 'input' | 'env' | 'files'>
}

/** @throws Error where the file names what no runtime declares */
export function toLimitation(name: string): Limitation {
  const known = LIMITATIONS.find((limitation) => limitation === name)
  if (known === undefined) throw new Error(`no runtime can lack "${name}"`)
  return known
}
