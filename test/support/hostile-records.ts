/** Records whose texts try to break what shows them. */
import type { ExecutionRecord } from '../../src/execution.ts'
import { makeRecord } from './records.ts'

const ESC = '\u001B'
export const SCRIPT = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">'

/** 10,000 levels of lists. */
export const DEEP = `${'['.repeat(10_000)}${']'.repeat(10_000)}`

/** As large as a record keeps them, 64 KiB. */
export function hostileRecord(part: Partial<ExecutionRecord> = {}): ExecutionRecord {
  const bomb = `${ESC}[1mA${ESC}[31;4mB${ESC}[${'1;'.repeat(300)}mC`
  return makeRecord({
    outcome: 'failure',
    success: false,
    errorType: 'exception',
    errorMessage: `${SCRIPT} \u202Egnirts desrever\u202C \u0000\u0007`,
    errorStack: `  File "main.py", line 2, in main\n${SCRIPT}`,
    hint: SCRIPT,
    codeAgentId: `agent ${SCRIPT} 👩‍👩‍👧`,
    code: `# ${SCRIPT}\nraise Exception("${'x'.repeat(60_000)}")`,
    input: JSON.stringify({ [SCRIPT]: SCRIPT, '\u202E': '\u0000' }),
    stdout: `${SCRIPT}\n${bomb.repeat(90)}\n${'y'.repeat(20_000)}\n\u202Eabc 👩‍👩‍👧 ${ESC}]0;title\u0007`,
    stderr: '10 %\r20 %\r100 %\n'.repeat(2000),
    stdoutBytes: 3_250_585,
    stderrBytes: 30_000,
    outputTruncated: true,
    result: JSON.stringify({ list: Array.from({ length: 9000 }, (_, index) => index) }),
    ...part,
  })
}
