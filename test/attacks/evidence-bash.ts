/** Bash programs that speak in the guest's name, reach for its channel or claim what they did not come to. */
import { expect } from 'vitest'
import type { ExecutionResult } from '../../src/execution.ts'
import { attacksIn, CONTAINED, figures } from './attack.ts'

export const BASH_EVIDENCE = attacksIn('subprocess', 'bash', [
  {
    tries: 'to close what is put around it and run before its limits',
    code: '}\nwhile :; do echo $((n += 1)) > /tmp/out/ticks; sleep 0.1; done\nf() { :',
    expect: ['failure/syntax_error'],
    proves: ({ files }) => expect(files).toEqual([]),
  },
  {
    tries: 'to close what is put around it and send frames',
    code: `}\nprintf '\\n%s running 0\\n' "$__nonce" >&3\nprintf '\\n%s error 3\\nxyz' "$__nonce" >&3\nexit 1\nf() { :`,
    expect: ['failure/syntax_error'],
    proves: figures,
  },
  ...[')', 'fi', 'done', 'esac', ';;', '\n}\n', 'EOF\n)'].map((end) => ({
    tries: `to run before its limits by a first ${JSON.stringify(end)}`,
    code: `${end}\ntouch /tmp/out/ran; sleep 100; if ((`,
    expect: ['failure/syntax_error'] as const,
    proves: ({ files }: ExecutionResult) => expect(files).toEqual([]),
  })),
  {
    tries: 'to have itself executed while it is only read',
    code: 'set +n; set +o noexec; shopt -u -o noexec\ntouch /tmp/out/ran\nif ((',
    expect: ['failure/syntax_error'],
    proves: ({ files }) => expect(files).toEqual([]),
  },
  ...['XCPU', 'XFSZ', 'ABRT', 'TRAP', 'ILL', 'KILL', 'SYS'].map((name) => ({
    tries: `to die of SIG${name} as if of a limit`,
    code: `kill -${name} $$`,
    expect: ['failure/exit_code'] as const,
    proves: figures,
  })),
  {
    tries: 'to die of SIGABRT with much of its memory used',
    code: 'x=$(head -c 30000000 /dev/zero | tr "\\0" a); kill -ABRT $$',
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['failure/exit_code'],
  },
  {
    tries: 'to take away the means of its supervisor',
    code: 'prlimit --pid 1 --as=4096:4096 --data=0:0; renice -n 19 -p 1; taskset -p 1 1 > /dev/null; ionice -c 3 -p 1; head -c 3000000 /dev/zero > /out/f; echo done',
    expect: CONTAINED,
    proves: ({ stdout, files }) => expect([stdout, files.length]).toEqual(['done\n', 1]),
  },
  {
    tries: 'to send frames by the nonce in the memory of bash',
    code: `n=$(grep -aoE '[0-9a-f]{32} running' /proc/$$/mem 2> /dev/null | head -1); n=\${n:0:32}; printf '\\n%s error 3\\nxyz' "$n" >&3; printf '\\n%s syntax 3\\nxyz' "$n" >&3; exit 1`,
    expect: ['failure/exception', 'failure/exit_code'],
    proves: figures,
  },
  ...['OPTIND', 'RANDOM', 'HISTCMD', 'SRANDOM', 'BASHPID', 'SECONDS', 'LINENO'].map((name) => ({
    tries: `to run code before it begins, as the value of ${name}`,
    code: 'main() { result 42; }',
    request: { env: { [name]: 'a[$(touch /tmp/out/ran; sleep 9)]' } },
    expect: CONTAINED,
    proves: ({ files, result }: ExecutionResult) => expect([files, result]).toEqual([[], 42]),
  })),
  ...[{ PATH: '/tmp/work/bin:/usr/bin:/bin' }, { POSIXLY_CORRECT: '1' }].map((env) => ({
    tries: `to run something else than its code by ${Object.keys(env).join()}`,
    code: 'main() { result 42; }',
    request: { env, files: [{ path: 'bin/main.sh', content: 'result 13' }] },
    expect: CONTAINED,
    proves: ({ result }: ExecutionResult) => expect(result).toBe(42),
  })),
  {
    tries: 'to have its files collected at the cost of its memory',
    code: 'truncate -s 33000000 /out/a; echo done',
    request: { limits: { memoryMb: 24, timeoutMs: 60_000 } },
    expect: CONTAINED,
    proves: ({ memoryPeakBytes, files }) => {
      expect(files).toHaveLength(1)
      expect(memoryPeakBytes).toBeLessThan(16_000_000)
    },
  },
])
