/** What goes on after `main` and after the last statement: it counts, and nothing of it is lost. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { toyExecutor } from '../support/toy-executor.ts'
import { findUncompiled, findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

const cold = subprocess(localOptions({ forkServer: 'off', pool: { cap: 0 } }))
const warm = subprocess(localOptions())
const vm = vm2(localOptions())
const wasm = (await findWasmedge()) === null ? wasmedge(wasmedgeOptions()) : null
const isPythonThere = (await findUncompiled()).python === undefined
afterAll(async () => {
  await Promise.all([cold, warm, vm].map((runtime) => runtime.close()))
  await wasm?.close()
})

/** ms: on a busy machine a program may take a good part of it to reach the end of `main`. */
const DEADLINE_MS = 1500
/** ms that a program sleeps after its last statement, and how late a busy machine may see it begin. */
const SLEEP_MS = 300
const SLACK_MS = 150

const THREAD = 'import threading, time\nthreading.Thread(target=time.sleep, args=(0.3,)).start()'
const ATEXIT = 'import atexit, time\natexit.register(time.sleep, 0.3)'
const DELETED = 'import time\nclass Slow:\n    def __del__(self):\n        time.sleep(0.3)\nslow = Slow()'
const MAIN = 'def main(input):\n    return "done"'
const BUSY = 'const busy = (ms) => { const from = Date.now(); while (Date.now() - from < ms); }'

const servedBy = (language: Language, others: readonly (Runtime | null)[]): Runtime[] =>
  [cold, warm, warm, ...others].flatMap((runtime) =>
    runtime?.capabilities.languages.includes(language) === true ? [runtime] : [],
  )
const wasmPython = isPythonThere ? wasm : null

describe('durationMs', () => {
  it.each<[string, Language, string, readonly (Runtime | null)[]]>([
    ['threads of Python', 'python', `${THREAD}\n${MAIN}`, []],
    ['threads of a script', 'python', THREAD, []],
    ['atexit', 'python', `${ATEXIT}\n${MAIN}`, [wasmPython]],
    ['atexit after an error', 'python', `${ATEXIT}\nraise ValueError`, [wasmPython]],
    ['objects that end', 'python', `${DELETED}\n${MAIN}`, [wasmPython]],
    [
      'exit handlers',
      'javascript',
      `${BUSY}\nprocess.on('exit', () => busy(300))\nfunction main() {}`,
      [wasm],
    ],
    ['exit handlers of a script', 'javascript', `${BUSY}\nprocess.on('exit', () => busy(300))`, [wasm]],
    ['timers of a script', 'javascript', 'setTimeout(() => {}, 300)', [vm, wasm]],
    [
      'promises of a script',
      'javascript',
      'async function wait() { await new Promise((go) => setTimeout(go, 300)) }\nwait()',
      [vm, wasm],
    ],
    ['traps', 'bash', 'trap "sleep 0.3" EXIT\nmain() { result 1; }', []],
    ['what main does after its result', 'bash', 'main() { result 1; sleep 0.3; }', []],
  ])('has in it: %s', async (_name, language, code, others) => {
    for (const runtime of servedBy(language, others)) {
      const { exit } = await record(runtime, makeRequest(language, code))
      expect(exit.durationMs, runtime.name).toBeGreaterThan(SLEEP_MS - SLACK_MS)
    }
  })
  it.each<[string, Language, string, readonly (Runtime | null)[]]>([
    [
      'a thread',
      'python',
      `import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n${MAIN}`,
      [],
    ],
    ['atexit', 'python', `import atexit, time\natexit.register(time.sleep, 60)\n${MAIN}`, [wasmPython]],
    [
      'an exit handler',
      'javascript',
      'process.on("exit", () => { for (;;); })\nfunction main() { return "done" }',
      [wasm],
    ],
    ['a trap', 'bash', 'trap "sleep 60" EXIT\nmain() { result \'"done"\'; }', []],
  ])('is the full time where %s after main runs into the deadline', async (_name, language, code, others) => {
    const runInto = async (runtime: Runtime): Promise<void> => {
      const execution = await toyExecutor(runtime).execute({
        language,
        code,
        runtime: runtime.name,
        limits: { timeoutMs: DEADLINE_MS },
      })
      expect(execution, runtime.name).toMatchObject({ outcome: 'timeout', result: 'done' })
      expect(execution.durationMs).toBeGreaterThan(DEADLINE_MS - SLACK_MS)
    }
    await Promise.all(servedBy(language, others).map(runInto))
  })
})

describe('the start of a program, on an event loop that is busy while it runs', () => {
  it.each<[Language, string, readonly Runtime[]]>([
    ['python', 'import time\ndef main(input):\n    time.sleep(0.3)', [cold, warm]],
    ['javascript', `${BUSY}\nfunction main() { busy(300) }`, [cold, warm, vm]],
    ['bash', 'main() { sleep 0.3; }', [cold, warm]],
  ])('is when it began: %s', async (language, code, runtimes) => {
    for (const runtime of runtimes) {
      const exit = await runtime.run(makeRequest(language, code), {
        signal: new AbortController().signal,
        onOutput: () => undefined,
        onHandedOver() {
          const from = performance.now()
          while (performance.now() - from < 500);
        },
        onRunning: () => undefined,
      })
      expect(exit.durationMs, runtime.name).toBeGreaterThan(SLEEP_MS - 5)
    }
  })
})

describe('what a program leaves to its interpreter', () => {
  it('is written: files of Python that were not closed', async () => {
    const code =
      'kept = open("/out/script.txt", "w")\nkept.write("é")\ndef main(input):\n    global other\n    other = open("/out/main.bin", "wb")\n    other.write(b"b")'
    for (const runtime of servedBy('python', [wasmPython])) {
      const { exit } = await record(runtime, makeRequest('python', code))
      expect(exit.files.map(({ path, content }) => [path, content])).toEqual([
        ['main.bin', 'b'],
        ['script.txt', 'é'],
      ])
    }
  })
  it('ends: objects of Python, with modules and functions they need', async () => {
    const code =
      'import sys\nclass A:\n    def __del__(self):\n        print("ended", sys.byteorder)\nheld = [A()]\nprint("last")'
    for (const runtime of servedBy('python', [wasmPython]))
      expect((await record(runtime, makeRequest('python', code))).stdout).toBe('last\nended little\n')
  })
  it('is called: handlers of exit and beforeExit', async () => {
    const code =
      'let once = true\nprocess.on("beforeExit", () => { if (once) setTimeout(() => console.log("more"), 1); once = false })\nprocess.on("exit", (code) => console.log("exit", code))\nconsole.log("last")'
    for (const runtime of servedBy('javascript', [wasm]))
      expect((await record(runtime, makeRequest('javascript', code))).stdout).toBe('last\nmore\nexit 0\n')
  })
})

describe('a promise that never settles', () => {
  it.each([
    ['the promise of main', 'setTimeout(() => {}, 5)\nexport const main = () => new Promise(() => {})'],
    ['a top-level await', 'await new Promise(() => {})\nconsole.log("never")'],
  ])('fails the program: %s', async (what, code) => {
    for (const runtime of servedBy('javascript', [vm, wasm])) {
      const { exit, stdout } = await record(runtime, makeRequest('javascript', code))
      expect(exit).toMatchObject({
        exitCode: 1,
        uncaught: { name: 'Error', message: `${what} never settled` },
      })
      expect(stdout).toBe('')
    }
  })
})
