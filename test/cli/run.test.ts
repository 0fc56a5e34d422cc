import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { environmentFor, exectrail, type CommandResult } from '../support/command-line.ts'
import { waitFor } from '../support/wait.ts'

const EXECTRAIL = join(import.meta.dirname, '../../bin/exectrail')

let home: TemporaryDirectory
let env: Record<string, string>
beforeAll(async () => {
  home = await temporaryDirectory()
  env = environmentFor(home.path)
})
afterAll(() => home[Symbol.asyncDispose]())

function bash(code: string, ...args: string[]): Promise<CommandResult> {
  return exectrail(['run', '-e', code, '--language', 'bash', ...args], env)
}

it.each([
  ['success', 'true', [], 0],
  ['failure', 'exit 7', [], 1],
  ['timeout', 'while :; do :; done', ['--timeout-ms', '200'], 124],
] as const)('ends with the exit code of %s', async (outcome, code, args, exitCode) => {
  const ended = await bash(code, ...args)
  expect(ended.stderr).toContain(outcome)
  expect(ended.exitCode).toBe(exitCode)
})

it('takes TRACEPARENT as the parent of the span, and says when it is none', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const TRACEPARENT = `00-${traceId}-b7ad6b7169203331-01`
  const args = ['run', '-e', 'true', '-l', 'bash', '--json']
  const child = await exectrail(args, { ...env, TRACEPARENT })
  expect(JSON.parse(child.stdout)).toMatchObject({ outcome: 'success', traceId })
  const stray = await exectrail(args, { ...env, TRACEPARENT: 'nonsense' })
  expect(JSON.parse(stray.stdout)).toMatchObject({ outcome: 'success' })
  expect(stray.stderr).toContain('TRACEPARENT is not a W3C trace context')
})

it('says with OTEL_LOG_LEVEL why records wait, and refuses a level that does not exist', async () => {
  const args = ['run', '-e', 'true', '-l', 'bash', '--json']
  const unreachable = { ...env, EXECTRAIL_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
  const logged = await exectrail(args, { ...unreachable, OTEL_LOG_LEVEL: 'warn' })
  expect(JSON.parse(logged.stdout)).toMatchObject({ outcome: 'success' })
  expect(logged.stderr).toContain('records wait in the outbox: connect ECONNREFUSED')
  expect((await exectrail(args, unreachable)).stderr).not.toContain('ECONNREFUSED')
  const loud = await exectrail(args, { ...env, OTEL_LOG_LEVEL: 'loud' })
  expect(loud.stderr).toContain('OTEL_LOG_LEVEL: write one of none, error')
})

it('ends with 137 when the code breaks a limit', async () => {
  const hungry = 'def main(input):\n    return len(bytearray(400 * 1024 * 1024))'
  const ended = await exectrail(['run', '-e', hungry, '-l', 'python', '--memory-mb', '64', '--json'], env)
  expect(JSON.parse(ended.stdout)).toMatchObject({ outcome: 'limit', errorType: 'memory_limit' })
  expect(ended.exitCode).toBe(137)
})

it('streams what the code prints to the same streams, and talks only on stderr', async () => {
  const { stdout, stderr } = await bash('echo out; echo err >&2')
  expect(stdout).toBe('out\n')
  expect(stderr).toMatch(/^err$/m)
  expect(stderr).toMatch(/exectrail logs [0-9a-f-]{36}/)
})

it('prints the record as one JSON value and nothing else with --json', async () => {
  const code = 'def main(input):\n    print("noise")\n    return {"twice": input * 2}'
  const { stdout, exitCode } = await exectrail(
    ['run', '-e', code, '-l', 'python', '--input', '21', '--agent', 'doubler', '--org', 'acme', '--json'],
    env,
  )
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'success',
    input: 21,
    result: { twice: 42 },
    stdout: 'noise\n',
    codeAgentId: 'doubler',
    organizationId: 'acme',
    runtime: 'subprocess',
  })
  expect(JSON.parse(stdout)).not.toHaveProperty('files')
})

it('shows the result and the error of the code without obeying what is in them', async () => {
  const code = 'function main() { throw new Error("\\u001b[2Jgone\\u0007") }'
  const { stderr, exitCode } = await exectrail(['run', '-e', code, '-l', 'javascript', '-r', 'vm2'], env)
  expect(exitCode).toBe(1)
  expect(stderr).toContain('␛[2Jgone␇')
  expect(stderr.split('✖')[1]).not.toContain('\u001b')
})

it.each(['stdout', 'stderr'] as const)(
  'cancels the execution when the reader of its %s goes away, and leaves its record',
  async (stream) => {
    await using own = await temporaryDirectory()
    const code = stream === 'stdout' ? 'yes' : 'yes >&2'
    const child = spawn(EXECTRAIL, ['run', '-e', code, '-l', 'bash', '--timeout-ms', '60000'], {
      env: environmentFor(own.path),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    await once(child[stream], 'data')
    child[stream].destroy()
    const [exitCode] = await once(child, 'exit')
    expect(exitCode).toBe(141)
    const outbox = join(own.path, 'outbox')
    const kept = readdirSync(outbox, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.log'),
    )
    const records = kept.map((name) => readFileSync(join(outbox, name), 'latin1')).join('')
    expect(records).toContain('code_exec.completed')
    expect(records).toContain('cancelled by the caller')
  },
)

it('cancels the execution on Ctrl-C, says so, and ends with 130', async () => {
  const child = spawn(
    EXECTRAIL,
    ['run', '-e', 'echo begun; while :; do :; done', '-l', 'bash', '--timeout-ms', '60000'],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const talk = text(child.stderr)
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  await waitFor(() => printed.includes('begun'), { what: 'the code to begin' })
  child.kill('SIGINT')
  const [exitCode] = await once(child, 'exit')
  expect(exitCode).toBe(130)
  expect(await talk).toMatch(/cancelling the execution[\s\S]*✖ cancelled/)
})
