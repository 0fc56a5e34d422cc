/** Programs that attack their neighbours: each wants memory, processor time, threads, or the executor itself. */
import type { ExecutionRequest, Language } from '../../src/execution.ts'

const LIMITS = { timeoutMs: 1500, memoryMb: 64 }

const program = (language: Language, code: string, runtime: 'subprocess' | 'vm2' = 'subprocess') =>
  ({ runtime, language, code, limits: LIMITS }) satisfies ExecutionRequest

const doublingEnum = `enum E { a0 = 'xxxxxxxx'${Array.from({ length: 27 }, (_, i) => `, a${i + 1} = a${i} + a${i}`).join('')} }
export const main = () => 1`
const nested = `export const z = ${'['.repeat(300_000)}${']'.repeat(300_000)}`
const collidingConstants = `x = [${Array.from({ length: 20_000 }, (_, i) => String(BigInt(i + 1) * (2n ** 61n - 1n))).join(',')}]`

export const HOSTILE_PROGRAMS: readonly ExecutionRequest[] = [
  program('python', 'while True: pass'),
  program('bash', 'while :; do :; done & while :; do :; done & wait'),
  program('javascript', 'for (;;);'),
  program('javascript', 'for (;;);', 'vm2'),
  program('typescript', doublingEnum),
  program('typescript', nested),
  program('python', collidingConstants),
  program('python', 'print("-eyJ" * 65536)\nimport sys\nprint("-eyJ" * 65536, file=sys.stderr)'),
  program('python', `x = "${'a'.repeat(100_000)}" )`),
  program('bash', `x = "${'a'.repeat(100_000)}" )`),
  program('bash', '}\nsleep 300\nf() { :'),
  program('bash', 'b() { b | b & }; b; sleep 30'),
  program('python', 'x = []\nwhile True: x.append(b"x" * 1048576)'),
  program('javascript', 'const x = []; for (;;) x.push(Buffer.alloc(1048576, 1))'),
  program('bash', 'yes'),
  program('bash', 'head -c 500000000 /dev/zero > /tmp/x; head -c 500000000 /dev/zero > /out/x'),
  program('python', 'import os\nfor i in range(100000): open(f"/tmp/{i}", "w")'),
  program('javascript', 'exports.main = () => "x".repeat(60_000_000)'),
  program('python', 'raise ValueError("x" * 20_000_000)'),
  program('python', 'import os\nos.kill(1, 9)\nwhile True: os.fork()'),
  program(
    'python',
    'import socket\nl = socket.socket(); l.bind(("127.0.0.1", 5555)); l.listen(1000)\nk = []\nwhile True:\n    s = socket.socket(); s.connect(("127.0.0.1", 5555)); a, _ = l.accept(); k += [s, a]; s.setblocking(False)\n    try:\n        while True: s.send(b"x" * 65536)\n    except BlockingIOError: pass',
  ),
]
