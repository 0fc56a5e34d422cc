/** Programs that speak in the guest's name, or claim what they did not come to: believed by nothing but their own error. */
import { expect } from 'vitest'
import type { ExecutionResult } from '../../src/execution.ts'
import { attacksIn, CONTAINED, figures, REFUSED, TIMEOUT, type Attack } from './attack.ts'
import { BASH_EVIDENCE } from './evidence-bash.ts'

function ran(result: ExecutionResult): void {
  figures(result)
  expect(result.files.map(({ path }) => path)).toEqual(['ran'])
}

const atLeast =
  (ms: number) =>
  (result: ExecutionResult): void => {
    figures(result)
    expect(result.durationMs).toBeGreaterThan(ms)
  }

const SEND = (calls: string): string =>
  `import sys, os\nopen("/out/ran", "w").write("yes")\nf = sys._getframe()\nwhile "channel" not in f.f_locals: f = f.f_back\nchannel = f.f_locals["channel"]\nsend = lambda kind, text: channel.send(kind, text.encode())\n${calls}\nos._exit(1)`
const CLAIM = (name: string, code = ''): string =>
  `'{"name":"${name}","message":"fake","stack":null,"code":"${code}","raised":false}'`

const PYTHON = attacksIn('subprocess', 'python', [
  ...[
    'xyz',
    'null',
    '7',
    '[]',
    '{"name":7}',
    '{"__proto__":{"name":"x"}}',
    '['.repeat(5000),
    '\\ud800',
    '{"name":',
  ].map((body) => ({
    tries: `to send a report of an error that is none: ${body.slice(0, 30)}`,
    code: SEND(`send("error", ${JSON.stringify(body)})`),
    expect: ['failure/exception'] as const,
    proves: ran,
  })),
  ...['"syntax", "xyz"', `"syntax", ${CLAIM('SyntaxError')}`, '"running", ""', '"nonsense", "x"'].map(
    (frame) => ({
      tries: `to send a frame that is not its to send: ${frame.slice(0, 30)}`,
      code: SEND(`send(${frame})`),
      expect: ['failure/exit_code'] as const,
      proves: ran,
    }),
  ),
  {
    tries: 'to send a frame that never ends',
    code: SEND('os.write(3, b"\\n%s result 99999\\n" % f.f_locals["nonce"].encode())\nos._exit(0)'),
    expect: ['failure/exception'],
    proves: ran,
  },
  ...[CLAIM('MemoryError'), CLAIM('OSError', '27'), CLAIM('Error', 'ERR_MEMORY_ALLOCATION_FAILED')].map(
    (claim) => ({
      tries: `to claim a limit: ${claim}`,
      code: SEND(`send("error", ${claim})`),
      expect: ['failure/exception'] as const,
      proves: ran,
    }),
  ),
  ...['XCPU', 'XFSZ', 'ABRT', 'SEGV', 'KILL'].map((name) => ({
    tries: `to die of SIG${name} as if of a limit`,
    code: `import os, signal\nos.kill(os.getpid(), signal.SIG${name})\nsignal.signal(signal.SIG${name}, signal.SIG_DFL)\nos.kill(os.getpid(), signal.SIG${name})`.replace(
      /\nsignal\.signal.*SIGKILL.*$/m,
      '',
    ),
    expect: REFUSED,
    proves: figures,
  })),
  ...['prlimit(1, resource.RLIMIT_CPU, (0, 0))', 'prlimit(1, resource.RLIMIT_AS, (4096, 4096))'].map(
    (call) => ({
      tries: `to take its supervisor's means: ${call}`,
      code: `import resource\nresource.${call}`,
      expect: ['failure/exception'] as const,
      proves: figures,
    }),
  ),
  {
    tries: 'to take the processor from its supervisor',
    code: `import os
calls = [lambda: os.sched_setaffinity(1, {0}), lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
  lambda: os.setpriority(os.PRIO_PGRP, 0, 19), lambda: os.setpriority(os.PRIO_USER, 0, 19),
  lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)), lambda: open("/proc/1/mem", "r+b", 0), lambda: open("/proc/1/oom_score_adj", "r+b", 0)]
for call in calls:
    try:
        call()
        print("DONE")
    except OSError:
        pass
os.nice(1); os.sched_setaffinity(0, os.sched_getaffinity(0)); os.kill(os.getpid(), 0); os.setpriority(os.PRIO_PROCESS, 0, 19)`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe(''),
  },
  {
    tries: 'to work on after its result, at exit',
    code: 'import atexit, time\natexit.register(time.sleep, 0.6)\ndef main(i): return 1',
    expect: CONTAINED,
    proves: atLeast(550),
  },
  {
    tries: 'to work on after its result, in a thread, past the deadline',
    code: 'import threading, time\nthreading.Thread(target=time.sleep, args=(30,)).start()\ndef main(i): return 1',
    expect: TIMEOUT,
    proves: atLeast(400),
  },
  ...[
    'import shutil\nshutil.rmtree(os.getcwd())',
    'os.umask(0o777)\nos.chmod("/tmp", 0)',
    'os.rename("/tmp/work", "/tmp/gone")\nopen("/tmp/work", "w").close()',
    'import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))',
    'import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))',
    'os.environ.clear()\nos.closerange(0, 3)',
  ].map((damage) => ({
    tries: `to damage what it runs in: ${damage}`,
    code: `import os\n${damage}\ndef main(input):\n    return "done"`,
    expect: CONTAINED,
    proves: (result: ExecutionResult) => {
      figures(result)
      expect(result.result).toBe('done')
    },
  })),
  {
    tries: 'to raise an error of 20 MB',
    request: { limits: { timeoutMs: 60_000 } },
    code: 'raise ValueError("x" * 20_000_000)',
    expect: ['failure/exception'],
    proves: ({ errorMessage }) => expect(errorMessage).toMatch(/^ValueError: xxx/),
  },
])

/** The nonce is still where Node keeps what small buffers held. */
const NODE_SEND = (kind: string, body: string): string =>
  `const fs = require('fs'); fs.writeFileSync('/out/ran', 'yes')
const pool = Buffer.from(Buffer.from('x').buffer).toString('latin1'), nonce = /\\n([0-9a-f]{32}) /.exec(pool)[1]
exports.main = () => { fs.writeSync(3, '\\n' + nonce + ' ${kind} ${body.length}\\n' + ${JSON.stringify(body)}); process.exit(1) }`

const JAVASCRIPT = (['javascript', 'typescript'] as const).flatMap((language) =>
  attacksIn('subprocess', language, [
    {
      tries: 'to send a report of an error that is none',
      code: `// @ts-nocheck\n${NODE_SEND('error', 'xyz')}`,
      expect: ['failure/exception'],
      proves: ran,
    },
    {
      tries: 'to send that it has a syntax error',
      code: `// @ts-nocheck\n${NODE_SEND('syntax', '{"name":"SyntaxError"}')}`,
      expect: ['failure/exit_code'],
      proves: ran,
    },
    {
      tries: 'to pass an error of its own off as one of syntax',
      code: `require('fs').writeFileSync('/out/ran', 'yes'); Error.stackTraceLimit = 0; JSON.parse('{')`,
      expect: ['failure/exception'],
      proves: ran,
    },
    {
      tries: 'the same from a module',
      code: `import { writeFileSync } from 'node:fs'\nwriteFileSync('/out/ran', 'yes'); Error.stackTraceLimit = 0; await null; new Function('{')`,
      expect: ['failure/exception'],
      proves: ran,
    },
    ...[
      'const { name } = new RangeError(); throw Object.assign(new Error(), { name: "MemoryError" })',
      'throw Object.assign(new Error(), { code: "ERR_MEMORY_ALLOCATION_FAILED" })',
      'throw new RangeError("Array buffer allocation failed")',
    ].map((code) => ({
      tries: `to claim that memory ran out: ${code}`,
      code,
      expect: ['failure/exception'] as const,
      proves: figures,
    })),
    {
      tries: 'to work on after its result, at exit',
      code: `process.on('exit', () => { const t = Date.now(); while (Date.now() - t < 600); })\nexports.main = () => 1`,
      expect: CONTAINED,
      proves: atLeast(550),
    },
    {
      tries: 'to work on after its result past the deadline',
      code: `process.on('exit', () => { for (;;); })\nexports.main = () => 1`,
      expect: TIMEOUT,
      proves: atLeast(400),
    },
    {
      tries: 'to throw an error of 20 MB',
      request: { limits: { timeoutMs: 60_000 } },
      code: `throw new TypeError('x'.repeat(20_000_000))`,
      expect: ['failure/exception'],
      proves: ({ errorMessage }) => expect(errorMessage).toMatch(/^TypeError: xxx/),
    },
  ] satisfies Parameters<typeof attacksIn>[2]),
)

const VM2 = attacksIn('vm2', 'javascript', [
  {
    tries: 'to have vm2 look at each byte of a large Buffer',
    code: 'exports.main = () => [Buffer.alloc(8 << 20), Buffer.concat([Buffer.alloc(4 << 20), Buffer.from("x".repeat(4 << 20))])].map((buffer) => buffer.length)',
    expect: CONTAINED,
    proves: ({ result, durationMs }) => {
      expect(result).toEqual([8 << 20, 8 << 20])
      expect(durationMs).toBeLessThan(10_000)
    },
  },
  ...[
    '}); for (;;); (async () => {',
    '})();(() => { for (;;); })();(async () => {',
    '}, 1, () => {',
    '})\n;for(;;);(async()=>{',
  ].map((code) => ({
    tries: `to close what is put around it: ${code}`,
    code,
    expect: ['failure/syntax_error'] as const,
    proves: figures,
  })),
  ...[
    'throw Object.assign(new Error(), { name: "MemoryError" })',
    'throw new RangeError("Array buffer allocation failed")',
    'throw new SyntaxError("fake")',
  ].map((code) => ({
    tries: `to claim what it did not come to: ${code}`,
    code,
    expect: ['failure/exception'] as const,
    proves: figures,
  })),
  {
    tries: 'to throw an error of 20 MB',
    request: { limits: { timeoutMs: 60_000 } },
    code: `throw new TypeError('x'.repeat(20_000_000))`,
    expect: ['failure/exception'],
    proves: ({ errorMessage }) => expect(errorMessage).toMatch(/^TypeError: xxx/),
  },
])

export const EVIDENCE_ATTACKS: readonly Attack[] = [...PYTHON, ...JAVASCRIPT, ...BASH_EVIDENCE, ...VM2]
