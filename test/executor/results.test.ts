import { afterAll, describe, expect, it } from 'vitest'
import { findJsonFault } from '../../src/executor/json-text.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { localOptions } from '../support/local-runtime.ts'
import { exitWith, toyExecutor, toyRuntime, type ToyExecutor } from '../support/toy-executor.ts'
import { startProcessorTime } from '../support/processor-time.ts'

const runtime = subprocess(localOptions())
const real = toyExecutor(runtime)
afterAll(() => runtime.close())

/** Executes a program that gives `text` as its result. */
function give(text: string): ReturnType<ToyExecutor['execute']> {
  return toyExecutor(toyRuntime(() => Promise.resolve(exitWith({ result: text })))).execute()
}

describe('a number that no JSON reader takes', () => {
  it.each([
    ['python', 'def main(input):\n    return {"a": [10 ** 400]}', '100000000000000000000000… (401 digits)'],
    ['bash', 'main() { result 1e999; }', '1e999'],
    ['bash', `main() { result '{"a": -2E308}'; }`, '2E308'],
  ] as const)('is refused by name in the result of %s: %s', async (language, code, shown) => {
    const answer = await real.execute({ language, code })
    expect(answer).toMatchObject({ outcome: 'failure', errorType: 'exception', result: null })
    expect(answer.errorMessage).toBe(
      `ResultError: the result has the number ${shown}, and JSON readers take none above 1.8e308; write it as a string`,
    )
    expect(real.completed.at(-1)).toMatchObject({ outcome: 'failure', result: null })
  })

  it.each([
    '1e308',
    '[-1.7976931348623157e308]',
    '1e-999',
    '"1e999"',
    '{"1e999": "\\"1e999"}',
    '[1,2e30,5E+3]',
  ])('is not seen in %s', async (text) => {
    expect(await give(text)).toMatchObject({ outcome: 'success', result: JSON.parse(text) })
  })

  it('is not how broken JSON is described', async () => {
    for (const text of ['1e1e1e1e9', '99e', '1-2-3+4', '{"a":'])
      expect(await give(text)).toMatchObject({
        errorMessage: 'ResultError: what came back as the result is not JSON',
      })
  })

  it.each([
    ['lists', `[${'[],'.repeat(1_000_000)}0]`, /more than 1000000 lists/],
    ['objects', `[${'{},'.repeat(1_000_000)}0]`, /more than 1000000 lists/],
    ['texts', `[${'"a",'.repeat(1_000_000)}0]`, /more than 1000000 lists/],
    ['digits', `0.${'9'.repeat(1_000_000)}`, /a number of 1000002 digits/],
  ])('is too many %s for other runs to wait while they are read', async (_what, text, words) => {
    expect(await give(text)).toMatchObject({
      outcome: 'failure',
      errorType: 'exception',
      errorMessage: expect.stringMatching(words) as string,
    })
  })

  it('is looked for in one pass, whatever the text', () => {
    const hostile = {
      long_number: '0.' + '9'.repeat(10_000_000),
      digits: '7'.repeat(2_000_000),
      long: `[${`${'1'.repeat(308)},`.repeat(6500)}1]`,
      exponents: '1e'.repeat(1_000_000),
      quotes: '"\\'.repeat(1_000_000),
      ones: `[${'1,'.repeat(1_000_000)}1]`,
    }
    for (const [name, text] of Object.entries(hostile)) {
      const processorMs = startProcessorTime()
      findJsonFault(text)
      expect(processorMs(), name).toBeLessThan(500)
    }
  })
})

describe('a strange result', () => {
  it('keeps what JSON itself keeps: surrogates alone, prototypes by name, minus nought', async () => {
    const answer = await give('{"__proto__": {"polluted": 1}, "a": "\\ud800", "b": -0}')
    expect(answer).toMatchObject({ outcome: 'success', result: { a: '\ud800', b: -0 } })
    expect(Object.keys(Object(answer.result))).toEqual(['__proto__', 'a', 'b'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
