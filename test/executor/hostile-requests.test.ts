/** Requests no honest caller makes: each is refused at once, with every issue in words. */
import { describe, expect, it } from 'vitest'
import { InvalidRequestError, type Issue } from '../../src/errors.ts'
import type { ExecutionRequest } from '../../src/execution.ts'
import { normalizeRequest } from '../../src/executor/normalize.ts'
import { exitWith, toyExecutor, toyRuntime } from '../support/toy-executor.ts'

const toy = toyExecutor(toyRuntime(() => Promise.resolve(exitWith())))

async function issuesOf(part: object): Promise<readonly Issue[]> {
  const error: unknown = await toy
    .execute(part as Partial<ExecutionRequest>)
    .catch((thrown: unknown) => thrown)
  if (!(error instanceof InvalidRequestError)) throw new Error(`not refused: ${String(error)}`)
  return error.issues
}

function manyKeys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k ${index}`, 1]))
}

describe('a request', () => {
  it.each([
    ['fields', '', manyKeys(200_000)],
    ['variables', 'env', { env: manyKeys(200_000) }],
    ['files', 'files', { files: Array.from({ length: 200_000 }, () => 1) }],
    ['hosts', 'network.allow', { network: { allow: Array.from({ length: 200_000 }, () => '') } }],
  ])('of countless %s has one fault and is looked at no further', async (_name, path, part) => {
    const before = process.cpuUsage()
    expect(() => normalizeRequest(part as ExecutionRequest, () => null)).toThrow(
      expect.objectContaining({
        issues: [{ path, message: expect.stringMatching(/\d+ entries; at most \d+/) }],
      }),
    )
    // Processor time, in µs: other processes do not add to it.
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
  })

  it('names a hundred of its faults at most', async () => {
    const env = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${index}`, 'x']))
    expect((await issuesOf({ env })).length).toBeLessThanOrEqual(100)
  })

  it('of half a surrogate pair is refused, not changed in silence', async () => {
    const paths = async (part: object): Promise<string[]> => (await issuesOf(part)).map(({ path }) => path)
    expect(await paths({ code: 'x\ud800' })).toEqual(['code'])
    expect(await paths({ files: [{ path: 'a', content: '\udc00' }] })).toEqual(['files.0.content'])
  })

  it('takes base64 as Node reads it, and nothing Node would drop', async () => {
    const content = (text: string) => ({ files: [{ path: 'a', content: text, encoding: 'base64' as const }] })
    for (const text of ['', 'AAH/', 'AAH_', 'AA==', 'AA', 'AA\nAA\n'])
      expect(await toy.execute(content(text))).toMatchObject({ outcome: 'success' })
    expect(await issuesOf(content('!AAA'))).toMatchObject([{ path: 'files.0.content' }])
  })

  it('cannot have a folder where the code goes', async () => {
    const files = [
      { path: 'main.sh/x', content: '' },
      { path: 'lib/main.sh/x', content: '' },
    ]
    expect(await issuesOf({ files })).toEqual([
      { path: 'files.0.path', message: 'a folder cannot have the name of the code' },
    ])
  })

  it('cannot name a variable that would be dropped', async () => {
    const env: unknown = JSON.parse('{"__proto__":"x"}')
    expect(await issuesOf({ env })).toMatchObject([{ path: 'env.__proto__' }])
  })

  it('is refused when its input is nested too deep, be it JSON or a cycle', async () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(await issuesOf({ input: deep })).toEqual([
      { path: 'input', message: expect.stringMatching(/nested deeper than/) },
    ])
  })

  it.each([null, undefined, 'text', 7])('that is %s is refused', (request) => {
    const runtime = toyRuntime(() => Promise.resolve(exitWith()))
    expect(() => normalizeRequest(request as unknown as ExecutionRequest, () => runtime)).toThrow(
      InvalidRequestError,
    )
  })
})

describe('a large request', () => {
  it('of numbers is written without asking about each of them twice', async () => {
    const input = Array.from({ length: 2_000_000 }, () => 1)
    expect(await toy.execute({ input })).toMatchObject({ outcome: 'success' })
    expect(await issuesOf({ input: [...input, Number.NaN] })).toMatchObject([{ path: 'input.2000000' }])
    expect(await issuesOf({ input: 'x'.repeat(11_000_000) })).toMatchObject([{ path: 'input' }])
  })
})

describe('a hostile exit', () => {
  it('of a deep result is a failure that says so', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
    const { execute } = toyExecutor(toyRuntime(() => Promise.resolve(exitWith({ result: deep }))))
    expect(await execute()).toMatchObject({
      outcome: 'failure',
      errorMessage: expect.stringContaining('nested deeper than'),
      result: null,
    })
  })

  it('of a message and a stack of any size is kept in part', async () => {
    const uncaught = { name: 'Error', message: 'é'.repeat(5_000_000), stack: 'at x:1\n'.repeat(1_000_000) }
    const { execute } = toyExecutor(toyRuntime(() => Promise.resolve(exitWith({ exitCode: 1, uncaught }))))
    const { errorMessage, errorStack } = await execute()
    expect(Buffer.byteLength(errorMessage ?? '')).toBeLessThanOrEqual(65_536)
    expect(Buffer.byteLength(errorStack ?? '')).toBeLessThanOrEqual(65_536)
  })

  it('has only members of its own, whatever objects inherit', async () => {
    const { execute } = toyExecutor(toyRuntime(() => Promise.resolve(exitWith())))
    const properties = { constructor: { type: 'number' }, toString: { type: 'string' } }
    const free = await execute({ inputSchema: { type: 'object', properties }, input: {} })
    expect(free).toMatchObject({ outcome: 'success', validationPassed: true })
    const required = await execute({ inputSchema: { required: ['valueOf', '__proto__'] }, input: {} })
    expect(required.errorMessage).toMatch(/'valueOf'.*'__proto__'/u)
  })

  it('leaves a completed record also where a check of ours fails on it', async () => {
    const { execute, completed } = toyExecutor(toyRuntime(() => Promise.resolve(exitWith({ result: '{}' }))))
    const lost = await execute({ inputSchema: { $ref: '#' }, input: {} })
    expect(lost).toMatchObject({ outcome: 'failure', errorType: 'validation_input', validationPassed: false })
    expect(await execute({ outputSchema: { $ref: '#' } })).toMatchObject({ errorType: 'validation_output' })
    expect(completed).toHaveLength(2)
  })
})
