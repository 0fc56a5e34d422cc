import { describe, expect, test } from 'vitest'
import { hasErrors } from '../../src/registry/checks/check-definition.ts'
import type { Finding } from '../../src/registry/checks/finding.ts'
import { checking, SUMMER } from '../support/definitions.ts'

const check = checking()

const places = (found: readonly Finding[]) =>
  found.map(({ check: name, severity, path, line }) => [name, severity, path, line])

describe('the checks at publishing', () => {
  test('find nothing in a sound definition, whose example runs on each of its runtimes', async () => {
    expect(await check()).toEqual([])
  })

  test('say what a reader would miss', async () => {
    const found = await check({ readme: ' \n', examples: [], inputSchema: undefined })
    expect(places(found)).toEqual([
      ['completeness', 'warning', 'readme', null],
      ['completeness', 'warning', 'examples', null],
      ['completeness', 'warning', 'inputSchema', null],
    ])
    expect(hasErrors(found)).toBe(false)
  })

  test.each([
    ['javascript', 'const a = 1\nconst b = ;\n', 2],
    ['typescript', 'const a: number = 1\n\nlet b: = 2\n', 3],
    ['python', 'def main(input):\n    return input +\n', 2],
    ['bash', 'echo one\nif true; then\n  echo two\n', 4],
  ] as const)('find the line of a syntax error in %s without running it', async (language, code, line) => {
    const found = await check({ language, code, runtimes: ['subprocess'] })
    expect(found).toMatchObject([
      { check: 'syntax', severity: 'error', path: 'code', hint: expect.stringContaining('Correct') },
    ])
    expect([line, line - 1]).toContain(found[0]?.line)
  })

  test.each([
    ['javascript', 'const a = await 1\nreturn { sum: 6 }'],
    ['python', 'def main(input):\n    return {"sum": sum(input["xs"])}'],
    ['bash', 'result \'{"sum": 6}\''],
  ] as const)('take %s that is sound', async (language, code) => {
    expect(await check({ language, code, runtimes: ['subprocess'] })).toEqual([])
  })

  test('find a syntax error in a file that the code imports', async () => {
    const found = await check({
      code: "import { add } from './lib.js'\nexport const main = ({ xs }) => add(xs)",
      files: [
        { path: 'data.txt', content: 'a' },
        { path: 'lib.js', content: 'export const add = (\n' },
      ],
    })
    expect(found).toMatchObject([{ check: 'syntax', path: 'files.1' }])
  })

  test('find modules that the own policy denies', async () => {
    const found = await check({
      code: `const fs = require('node:fs')\n${SUMMER.code}`,
      policy: { denyModules: ['fs'] },
    })
    expect(found).toMatchObject([{ check: 'policy', path: 'code', message: 'module fs is denied' }])
  })

  test('find secrets in every text, with the line and without the secret', async () => {
    const token = `ghp_${'a1B2'.repeat(10)}`
    const found = await check({
      code: `// one\n// ${token}\n${SUMMER.code}\nconst key = '${token}'`,
      readme: `# Summer\n\nhttps://user:${token}@example.com`,
      files: [{ path: 'key', content: Buffer.from(`\n${token}`).toString('base64'), encoding: 'base64' }],
      examples: [{ name: 'one', input: { xs: [1], key: token } }],
    })
    expect(places(found)).toEqual([
      ['secrets', 'error', 'code', 2],
      ['secrets', 'error', 'code', 4],
      ['secrets', 'error', 'readme', 3],
      ['secrets', 'error', 'files.0.content', 2],
      ['secrets', 'error', 'examples.0', 1],
    ])
    expect(JSON.stringify(found)).not.toContain(token)
  })

  test('run each example and say what differs', async () => {
    const found = await check({
      runtimes: ['subprocess'],
      outputSchema: { properties: { sum: { maximum: 100 } } },
      examples: [
        { name: 'right', input: { xs: [2, 3] }, output: { sum: 5 } },
        { name: 'wrong', input: { xs: [1] }, output: { sum: 2 } },
        { name: 'throws', input: { xs: [null, 1n].length === 2 ? [{}, {}] : [] }, output: null },
        { name: 'no input', output: { sum: 0 } },
        { name: 'too large', input: { xs: [101] } },
        { name: 'not compared', input: { xs: [7] } },
      ],
    })
    expect(found.map(({ path, message }) => `${path} ${message}`)).toEqual([
      'examples.1 wrong on subprocess: returned {"sum":1}, expected {"sum":2}',
      'examples.2 throws on subprocess: returned {"sum":"0[object Object][object Object]"}, expected null',
      expect.stringMatching(/^examples\.3 no input on subprocess: failure \(validation_input\): /),
      expect.stringMatching(/^examples\.4 too large on subprocess: failure \(validation_output\): /),
    ])
  })

  test('try the first example on every runtime it allows', async () => {
    const found = await check({
      code: `process.pid.toFixed()\n${SUMMER.code}\nglobalThis.WebAssembly.Memory`,
    })
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('three numbers on vm2: failure'),
    ])
  })

  test('refuse runtimes that do not serve the language, and name those that are not ready', async () => {
    const found = await check({
      language: 'bash',
      code: 'result \'{"sum": 6}\'',
      runtimes: ['vm2', 'e2b'],
    })
    expect(places(found)).toEqual([
      ['runtimes', 'error', 'runtimes.0', null],
      expect.arrayContaining(['runtimes', 'runtimes.1']),
    ])
  })
})
