import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { JsonSource } from '../../src/exact-json.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import type { Json } from '../../src/execution.ts'
import { readTemplate } from '../../src/registry/templates.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { recordingTrail } from '../support/recording-trail.ts'

const home = await temporaryDirectory()
const executor = await createExecutor({
  config: loadConfig({ ...process.env, EXECTRAIL_HOME: home.path }),
  trail: recordingTrail(),
})
afterAll(async () => {
  await executor.close(0)
  await home[Symbol.asyncDispose]()
})

/** The result of a template; fails where the program fails. */
async function run(name: string, input: unknown): Promise<Json> {
  const { code, language, files, limits, inputSchema, outputSchema } = await readTemplate(name)
  const schemas = { inputSchema, outputSchema }
  const request = { runtime: 'subprocess', language, code, files, limits, input, ...schemas } as const
  const { outcome, errorMessage, result } = await executor.execute(request)
  expect({ outcome, errorMessage }).toEqual({ outcome: 'success', errorMessage: null })
  return result
}

describe('the agents in bash', () => {
  // Every kind of character that JSON escapes, and those that shells, awk and sed treat in their own way.
  const hostile = [
    '\\',
    '"',
    "'",
    '$(id)',
    '`id`',
    '&',
    '%s',
    '\t',
    'é',
    '😀',
    '\u0001',
    '\u007f',
    '\\u0041',
    '\\n',
    '/',
  ]

  it('line-diff carries any text unchanged', async () => {
    const before = hostile.join('\n')
    const after = hostile.toReversed().join('x\n')
    const { diff } = (await run('line-diff', { before: '', after })) as { diff: string }
    const added = diff
      .split('\n')
      .slice(3)
      .filter((line) => line.startsWith('+'))
      .map((line) => line.slice(1))
    expect(added.join('\n')).toBe(after.replaceAll('\u0001', '\ufffd'))
    expect(await run('line-diff', { before, after: before })).toMatchObject({ identical: true, diff: '' })
  })

  it('log-triage reads a long log with every character escaped', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => `ERROR "job" ${at} failed: ${hostile[at % 9]}`)
    const log = lines.join('\n')
    const escaped = JSON.stringify({ log }).replace(
      /[\u007f-\uffff]/gu,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    const [plain, ascii] = [
      await run('log-triage', { log }),
      await run('log-triage', new JsonSource(escaped)),
    ]
    expect(ascii).toEqual(plain)
    expect(plain).toMatchObject({ lines: 20_000, levels: { error: 20_000 } })
  })
})

describe('html-to-text', () => {
  it.each([
    ['open tags', '<'.repeat(200_000)],
    ['quotes that do not end', '<a b="'.repeat(50_000)],
    ['nested lists', '<ul><li>'.repeat(50_000)],
    ['spaces', ' '.repeat(1_000_000)],
    ['references', '&amp'.repeat(200_000)],
    ['letters that change their length in lower case', `${'İ'.repeat(1000)}<script>x</script>y`],
  ])('reads %s in bounded time', async (_, html) => {
    expect(await run('html-to-text', { html })).toMatchObject({ title: null })
  })
})
