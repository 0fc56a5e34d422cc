/** Hostile programs through the doors people use: the service of `exectrail up`, and the command line. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunView } from '../../src/service/run-code.ts'
import { exectrail, exectrailOnTerminal, startUp, type RunningUp } from '../support/command-line.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'
import { setOutCanaries, type Canaries } from './canaries.ts'
import { outsideAttacks, STEERING, type OutsideAttack } from './outside-programs.ts'

let home: TemporaryDirectory
let canaries: Canaries
let up: RunningUp
let attacks: readonly OutsideAttack[]
/** What each execution was reported as, by its id. */
const outcomes = new Map<string, string>()

beforeAll(async () => {
  home = await temporaryDirectory()
  canaries = await setOutCanaries()
  attacks = outsideAttacks(canaries)
  up = await startUp(home.path, { ATTACK_CANARY: canaries.secret })
})
afterAll(async () => {
  await up.stop()
  await canaries.close()
  await home[Symbol.asyncDispose]()
})

const CLEAN = { language: 'python', code: 'def main(input):\n    return input["n"] + 1', input: { n: 41 } }
/** Control characters but line breaks and tabs, and what turns the direction of writing. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const RAW = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]/u

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const RAW_IN_JSON = /[\0-\x1f]/u

async function ask(
  path: string,
  body?: unknown,
): Promise<{ text: string; headers: Headers; status: number }> {
  const answer = await fetch(`${up.endpoints.service}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { Authorization: `Bearer ${up.apiKey}`, 'Content-Type': 'application/json' },
  })
  return { text: await answer.text(), headers: answer.headers, status: answer.status }
}

function outcomeOf({ outcome, errorType }: Pick<RunView, 'outcome' | 'errorType'>): string {
  return errorType === null ? outcome : `${outcome}/${errorType}`
}

/** Everything the stack keeps in plain files for a person to read. */
function readLogs(): string {
  const directory = join(home.path, 'logs')
  return readdirSync(directory)
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('\n')
}

describe('through the service', () => {
  it('hostile programs are reported for what they are, kept in, and followed by clean runs', async () => {
    for (const { tries, request, expected, proves } of attacks) {
      const { status, text, headers } = await ask('/v1/executions', { runtime: 'subprocess', ...request })
      expect(status, `${tries}: ${text}`).toBe(200)
      expect(headers.get('Content-Type')).toBe('application/json')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(text, tries).not.toMatch(RAW_IN_JSON)
      const view: RunView = JSON.parse(text)
      expect(outcomeOf(view), `${tries}: ${view.errorMessage} ${view.stderr.slice(0, 300)}`).toBe(expected)
      outcomes.set(view.executionId, outcomeOf(view))
      canaries.check({ ...view, input: null, request: null, resultText: null })
      proves?.(view)
      const after: RunView = JSON.parse(
        (await ask('/v1/executions', { runtime: 'subprocess', ...CLEAN })).text,
      )
      expect(after, tries).toMatchObject({ outcome: 'success', result: 42, stdout: '', stderr: '' })
    }
  })

  it('each has the record in the store that the caller received', async () => {
    const request = attacks.find(({ tries }) => tries.startsWith('to steer'))?.request
    const asked = await ask('/v1/executions', {
      runtime: 'subprocess',
      ...request,
      context: { codeAgentId: '<script>alert(1)</script>' },
    })
    const { files: _files, warnings: _warnings, ...view }: RunView = JSON.parse(asked.text)
    const stored = await waitFor(
      async () => {
        const { status, text } = await ask(`/v1/executions/${view.executionId}`)
        return status === 200 ? (JSON.parse(text) as unknown) : null
      },
      { what: 'the record' },
    )
    expect(stored).toEqual(view)
    for (const [executionId, expected] of outcomes)
      expect(outcomeOf(JSON.parse((await ask(`/v1/executions/${executionId}`)).text))).toBe(expected)
    expect(outcomes.size).toBe(attacks.length)
  })

  it('leaves nothing raw in what the service and its parts log', () => {
    const logged = `${up.talk()}\n${readLogs()}`
    expect(logged).not.toMatch(RAW)
    expect(logged).not.toContain(canaries.secret)
    expect(logged).not.toContain('owned')
  })
})

describe('through the command line', () => {
  const code = `import sys\nopen(b"/out/${STEERING.replaceAll('/', '-').replace('\\x00', '')}", "w").write("x")\nsys.stdout.buffer.write(b"${STEERING}\\n")\nsys.stdout.flush()\nraise ValueError("\\x1b]0;owned\\x07\\u202e")`
  const args = ['run', '-e', code, '-l', 'python', '--agent', 'steering']

  it('no terminal is steered, by a run, its files or its record', async () => {
    const shown = await exectrailOnTerminal([...args, '--out', join(home.path, 'out')], up.env)
    expect(shown.exitCode).toBe(1)
    expect(shown.shown).toContain('␛[2J␛]0;owned␇')
    expect(shown.shown).toContain('was not written: its name is refused')
    const record = await exectrailOnTerminal([...args, '--json'], up.env)
    const { executionId }: RunView = JSON.parse(record.shown)
    await waitFor(async () => (await ask(`/v1/executions/${executionId}`)).status === 200, {
      what: 'the record',
    })
    const looks = await Promise.all(
      [
        ['logs', 'steering'],
        ['logs', executionId],
        ['stats', 'steering'],
        ['sql', 'SELECT stdout, error_message FROM code_exec_logs'],
      ].map((look) => exectrailOnTerminal(look, up.env)),
    )
    for (const { shown: text, exitCode } of [
      ...looks,
      { ...record, exitCode: 0 },
      { ...shown, exitCode: 0 },
    ]) {
      expect(exitCode).toBe(0)
      // Colours are the command's own.
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      expect(text.replaceAll(/\x1b\[\d+m/gu, '')).not.toMatch(RAW)
    }
  })

  it('exit codes are those of what truly happened, and secrets stay', async () => {
    const env = { ...up.env, ATTACK_CANARY: canaries.secret }
    const run = (language: string, program: string, ...more: string[]) =>
      exectrail(['run', '-l', language, '-e', program, ...more], env)
    const [theft, kill, flood, bomb] = await Promise.all([
      run('bash', `cat /proc/*/environ ${canaries.file}; env; exit 137`),
      run('python', 'import os\nos.kill(os.getpid(), 9)'),
      run('bash', 'yes', '--timeout-ms', '700', '--json'),
      run('python', 'import os\nwhile True: os.fork()', '--timeout-ms', '60000'),
    ])
    expect([theft.exitCode, kill.exitCode, flood.exitCode, bomb.exitCode]).toEqual([1, 1, 124, 137])
    expect(`${theft.stdout}${theft.stderr}`).not.toContain(canaries.secret)
    expect(JSON.parse(flood.stdout)).toMatchObject({ outcome: 'timeout', outputTruncated: true })
    const clean = await run('javascript', 'export const main = (n) => n + 1', '--input', '41', '--json')
    expect(JSON.parse(clean.stdout)).toMatchObject({ outcome: 'success', result: 42 })
  })
})
