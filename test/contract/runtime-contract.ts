/** What every runtime has to do, whatever it is made of. A runtime's own test calls `describeRuntime`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import {
  describeAnswers,
  describeEndings,
  describeStreams,
  describeSurroundings,
  type ContractOptions,
  type Subject,
} from './contract-cases.ts'
import { PROGRAMS, type ProgramName } from './programs.ts'

export type { ContractOptions } from './contract-cases.ts'

/** Runs the whole contract against the runtime `make` gives, for each of its languages. */
export function describeRuntime(
  name: string,
  make: () => Runtime | Promise<Runtime>,
  languages: readonly Language[],
  options: ContractOptions = {},
): void {
  const absent = options.absent ?? null
  const why = absent === null ? '' : ` (skipped: ${absent})`
  describe.skipIf(absent !== null)(`runtime ${name}${why}`, () => {
    const held: { runtime: Runtime | null } = { runtime: null }
    const runtime = (): Runtime => {
      if (held.runtime === null) throw new Error('the runtime was not made')
      return held.runtime
    }
    beforeAll(async () => {
      held.runtime = await make()
    })
    afterAll(async () => {
      await held.runtime?.close()
    })
    it('serves the languages it declares and says whether it is ready', async () => {
      expect([...runtime().capabilities.languages].toSorted()).toEqual([...languages].toSorted())
      const readiness = await runtime().check()
      if (options.readiness === 'weaker') expect(readiness.missing[0]?.fix).not.toBe('')
      else expect(readiness.missing).toEqual([])
      expect(readiness.ready).toBe(true)
      expect(readiness.version).toMatch(/\d/)
    })
    for (const language of languages) {
      const missing = options.absentLanguages?.[language]
      const reason = missing === undefined ? '' : ` (skipped: ${missing})`
      describe.skipIf(missing !== undefined)(`${language}${reason}`, () => {
        const subject: Subject = {
          runtime,
          language,
          needs(lack, context) {
            const here = options.lacks?.includes(lack) === true ? 'this host takes it away' : undefined
            const cause = runtime().capabilities.lacks?.[lack] ?? here
            context.skip(cause !== undefined, `${lack}: ${cause ?? ''}`)
          },
          options,
          code: (program: ProgramName) => PROGRAMS[language][program],
        }
        describeAnswers(subject)
        if (!IS_LONG_FORM && options.sampled?.includes(language) === true) return
        describeStreams(subject)
        describeSurroundings(subject)
        describeEndings(subject)
      })
    }
    describeLife(runtime, languages[0] ?? 'javascript', make, options)
  })
}

function describeLife(
  runtime: () => Runtime,
  language: Language,
  make: () => Runtime | Promise<Runtime>,
  options: ContractOptions,
): void {
  it('keeps concurrent runs apart', async () => {
    const inputs = Array.from({ length: 6 }, (_, index) => JSON.stringify({ mine: index }))
    const runs = await Promise.all(
      inputs.map((input) => record(runtime(), makeRequest(language, PROGRAMS[language].echo, { input }))),
    )
    expect(runs.map(({ exit }) => JSON.parse(exit.result ?? 'null') as unknown)).toEqual(
      inputs.map((input) => JSON.parse(input) as unknown),
    )
  })
  it('closes twice without complaint', async () => {
    const other = await make()
    await record(other, makeRequest(language, PROGRAMS[language].script))
    await other.close()
    await expect(other.close()).resolves.toBeUndefined()
  })
  it.skipIf(options.killBackend === undefined)(
    'survives the death of its backend in the middle',
    async () => {
      const other = await make()
      let killed: Promise<void> | undefined
      const { exit } = await record(other, makeRequest(language, PROGRAMS[language].endless), {
        signal: AbortSignal.timeout(30_000),
        onRunning: () => {
          killed = options.killBackend?.(other)
        },
      })
      await killed
      expect(exit.fault?.kind).toBe('runtime_error')
      const after = await record(other, makeRequest(language, PROGRAMS[language].script))
      expect(after.exit).toMatchObject({ exitCode: 0, fault: null })
      await other.close()
    },
  )
  it.skipIf(options.makeAbsent === undefined)('says what is missing when its backend is absent', async () => {
    const other = await options.makeAbsent?.()
    if (other === undefined) throw new Error('nothing was made')
    const { exit } = await record(other, makeRequest(language, PROGRAMS[language].script))
    expect(exit.fault?.kind).toBe('runtime_unavailable')
    const readiness = await other.check()
    expect(readiness.ready).toBe(false)
    expect(readiness.missing[0]?.fix).not.toBe('')
    await other.close()
  })
}
