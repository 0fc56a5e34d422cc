/** Variables of the caller's own that interpreters read when they start: they count, however the run is started. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { findUncompiled, findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

const cold = subprocess(localOptions({ forkServer: 'off', pool: { cap: 0 } }))
const warm = subprocess(localOptions())
const vm = vm2(localOptions())
const isWasmedgeHere = (await findWasmedge()) === null && (await findUncompiled()).python === undefined
const wasm = wasmedge(wasmedgeOptions())
afterAll(() => Promise.all([cold, warm, vm, wasm].map((runtime) => runtime.close())))

const run = (
  runtime: Runtime,
  language: Language,
  code: string,
  env: Record<string, string>,
): Promise<Recording> => {
  const files = [{ path: 'lib/given.py', content: 'name = "given"' }]
  return record(runtime, makeRequest(language, code, { env, files, input: '{"n":1}' }))
}

const NEW_YORK = { TZ: 'America/New_York' }

/** Variable, program, what it prints; the hashes are those of CPython. */
const PYTHON: readonly [Record<string, string>, string, string][] = [
  [
    NEW_YORK,
    'import datetime, time; print(time.tzname[0], datetime.datetime.fromtimestamp(0).hour)',
    'EST 19\n',
  ],
  [{ PYTHONHASHSEED: '7' }, 'print(hash("a"))', '6412522626967419924\n'],
  [{ PYTHONHASHSEED: '0' }, 'print(hash("a"))', '4644417185603328019\n'],
  [{ PYTHONPATH: 'lib:/nowhere' }, 'import given, sys; print(given.name, sys.path[2])', 'given /nowhere\n'],
  [{ PYTHONOPTIMIZE: '2' }, 'import sys; assert False; print(sys.flags.optimize, __debug__)', '2 False\n'],
  [
    { PYTHONWARNINGS: 'ignore' },
    'import sys, warnings; warnings.warn("w"); print(sys.warnoptions)',
    "['ignore']\n",
  ],
  [{ PYTHONUTF8: '1' }, 'import sys; print(sys.flags.utf8_mode)', '1\n'],
  [
    { PYTHONIOENCODING: 'latin-1:replace' },
    'import sys; print(sys.stdout.encoding, "\\u20ac")',
    'iso8859-1 ?\n',
  ],
  [{ PYTHONUNBUFFERED: '1' }, 'import sys; print(sys.stdout.write_through)', 'True\n'],
  [{ PYTHONDONTWRITEBYTECODE: '1' }, 'import sys; print(sys.dont_write_bytecode)', 'True\n'],
  [{ PYTHONINTMAXSTRDIGITS: '0' }, 'import sys; print(sys.get_int_max_str_digits())', '0\n'],
  [{ PYTHONSAFEPATH: '1' }, 'import os, sys; print(os.getcwd() in sys.path)', 'False\n'],
  [{ LC_ALL: 'C' }, 'import _locale; print(_locale.setlocale(_locale.LC_CTYPE))', 'C\n'],
]
/** What the other module of CPython, of 32 bits and without time zones, gives. */
const WASM: ReadonlySet<string> = new Set(['TZ', 'PYTHONHASHSEED', 'PYTHONSAFEPATH', 'LC_ALL', 'PYTHONPATH'])

describe('variables for Python', () => {
  it.each(PYTHON)('%j', async (env, code, printed) => {
    const others = isWasmedgeHere && !Object.keys(env).some((name) => WASM.has(name)) ? [wasm] : []
    for (const runtime of [cold, warm, warm, ...others]) {
      const { stdout, stderr, exit } = await run(runtime, 'python', code, env)
      expect({ stdout, stderr, exitCode: exit.exitCode }).toEqual({
        stdout: printed,
        stderr: '',
        exitCode: 0,
      })
    }
  })
  it('apply to a program in a new process, which finds its input, its arguments and an empty stdin', async () => {
    const code = 'import sys\ndef main(input):\n    return [input, sys.argv, sys.stdin.read()]'
    for (const runtime of [cold, warm]) {
      const { exit } = await run(runtime, 'python', code, { PYTHONHASHSEED: '1' })
      expect(JSON.parse(exit.result ?? 'null')).toEqual([{ n: 1 }, ['main.py'], ''])
    }
  })
  it('leave errors in the words and lines of the program', async () => {
    const { exit } = await run(warm, 'python', '\nraise ValueError("told")', { PYTHONDEVMODE: '1' })
    expect(exit.uncaught).toMatchObject({ name: 'ValueError', message: 'told' })
    expect(exit.uncaught?.stack).toContain('File "main.py", line 2')
  })
  it.skipIf(!isWasmedgeHere)('count on WasmEdge, started with them', async () => {
    const code = 'print(hash("a") == hash("a"), hash("a"))'
    const once = await run(wasm, 'python', code, { PYTHONHASHSEED: '7' })
    const again = await run(wasm, 'python', code, { PYTHONHASHSEED: '7' })
    expect(once.stdout).toMatch(/^True -?\d+\n$/u)
    expect(again.stdout).toBe(once.stdout)
  })
})

describe('the time zone', () => {
  it.each([
    ['javascript', 'console.log(process.env.TZ, new Date(0).getHours())'],
    ['bash', 'echo "$TZ $(date -d @0 +%H)"'],
  ] as const)('is the caller’s: %s', async (language, code) => {
    const runtimes = language === 'javascript' ? [cold, warm, vm] : [cold, warm]
    for (const runtime of runtimes)
      expect((await run(runtime, language, code, NEW_YORK)).stdout).toBe('America/New_York 19\n')
  })
})

describe('the locale', () => {
  it('is the caller’s in bash', async () => {
    for (const runtime of [cold, warm]) {
      expect((await run(runtime, 'bash', 'text=é; echo ${#text}', {})).stdout).toBe('1\n')
      expect((await run(runtime, 'bash', 'text=é; echo ${#text}', { LC_ALL: 'C' })).stdout).toBe('2\n')
    }
  })
})
