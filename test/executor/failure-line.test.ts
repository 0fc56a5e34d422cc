import { describe, expect, it } from 'vitest'
import { addFailureLine } from '../../src/executor/failure-line.ts'
import { createRedactor } from '../../src/executor/redact.ts'
import { fingerprintError } from '../../src/executor/fingerprint.ts'
import { outcomeOf } from '../../src/executor/outcome.ts'
import { exitWith, toyExecutor, toyRuntime } from '../support/toy-executor.ts'
import type { ExecutionRecord, Language } from '../../src/execution.ts'
import { startProcessorTime } from '../support/processor-time.ts'

const EXITED = outcomeOf('failure', 'exit_code', 'exited with code 1')

/** The message of a failed bash program that printed this as errors. */
function messageOf(stderr: string, env: Readonly<Record<string, string>> = {}): string | null {
  const redact = createRedactor(env)
  return addFailureLine(EXITED, { language: 'bash', stderr: () => stderr, redact }).errorMessage
}

describe('the message of a failed bash program', () => {
  it.each([
    [
      'the last line',
      'first\nmain.sh: line 3: jq: command not found\n',
      'main.sh: line 3: jq: command not found',
    ],
    ['the last line that is not blank', 'no such order\n\n \t\r\n', 'no such order'],
    ['the last state of a line that is rewritten', '10 %\r50 %\rdisk full\r\n', 'disk full'],
    [
      'the words without colours and controls',
      '\u001B[31mno \u001B]0;x\u0007way\u0001\u001B[0m\n\u001B[0m\n',
      'no way',
    ],
    ['what failed, not what `set -x` traces', 'no such table\n+ exit 1\n++ true\n', 'no such table'],
    [
      "a syntax error's message, not the code it quotes",
      "main.sh: line 2: syntax error near unexpected token `fi'\nmain.sh: line 2: `fi'\n",
      "main.sh: line 2: syntax error near unexpected token `fi'",
    ],
  ])('holds %s', (_name, stderr, line) => {
    expect(messageOf(stderr)).toBe(`exited with code 1: ${line}`)
  })

  it.each(['', '\n \n', '+ exit 1\n'])('is only the exit code where nothing is printed: %j', (stderr) => {
    expect(messageOf(stderr)).toBe('exited with code 1')
  })

  it('groups failures that differ in numbers and paths, and tells others apart', () => {
    const prints = [
      'main.sh: line 3: /srv/a/x.json: No such file or directory',
      'main.sh: line 12: /home/b/y.json: No such file or directory',
      'main.sh: line 3: jq: command not found',
    ].map((line) => fingerprintError('exit_code', messageOf(line) ?? '', null))
    expect(prints[0]).toBe(prints[1])
    expect(prints[0]).not.toBe(prints[2])
  })

  it('has no secret, nor part of one that is cut through', () => {
    const secret = 'correct-horse-battery-staple'
    expect(messageOf(`denied: ${secret}`, { TOKEN: secret })).toBe('exited with code 1: denied: [masked]')
    for (let filling = 16_340; filling < 16_400; filling += 1) {
      const message = messageOf(`${secret}${'x'.repeat(filling)}`, { TOKEN: secret })
      expect(message).not.toMatch(/stap|taple|aple/u)
    }
    expect(messageOf(`${'y'.repeat(990)}${secret}`, { TOKEN: secret })).not.toContain('corr')
  })

  it('is bounded, in time and length', () => {
    for (const piece of ['\u001B[', '\u001B]', '\u001B', 'x: line 1: `', '+', '\r', 'é', '\uD800']) {
      const processorMs = startProcessorTime()
      expect(Buffer.byteLength(messageOf(piece.repeat(2_000_000)) ?? '')).toBeLessThanOrEqual(1100)
      expect(processorMs()).toBeLessThan(500)
    }
  })

  it.each<Language>(['python', 'javascript', 'typescript'])('leaves %s as it is', (language) => {
    const run = { language, stderr: () => 'words', redact: (text: string) => text }
    expect(addFailureLine(EXITED, run)).toBe(EXITED)
  })
})

describe('the record of a failed bash program', () => {
  async function recordOf(content: { stderr: boolean }): Promise<ExecutionRecord | undefined> {
    const runtime = toyRuntime(async (_request, io) => {
      io.onRunning()
      await io.onOutput({ stream: 'stderr', bytes: Buffer.from('key hunter22 is refused\n') })
      return exitWith({ exitCode: 3 })
    })
    const keep = content.stderr ? (['stderr'] as const) : []
    const { execute, completed } = toyExecutor(runtime, {}, { keep: [...keep] })
    await execute({ language: 'bash', env: { KEY: 'hunter22' } })
    return completed[0]
  }

  it('says and groups by the line, masked', async () => {
    const message = 'exited with code 3: key [masked] is refused'
    expect(await recordOf({ stderr: true })).toMatchObject({
      errorType: 'exit_code',
      errorMessage: message,
      errorFingerprint: fingerprintError('exit_code', message, null),
    })
  })

  it('does not hold stderr in its message where stderr is not to be kept', async () => {
    expect(await recordOf({ stderr: false })).toMatchObject({
      stderr: '',
      errorMessage: 'exited with code 3',
    })
  })
})
