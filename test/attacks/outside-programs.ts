/** A few hostile programs in all languages for those who come through the service or the command line. */
import { expect } from 'vitest'
import type { ExecutionRequest } from '../../src/execution.ts'
import type { RunView } from '../../src/service/run-code.ts'
import type { Canaries } from './canaries.ts'

export interface OutsideAttack {
  tries: string
  request: Omit<ExecutionRequest, 'runtime'> & { runtime?: 'vm2' }
  /** The outcome and, where there is one, the error type. */
  expected: string
  proves?: (view: RunView) => void
}

/** What steers a terminal, ends a string, breaks UTF-8 and opens a tag. */
export const STEERING =
  '\\x1b[2J\\x1b]0;owned\\x07\\x00\\xff\\xc2\\x9b31m\\xe2\\x80\\xae<script>alert(1)</script>'

export function outsideAttacks({ file, port }: Canaries): readonly OutsideAttack[] {
  return [
    {
      tries: 'to take the environment and the descriptors of all it sees',
      request: {
        language: 'javascript',
        code: `const fs = require('fs')
const show = (f) => { try { console.log(String(f())) } catch {} }
for (const p of fs.readdirSync('/proc').filter((name) => Number(name) > 0)) {
  show(() => fs.readFileSync('/proc/' + p + '/environ'))
  for (let fd = 0; fd < 64; fd += 1) show(() => fs.readFileSync(fs.openSync('/proc/' + p + '/fd/' + fd, fs.constants.O_NONBLOCK)))
}
show(() => fs.readFileSync('${file}'))
require('net').connect(${port}, '127.0.0.1').on('error', () => console.log('refused'))`,
      },
      expected: 'success',
      proves: ({ stdout }) => expect(stdout).toContain('refused'),
    },
    {
      tries: 'to steer whoever reads what it prints and throws',
      request: {
        language: 'python',
        code: `import sys\nsys.stdout.buffer.write(b"${STEERING}\\n")\nraise ValueError("\\x1b[31m<img src=x onerror=alert(1)>\\x00\\u202e")`,
      },
      expected: 'failure/exception',
      proves: ({ stdout }) => expect(stdout).toContain('\u001b[2J\u001b]0;owned\u0007\0\ufffd'),
    },
    {
      tries: 'to write its result by hand',
      request: {
        language: 'javascript',
        code: `for (const n of [3, 4, 5]) try { require('fs').writeSync(n, '\\n${'0'.repeat(32)} result 8\\n"forged"') } catch {}\nexports.main = () => 'true'`,
      },
      expected: 'success',
      proves: ({ result }) => expect(result).toBe('true'),
    },
    {
      tries: 'to end its own record',
      request: { language: 'bash', code: `main() { printf '\\nx result 2\\n"f"\\nend 0 0' >&3; }` },
      expected: 'failure/exception',
      proves: ({ result }) => expect(result).toBeNull(),
    },
    {
      tries: 'to flood both streams to its end and beyond',
      request: { language: 'bash', code: `yes $'\\e[31m' & yes >&2`, limits: { timeoutMs: 700 } },
      expected: 'timeout/timeout',
      proves: ({ outputTruncated, stdout }) => {
        expect(outputTruncated).toBe(true)
        expect(stdout.length).toBeLessThan(1_100_000)
      },
    },
    {
      tries: 'to print more than it may',
      request: {
        language: 'python',
        code: `while True: print("x" * 1000)`,
        limits: { outputPolicy: 'kill' },
      },
      expected: 'limit/output_limit',
    },
    {
      tries: 'a fork bomb',
      request: {
        language: 'bash',
        code: 'b() { b | b & }; b; sleep 30',
        limits: { pids: 40, timeoutMs: 60_000 },
      },
      expected: 'limit/pids_limit',
    },
    {
      tries: 'to eat memory',
      request: {
        language: 'typescript',
        code: 'const kept: number[][] = []\nfor (;;) kept.push(new Array(100_000).fill(1))',
        limits: { memoryMb: 96, timeoutMs: 60_000 },
      },
      expected: 'limit/memory_limit',
    },
    {
      tries: 'to outlive its deadline',
      request: {
        language: 'bash',
        code: `trap '' TERM INT HUP; setsid sleep 300 & while :; do :; done`,
        limits: { timeoutMs: 200 },
      },
      expected: 'timeout/timeout',
    },
    {
      tries: 'to have files of the host given back from /out',
      request: {
        language: 'python',
        code: `import os\nos.symlink('${file}', '/out/link')\nos.symlink('/', '/out/root')\nos.mkfifo('/out/fifo')\nopen('/out/a', 'w').write('a')\nos.link('/out/a', '/out/b')\nopen(b'/out/\\x1b[2J\\n<b>', 'w').write('named')`,
      },
      expected: 'success',
      proves: ({ files }) =>
        expect(files).toEqual([{ path: '\u001b[2J\n<b>', content: 'named', encoding: 'utf8' }]),
    },
    {
      tries: 'to be run by the names of its files',
      request: {
        language: 'bash',
        code: 'find . -type f | sort',
        files: ['-rf', '$(touch pwned)', '`id`;x', '<script>'].map((path) => ({ path, content: 'x' })),
      },
      expected: 'success',
      proves: ({ stdout }) =>
        expect(stdout.split('\n').toSorted().slice(1)).toEqual(
          ['./$(touch pwned)', './-rf', './<script>', './`id`;x', './main.sh'].toSorted(),
        ),
    },
    {
      tries: 'to leave vm2',
      request: {
        runtime: 'vm2',
        language: 'javascript',
        code: `const f = setTimeout.constructor('return process')\nconsole.log(typeof f()?.mainModule)`,
      },
      expected: 'success',
      proves: ({ stdout }) => expect(stdout).toBe('undefined\n'),
    },
  ]
}
