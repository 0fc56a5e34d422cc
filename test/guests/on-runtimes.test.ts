/** The same cases on every runtime of this machine: what its engine does differently shows here. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'
import { VALUES, type ValueCase } from './cases.ts'
import { ERRORS } from './error-cases.ts'

const absent = await findWasmedge()
const runtimes: Record<string, Runtime> = {
  subprocess: subprocess(localOptions()),
  vm2: vm2(localOptions()),
  ...(absent === null ? { wasmedge: wasmedge(wasmedgeOptions()) } : {}),
}
afterAll(async () => {
  for (const runtime of Object.values(runtimes)) await runtime.close()
})

type Told = Pick<Recording, 'exit' | 'stdout' | 'stderr'>

/** What each runtime that serves `language` says of `code`, by its name. */
async function onEach(language: Language, code: string): Promise<[string, Told][]> {
  const serving = Object.entries(runtimes).filter(([, { capabilities }]) =>
    capabilities.languages.includes(language),
  )
  return Promise.all(
    serving.map(async ([name, runtime]): Promise<[string, Told]> => [
      name,
      await record(runtime, makeRequest(language, code)),
    ]),
  )
}

/** The result, or the words that refuse it. */
function answer({ exit }: Told, { refused }: ValueCase): unknown {
  if (refused === undefined) return JSON.parse(exit.result ?? 'null') as unknown
  return exit.result ?? (exit.uncaught?.message ?? '').replaceAll("']", '').replaceAll("['", '.')
}

const right = ({ json, refused }: ValueCase): unknown =>
  refused === undefined ? json : expect.stringContaining(refused)

const IN_PYTHON = new Set([
  'half a surrogate pair',
  'a surrogate pair',
  'what holds itself',
  'keys that are the same in JSON',
])

/** Text and frames of ours and of the host. */
const HOST = /exectrail|node:|vm2|\(native\)/u

/** What the engine itself does not have, or takes apart. */
const LACKS: Record<string, readonly string[]> = {
  subprocess: ['what hides itself'],
  vm2: ['what stands behind a proxy', 'what hides itself'],
  wasmedge: [],
}

describe.skipIf(absent !== null)(`every runtime of this machine ${absent ?? ''}`, { timeout: 60_000 }, () => {
  const cases = Object.entries(VALUES)
  const inJavaScript = cases.filter(([, { javascript, python }]) => javascript !== undefined && !python)
  const errors = Object.entries(ERRORS).flatMap(([name, { javascript, ...rest }]) =>
    javascript === undefined ? [] : [[name, { code: javascript, ...rest }] as const],
  )
  // CPython is the same on all: these are its own limits.
  const inPython = cases.filter(([name]) => IN_PYTHON.has(name))

  it.each(inJavaScript)('carries or refuses in a result of JavaScript: %s', async (name, one) => {
    const told = await onEach('javascript', `exports.main = () => ${one.javascript}`)
    const able = told.filter(([runtime]) => LACKS[runtime]?.includes(name) !== true)
    for (const [runtime, said] of able) expect([runtime, answer(said, one)]).toEqual([runtime, right(one)])
  })

  it.each(inPython)('carries or refuses in a result of Python: %s', async (_name, one) => {
    const told = await onEach('python', `def main(input):\n    return ${one.python}`)
    for (const [runtime, said] of told) expect([runtime, answer(said, one)]).toEqual([runtime, right(one)])
  })

  it.each(errors)('tells of what is thrown: %s', async (name, { code, message, stack = [] }) => {
    const told = await onEach('javascript', `// a script\n${code}`)
    const able = told.filter(([runtime]) => LACKS[runtime]?.includes(name) !== true)
    for (const [runtime, { exit, stderr }] of able) {
      expect([runtime, exit.uncaught?.message]).toEqual([runtime, message.split('|')[0]])
      for (const part of stack)
        expect([runtime, exit.uncaught?.stack]).toEqual([runtime, expect.stringContaining(part)])
      expect(`${exit.uncaught?.stack ?? ''}${stderr}`).not.toMatch(HOST)
    }
  })

  it('carries texts of Python as they are, whatever coding a comment claims', async () => {
    const code =
      '# -*- coding: latin-1 -*-\ntext = "é😀"\nprint(text)\ndef main(input):\n    return [text, len(text), "\\ud83d\\ude00"]'
    for (const [name, { exit, stdout }] of await onEach('python', code)) {
      expect([name, stdout]).toEqual([name, 'é😀\n'])
      expect([name, JSON.parse(exit.result ?? 'null')]).toEqual([name, ['é😀', 2, '😀']])
    }
  })
})
