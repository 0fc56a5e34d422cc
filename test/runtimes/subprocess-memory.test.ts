/** Death for lack of memory is reported as that, whoever dies of it and whatever the program makes of it. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { localOptions } from '../support/local-runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'

/** Without control groups V8 is refused memory and aborts; with them the kernel kills. */
const made = { auto: make('auto'), off: make('off') }

function make(cgroups: 'auto' | 'off'): Record<'subprocess' | 'vm2', Runtime> {
  const options = localOptions({ cgroups, pool: { cap: 0 } })
  return { subprocess: subprocess(options), vm2: vm2(options) }
}

afterAll(async () => {
  await Promise.all(Object.values(made).flatMap((pair) => [pair.subprocess.close(), pair.vm2.close()]))
})

const HEAP = 'const kept = []\nfor (;;) kept.push(new Array(10_000).fill({}))'
const HUNGRY = 'python3 -c "kept = []\nwhile True: kept.append(bytearray(10**7))"'

const CASES: readonly (readonly [string, 'subprocess' | 'vm2', Language, string])[] = [
  ['a heap', 'subprocess', 'javascript', HEAP],
  ['a heap', 'subprocess', 'typescript', HEAP.replace('kept', 'kept: unknown[]')],
  ['a heap', 'vm2', 'javascript', HEAP],
  ['a heap', 'vm2', 'typescript', HEAP.replace('kept', 'kept: unknown[]')],
  [
    'an error it catches',
    'subprocess',
    'python',
    'kept = []\ntry:\n    while True:\n        kept.append(bytearray(10**7))\nexcept MemoryError:\n    print("caught")',
  ],
  [
    'a child alone',
    'subprocess',
    'python',
    'import subprocess\nsubprocess.run(["python3", "-c", "kept = []\\nwhile True: kept.append(bytearray(10**7))"])\ndef main(input):\n    return 1',
  ],
  [
    'a Worker',
    'subprocess',
    'javascript',
    `new (require('node:worker_threads').Worker)('${HEAP.replace('\n', ';')}', { eval: true })`,
  ],
  ['a child alone', 'subprocess', 'bash', `${HUNGRY} || true\nmain() { result 1; }`],
  [
    'a child alone',
    'subprocess',
    'javascript',
    `import { spawnSync } from 'node:child_process'\nspawnSync('python3', ['-c', 'kept = []\\nwhile True: kept.append(bytearray(10**7))'])\nexport const main = () => 1`,
  ],
]

describe.each(['auto', 'off'] as const)(
  'memory, with control groups %s, is the limit reached by',
  (cgroups) => {
    it.each(CASES)('%s in %s %s', async (_what, runtime, language, code) => {
      const executor = toyExecutor(made[cgroups][runtime])
      const limits = { memoryMb: 128, timeoutMs: 20_000 }
      const result = await executor.execute({ runtime, language, code, limits })
      expect(result).toMatchObject({
        outcome: 'limit',
        errorType: 'memory_limit',
        errorMessage: expect.stringContaining('memory'),
        result: null,
      })
    })
  },
)

describe('without control groups', () => {
  it('a program may have Workers, for each of which V8 reserves a lot', async () => {
    const code = `const { Worker } = require('node:worker_threads')
for (let at = 0; at < 4; at += 1) new Worker('console.log("worked")', { eval: true })`
    const executor = toyExecutor(made.off.subprocess)
    const limits = { memoryMb: 256 }
    const result = await executor.execute({ runtime: 'subprocess', language: 'javascript', code, limits })
    expect(result).toMatchObject({ outcome: 'success', stdout: 'worked\n'.repeat(4) })
  })
})

describe('memory that stays when programs die, in /tmp,', () => {
  it('costs the run and never the process that measures it', async () => {
    const executor = toyExecutor(made.auto.subprocess)
    const code = 'for i in 1 2 3 4; do head -c 20M /dev/zero > /tmp/$i & done; wait'
    const limits = { memoryMb: 24 }
    for (let run = 0; run < 12; run += 1) {
      const result = await executor.execute({ runtime: 'subprocess', language: 'bash', code, limits })
      expect([result.outcome, result.errorMessage]).toEqual(['limit', 'reached the memory limit'])
    }
  })
})

describe('memory is not the limit reached by', () => {
  it.each([
    ['javascript', 'process.abort()', 'SIGABRT'],
    ['javascript', "process.kill(process.pid, 'SIGKILL')", 'SIGKILL'],
    ['python', 'import os\nos.abort()', 'SIGABRT'],
    ['bash', 'kill -9 $$', 'SIGKILL'],
  ] as const)('%s that ends itself: %s', async (language, code, signal) => {
    const executor = toyExecutor(made.auto.subprocess)
    const result = await executor.execute({ runtime: 'subprocess', language, code })
    expect(result).toMatchObject({ outcome: 'failure', errorType: 'exit_code', signal })
  })

  it('a program that asked for too much, was refused and went on', async () => {
    const code = 'try:\n    bytearray(10**13)\nexcept MemoryError:\n    pass\ndef main(input):\n    return 1'
    const executor = toyExecutor(made.auto.subprocess)
    const result = await executor.execute({ runtime: 'subprocess', language: 'python', code })
    expect(result).toMatchObject({ outcome: 'success', result: 1 })
  })
})
