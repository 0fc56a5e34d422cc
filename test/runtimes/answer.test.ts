/** A run is answered once all of it is known; its sandbox is cleared away behind the answer. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { RUN_TIMES, type RunTimesMessage } from '../../src/runtimes/sandbox/run-times.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { descendants } from '../support/descendants.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const MIB = 1_048_576
const runtime = subprocess(localOptions())
let messages: RunTimesMessage[] = []
const listen = (message: unknown): void => void messages.push(message as RunTimesMessage)

beforeAll(() => subscribe(RUN_TIMES, listen))
afterAll(async () => {
  unsubscribe(RUN_TIMES, listen)
  await runtime.close()
})

async function run(language: Language, code: string) {
  messages = []
  return record(runtime, makeRequest(language, code))
}

it('comes before the slot is free, and tells when that is', async () => {
  await run('bash', ':') // finds out about the host
  const { exit } = await run('bash', 'main() { result 1; }')
  expect(exit).toMatchObject({ result: '1', exitCode: 0, fault: null })
  const answered = messages.findLast(({ freeAt }) => freeAt === null)
  const freed = await waitFor(
    () => messages.find(({ times, freeAt }) => times === answered?.times && freeAt !== null),
    { what: 'the slot' },
  )
  expect(freed.freeAt).toBeGreaterThan(freed.times.knownAt)
})

it.each([
  ['javascript', 'process.stdout.write("x".repeat(60_000)); export const main = () => "y".repeat(60_000)'],
  ['python', 'import sys\ndef main(_):\n    sys.stdout.write("x" * 60_000)\n    return "y" * 60_000'],
  ['bash', 'printf "x%.0s" {1..60000}; main() { result "\\"$(printf "y%.0s" {1..60000})\\""; }'],
] as const)('has all that %s printed and returned', async (language, code) => {
  const { exit, stdout } = await run(language, code)
  expect(stdout).toBe('x'.repeat(60_000))
  expect(exit.result).toBe(`"${'y'.repeat(60_000)}"`)
})

it('has the files and the peak of memory, and nothing of the program runs any more', async () => {
  const { exit } = await run(
    'python',
    `import os, subprocess
subprocess.Popen(["sleep", "300.25"], start_new_session=True)
def main(_):
    block = b"x" * (48 << 20)
    open("/out/small", "w").write("1")
    open("/out/large", "wb").write(block[: 1 << 20])
    return len(block)`,
  )
  expect(exit.files.map(({ path }) => path)).toEqual(['large', 'small'])
  expect(exit.memoryPeakBytes).toBeGreaterThan(48 * MIB)
  expect(exit.cpuMs).toBeGreaterThan(0)
  expect(descendants().filter(({ command }) => command.includes('300.25'))).toEqual([])
})

it('waits where too many runs would be cleared away behind their answers, and each slot is used again', async () => {
  const exits = await Promise.all(Array.from({ length: 12 }, () => run('bash', 'main() { result 1; }')))
  expect(exits.map(({ exit }) => exit.result)).toEqual(exits.map(() => '1'))
  for (let turn = 0; turn < 20; turn += 1) expect((await run('bash', 'exit 3')).exit.exitCode).toBe(3)
})

it.each([
  [
    'javascript',
    'process.on("exit", () => console.log("bye")); setInterval(() => {}, 50); exports.main = () => { const begun = process.cpuUsage(); while (process.cpuUsage(begun).user < 60_000); return 1 }',
  ],
  [
    'python',
    'import atexit, time\natexit.register(print, "bye")\ndef main(_):\n    end = time.process_time() + 0.06\n    while time.process_time() < end: pass\n    return 1',
  ],
] as const)('has what %s does as it leaves, and the processor time it took', async (language, code) => {
  const { exit, stdout } = await run(language, code)
  expect(exit).toMatchObject({ result: '1', exitCode: 0, signal: null, fault: null, uncaught: null })
  expect(stdout).toBe('bye\n')
  expect(exit.cpuMs).toBeGreaterThan(55)
  expect(exit.durationMs).toBeGreaterThan(55)
})

it.each([
  ['javascript', 'exports.main = () => process.exit(3)', { exitCode: 3, signal: null, result: null }],
  ['javascript', 'exports.main = () => { process.exitCode = 4; return 1 }', { exitCode: 4, signal: null }],
  ['python', 'import sys\ndef main(_):\n    sys.exit(5)', { exitCode: 5, signal: null, result: null }],
  ['bash', '(kill -63 1); exit 6', { exitCode: 6, signal: null }],
] as const)('keeps the status of %s that %s', async (language, code, expected) => {
  expect((await run(language, code)).exit).toMatchObject({ ...expected, fault: null })
})

it('of a program that claims its end is that of a program that ends: nothing of it goes on', async () => {
  const { exit, stdout } = await run(
    'python',
    `import os, subprocess, time
burn = "for ((i = 0; i < 100000; i++)); do :; done; echo; sleep 60"
child = subprocess.Popen(["bash", "-c", burn], stdout=subprocess.PIPE)
child.stdout.readline()
print("claims", flush=True)
os.kill(1, 63)
time.sleep(5)
print("goes on", flush=True)`,
  )
  expect(exit).toMatchObject({ exitCode: 0, signal: null, limit: null, fault: null, result: null })
  expect(stdout).toBe('claims\n')
  expect(exit.cpuMs).toBeGreaterThan(50)
})
