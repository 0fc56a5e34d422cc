/** What every runtime of JavaScript takes for an exit status is what Node takes. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { findWasmedge, NONE_AHEAD, wasmedgeOptions } from '../support/wasmedge.ts'

const absent = await findWasmedge()
const node = subprocess(localOptions())
const others: Record<string, Runtime> = {
  vm2: vm2(localOptions()),
  ...(absent === null ? { wasmedge: wasmedge(wasmedgeOptions(NONE_AHEAD)) } : {}),
}
afterAll(() => Promise.all([node, ...Object.values(others)].map((runtime) => runtime.close())))

const VALUES = [
  '"x"',
  '""',
  'true',
  '1.5',
  'NaN',
  'Infinity',
  '2n',
  '{}',
  '[]',
  '"5"',
  '"0x10"',
  '-1',
  'null',
]

async function ending(runtime: Runtime, code: string): Promise<unknown> {
  const { exit } = await record(runtime, makeRequest('javascript', code))
  return [exit.exitCode, exit.fault, exit.uncaught?.name, exit.uncaught?.message]
}

describe.each(Object.entries(others))('an exit status on %s', (_, runtime) => {
  it.each(VALUES.flatMap((value) => [`process.exitCode = ${value}`, `process.exit(${value})`]))(
    'is what it is in Node: %s',
    async (code) => {
      expect(await ending(runtime, code)).toEqual(await ending(node, code))
    },
  )
})
