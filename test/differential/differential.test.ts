/**
 * The same program, the same answer: snippets, snippets made by chance and whole programs run on every local runtime,
 * and what differs is declared by the runtime (`capabilities.lacks`). `EXECTRAIL_TESTS=all DIFFERENTIAL_RUNS=5000 FUZZ_SEED=7` runs longer.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Limitation, Runtime } from '../../src/runtimes/runtime.ts'
import { generate } from './generated.ts'
import { readPrograms, type Program } from './programs.ts'
import { runProgram, type Answer } from './run-program.ts'
import { readSections } from './section.ts'
import { runSnippets, withoutWords } from './snippets.ts'
import { closeSubjects, makeSubjects, type Subject } from './subjects.ts'

const SECTIONS = { javascript: readSections('javascript.txt'), python: readSections('python.txt') }
const FILES = { javascript: 'javascript', typescript: 'javascript', python: 'python' } as const
/** How many programs run at once; each of them runs on all runtimes. */
const AT_ONCE = 2

let subjects: readonly Subject[] = []
beforeAll(async () => {
  subjects = await makeSubjects()
})
afterAll(() => closeSubjects(subjects))

const servedBy = (language: Language): Subject[] =>
  subjects.filter(({ runtime }) => runtime.capabilities.languages.includes(language))
const lacks = (runtime: Runtime, need: Limitation): boolean =>
  runtime.capabilities.lacks?.[need] !== undefined

/** Whether the runtime is held to what has these needs; words of errors are compared where it has them. */
const isHeld = (runtime: Runtime, needs: readonly Limitation[]): boolean =>
  needs.every((need) => need === 'error messages' || !lacks(runtime, need))

async function compareSnippets(
  language: Language,
  snippets: readonly string[],
  needs: readonly Limitation[],
): Promise<string[]> {
  const held = servedBy(language).filter(({ runtime, kind }) => kind !== 'slow' && isHeld(runtime, needs))
  const answers = await Promise.all(held.map(({ runtime }) => runSnippets(runtime, language, snippets)))
  const [wanted = []] = answers
  return held.flatMap(({ name, runtime }, at) => {
    const clean = lacks(runtime, 'error messages') ? withoutWords : (answer: string): string => answer
    return snippets.flatMap((snippet, index) => {
      const [expected, got] = [clean(wanted[index] ?? ''), clean(answers[at]?.[index] ?? '')]
      return expected === got
        ? []
        : [`${name}: ${snippet}\n  ${JSON.stringify(expected)}\n  ${JSON.stringify(got)}`]
    })
  })
}

describe('snippets', () => {
  const kinds = (['javascript', 'typescript', 'python'] as const).flatMap((language) =>
    SECTIONS[FILES[language]].map(({ about, needs, snippets }) => ({ language, about, needs, snippets })),
  )
  it.each(kinds)('$language: $about', async ({ language, needs, snippets }) => {
    expect(await compareSnippets(language, snippets, needs)).toEqual([])
  })
  it.each(['javascript', 'python'] as const)('made by chance: %s', async (language) => {
    const snippets = generate(language)
    for (let at = 0; at < snippets.length; at += 500)
      expect(await compareSnippets(language, snippets.slice(at, at + 500), [])).toEqual([])
  })
})

/** What the caller of a runtime without the others' words compares. */
function comparable(runtime: Runtime, { needs }: Program, answer: Answer): Answer {
  const isOther = needs.includes('error messages') && lacks(runtime, 'error messages')
  return isOther ? { ...answer, errorMessage: null } : answer
}

async function compareProgram(program: Program, index: number): Promise<string[]> {
  const held = servedBy(program.language).filter(
    ({ runtime, every }) => index % every === 0 && isHeld(runtime, program.needs),
  )
  const answers = await Promise.all(held.map(({ runtime }) => runProgram(runtime, program)))
  const [wanted] = answers
  return held.flatMap(({ name, runtime }, at) => {
    const answer = answers[at]
    if (wanted === undefined || answer === undefined) return []
    const [expected, got] = [wanted, answer].map((one) => JSON.stringify(comparable(runtime, program, one)))
    return expected === got ? [] : [`${name}: ${program.code}\n  ${expected ?? ''}\n  ${got ?? ''}`]
  })
}

describe('programs', () => {
  const programs = readPrograms('programs.txt')
  it.each(['javascript', 'typescript', 'python', 'bash'] as const)('of %s', async (language) => {
    const mine = programs.filter((program) => program.language === language)
    expect(mine.length).toBeGreaterThan(10)
    const found: string[] = []
    const work = async (from: number): Promise<void> => {
      for (let at = from; at < mine.length; at += AT_ONCE) {
        const program = mine[at]
        if (program !== undefined) found.push(...(await compareProgram(program, at)))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, (_, from) => work(from)))
    expect(found).toEqual([])
  })
})
