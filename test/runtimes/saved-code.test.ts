/** Code and scripts as editors and repositories keep them. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { stopCompiling } from '../../src/runtimes/transpile.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { findWasmedge, NONE_AHEAD, wasmedgeOptions } from '../support/wasmedge.ts'

const absent = await findWasmedge()
const cold = subprocess(localOptions({ forkServer: 'off', pool: { cap: 0 } }))
const warm = subprocess(localOptions())
const runtimes = [
  warm,
  vm2(localOptions()),
  ...(absent === null ? [wasmedge(wasmedgeOptions(NONE_AHEAD))] : []),
]
afterAll(async () => {
  await Promise.all([cold, ...runtimes].map((runtime) => runtime.close()))
  await stopCompiling()
})

describe('code as editors save it', () => {
  it.each<[string, Language, string]>([
    [
      'JavaScript',
      'javascript',
      '\uFEFF#!/usr/bin/env node\r\nconst one = 1\r\nfunction main() {\r\n  return one\r\n}\r\n',
    ],
    ['an ES module', 'javascript', '\uFEFFconst one = 1\r\nexport const main = () => one\r\n'],
    [
      'TypeScript',
      'typescript',
      '\uFEFF#!/usr/bin/env node\r\nconst one: number = 1\r\nexport const main = () => one\r\n',
    ],
    ['Python', 'python', '\uFEFF#!/usr/bin/env python3\r\ndef main(input):\r\n    return 1\r\n'],
    [
      'bash',
      'bash',
      '\uFEFF#!/bin/bash\r\nset -e\r\nif true; then\r\n  one=1\r\nfi\r\nmain() {\r\n  result $one\r\n}\r\n',
    ],
  ])('runs with a byte order mark, #! and CRLF: %s', async (_name, language, code) => {
    for (const runtime of runtimes) {
      if (!runtime.capabilities.languages.includes(language)) continue
      const { exit, stderr } = await record(runtime, makeRequest(language, code))
      expect({ ...exit.uncaught, stderr }).toEqual({ stderr: '' })
      expect(exit.result).toBe('1')
    }
  })
})

describe('scripts given with the code', () => {
  const files = Object.entries({
    'tool.sh': '#!/bin/bash\necho "tool $1"\n',
    'deep/tool.py': '#!/usr/bin/env python3\nprint("deep")\n',
    'data.txt': 'no script\n',
  }).map(([path, content]) => ({ path, content }))
  it.each([
    ['bash', './tool.sh one && deep/tool.py && [[ ! -x data.txt ]]'],
    [
      'python',
      'import os, subprocess\nsubprocess.run(["./tool.sh", "one"], check=True)\nsubprocess.run(["deep/tool.py"], check=True)\nassert not os.access("data.txt", os.X_OK)',
    ],
  ] as const)('can be run in a new process and in a fork: %s', async (language, code) => {
    for (const runtime of [cold, warm, warm]) {
      const request = makeRequest(language, code, { files })
      const { exit, stdout, stderr } = await record(runtime, request)
      expect({ exitCode: exit.exitCode, stdout, stderr }).toEqual({
        exitCode: 0,
        stdout: 'tool one\ndeep\n',
        stderr: '',
      })
    }
  })
})
