import { afterAll, expect, it } from 'vitest'
import { compile, stopCompilers } from '../../src/runtimes/compile/compiler.ts'
import type { CompileJob } from '../../src/runtimes/compile/compile-job.ts'
import { pidsOf } from '../support/descendants.ts'

const MODULE: CompileJob = { to: 'module', fileName: 'main.ts', loader: 'ts', files: [], hook: 'hook_1' }
const CODE = 'export const main = (n: number): number => n + 1'

afterAll(() => stopCompilers())

const compilers = (): number[] => pidsOf(/compile\/main/)
const compileFor = (organizationId: string, job: CompileJob, code: string) =>
  compile(job, code, { organizationId, timeoutMs: 10_000, signal: new AbortController().signal })

/** Whether a compiler was at it: all of them were ended before. */
async function isCompiled(organizationId: string, job: CompileJob, code: string): Promise<boolean> {
  await stopCompilers()
  expect(compilers()).toEqual([])
  await compileFor(organizationId, job, code)
  return compilers().length > 0
}

it('compiles the same program of an organization once', async () => {
  const first = await compileFor('acme', MODULE, CODE)
  expect(first).toMatchObject({ code: expect.stringContaining('main = (n) => n + 1') as string })
  expect(await isCompiled('acme', MODULE, CODE)).toBe(false)
  expect(await compileFor('acme', { ...MODULE, hook: 'hook_2' }, CODE)).toEqual(first)
})

it.each([
  ['another organization', 'other', MODULE, CODE],
  ['other code', 'acme', MODULE, `${CODE} `],
  ['another form', 'acme', { ...MODULE, to: 'script' }, CODE],
  ['another given file', 'acme', { ...MODULE, files: [{ path: 'a.ts', text: 'export {}' }] }, CODE],
] as const)('compiles for %s', async (_what, organizationId, job, code) => {
  await compileFor('acme', MODULE, CODE)
  expect(await isCompiled(organizationId, job, code)).toBe(true)
})

it.each([
  ['a program too large to be kept', `${CODE} // ${'x'.repeat(300_000)}`],
  ['code with the hook of one run', `${CODE}\nmain(1)`],
  ['code that the language refuses', 'export const n: = 1'],
] as const)('compiles again and again %s', async (_what, code) => {
  await compileFor('acme', MODULE, code)
  expect(await isCompiled('acme', MODULE, code)).toBe(true)
})
