import { afterAll, beforeAll, expect, it } from 'vitest'
import { environmentFor, exectrail, type CommandResult } from '../support/command-line.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'

let home: TemporaryDirectory
let env: Record<string, string>
beforeAll(async () => {
  home = await temporaryDirectory()
  env = environmentFor(home.path)
})
afterAll(() => home[Symbol.asyncDispose]())

function everywhere(code: string, language: string, ...args: string[]): Promise<CommandResult> {
  return exectrail(['run', '-e', code, '-l', language, '-r', 'all', ...args], env)
}

interface Shown {
  runtime: string
  outcome: string
  executionId: string
}

it('gives a record for each ready runtime, the same result in all', async () => {
  const code = 'function main(input) { return { twice: input * 2 } }'
  const { exitCode, stdout, stderr } = await everywhere(code, 'javascript', '-i', '21', '--json')
  expect(exitCode, stderr).toBe(0)
  const records: Shown[] = JSON.parse(stdout)
  expect(records.map(({ runtime }) => runtime)).toEqual(expect.arrayContaining(['vm2', 'subprocess']))
  for (const record of records) expect(record).toMatchObject({ outcome: 'success', result: { twice: 42 } })
  expect(new Set(records.map(({ executionId }) => executionId)).size).toBe(records.length)
  expect(stderr).toContain(`The same outcome, result and stdout on all ${records.length}.`)
})

it('shows outcome, result, time and memory side by side, and says what the others lack', async () => {
  const { exitCode, stdout, stderr } = await everywhere('throw new Error("no\\u001b[2J")', 'javascript')
  expect(exitCode).toBe(1)
  const [titles = '', ...lines] = stdout.trimEnd().split('\n')
  expect(titles.split(/ {2,}/u)).toEqual(expect.arrayContaining(['runtime', 'outcome', 'result', 'memory']))
  for (const name of ['vm2', 'subprocess']) {
    expect(lines.find((line) => line.startsWith(name))).toMatch(/ failure .* ms .* MiB .*no␛\[2J/u)
  }
  expect(stderr).toMatch(/^e2b is not ready: .*\n {2}fix: set E2B_API_KEY/mu)
})

it('leaves out runtimes that do not serve the language', async () => {
  const { exitCode, stdout } = await everywhere('exit 3', 'bash', '--json')
  expect(exitCode).toBe(1)
  const shown: Shown[] = JSON.parse(stdout)
  expect(shown.map(({ runtime }) => runtime)).toContain('subprocess')
  expect(shown.map(({ runtime }) => runtime)).not.toContain('vm2')
})

it('says when the same program does not do the same everywhere', async () => {
  const code = 'console.log(Math.random())'
  const { exitCode, stderr } = await everywhere(code, 'javascript', '--json')
  expect(exitCode, stderr).toBe(0)
  expect(stderr).toContain('Outcome, result or stdout differ between runtimes.')
})

it('lists everything wrong with the request before anything runs', async () => {
  const { exitCode, stdout, stderr } = await everywhere('1', 'cobol', '--timeout-ms', 'soon')
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/--language: /)
  expect(stderr).toMatch(/--timeout-ms: /)
})
