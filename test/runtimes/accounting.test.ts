/** What a run used, against what the kernel tells the program itself, in runs of a few milliseconds. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

const MIB = 1_048_576
const runtime = subprocess(localOptions({ pool: { cap: 0 } }))
afterAll(() => runtime.close())

async function run(language: Language, code: string) {
  const { exit } = await record(runtime, makeRequest(language, code))
  expect([exit.fault, exit.uncaught]).toEqual([null, null])
  return { result: Number(exit.result), cpuMs: exit.cpuMs ?? 0, peakMib: (exit.memoryPeakBytes ?? 0) / MIB }
}

async function median(count: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let index = 0; index < count; index += 1) values.push(await measure())
  return values.toSorted((a, b) => a - b)[Math.floor(count / 2)] ?? Number.NaN
}

describe('processor time', () => {
  it('is within 5 % of what wait4 says of every process of the tree, each of 5 ms', async () => {
    const code = `import os, resource, time
def burn():
    end = time.process_time() + 0.005
    while time.process_time() < end: pass
def main(_):
    total = 0.0
    for _ in range(20):
        pid = os.fork()
        if pid == 0:
            burn()
            os._exit(0)
        usage = os.wait4(pid, 0)[2]
        total += usage.ru_utime + usage.ru_stime
    own = resource.getrusage(resource.RUSAGE_SELF)
    return (total + own.ru_utime + own.ru_stime) * 1000`
    const ratio = await median(3, async () => {
      const { cpuMs, result } = await run('python', code)
      return cpuMs / result
    })
    expect(ratio).toBeGreaterThan(0.98)
    expect(ratio).toBeLessThan(1.05)
  })

  it('of one run of 5 ms is what the program saw and the end of its interpreter, no more', async () => {
    const code = `import resource, time
def main(_):
    end = time.process_time() + 0.005
    while time.process_time() < end: pass
    own = resource.getrusage(resource.RUSAGE_SELF)
    return (own.ru_utime + own.ru_stime) * 1000`
    const beyond = await median(5, async () => {
      const { cpuMs, result } = await run('python', code)
      return cpuMs - result
    })
    expect(beyond).toBeGreaterThan(0)
    expect(beyond).toBeLessThan(8)
  })
})

describe('memory', () => {
  it.each([
    ['python', (mib: number) => `x = bytearray(${mib * MIB})`],
    ['javascript', (mib: number) => `const kept = Buffer.alloc(${mib * MIB}, 1)`],
    ['bash', (mib: number) => `head -c ${mib}M /dev/zero > /tmp/kept`],
  ] as const)('of %s grows by what the program takes, within 5 %%', async (language, take) => {
    const peak = (mib: number) => median(3, async () => (await run(language, take(mib))).peakMib)
    const grown = (await peak(48)) - (await peak(16))
    expect(grown / 32).toBeGreaterThan(0.95)
    expect(grown / 32).toBeLessThan(1.05)
  })
})
