import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecutionRecord } from '../../src/execution.ts'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { executions } from '../support/changed-agents.ts'
import { exectrailOnTerminal } from '../support/command-line.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { makeRecord } from '../support/records.ts'
import { ended } from '../support/workflow-records.ts'

const kept: ExecutionRecord = makeRecord({
  organizationId: 'replays',
  code: 'def main(input):\n    print("again")\n    return input["n"] * 2',
  input: '{"n":21}',
  result: '42',
  stdout: 'again\n',
  requestLoss: 'none',
})
const shell = makeRecord({
  organizationId: 'replays',
  language: 'bash',
  code: 'echo hello',
  stdout: 'hello\n',
  requestLoss: 'none',
})
const masked = makeRecord({ organizationId: 'replays', requestLoss: 'code masked' })
const brief = [
  makeRecord({ organizationId: 'brief', workflowExecutionId: 'wf-brief', nodeId: 'a', durationMs: 0.1 }),
  makeRecord({ organizationId: 'brief', workflowExecutionId: 'wf-brief', nodeId: 'b', durationMs: 9000 }),
  makeRecord({ organizationId: 'brief', workflowExecutionId: 'wf-brief', nodeId: 'b', durationMs: 0.1 }),
]
const hostile = makeRecord({
  organizationId: 'strange',
  workflowExecutionId: 'wf \u001b[2J',
  nodeId: 'n \u001b]0;owned\u0007',
})

let asked: AskedService
let files: TemporaryDirectory
beforeAll(async () => {
  files = await temporaryDirectory()
  asked = await startAskedService([...executions, ...ended, kept, shell, masked, ...brief, hostile])
})
afterAll(async () => {
  await asked.stop()
  await files[Symbol.asyncDispose]()
})

const run = (...args: string[]) => asked.run(args)

describe('which agent got worse since yesterday, and why', () => {
  it('is answered in three commands, each of which names the next', async () => {
    const report = await run('report', '--org', 'acme', '--where', 'codeAgentId!=summer')
    expect(report.exitCode, report.stderr).toBe(1)
    expect(report.stdout).toMatch(/^degraded: 2 agents are worse than before/u)
    expect(report.stdout).toMatch(/✖ worse got worse: success 95\.0 % → 66\.7 %/u)
    expect(report.stdout).toMatch(/why worse\n +20 × new: KeyError: 'customer_id' {2}[0-9a-f-]{36}\n/u)
    expect(report.stdout).toMatch(/codeAgentVersion [12]: \d+ % now, \d+ % before/u)
    expect(report.stdout).toMatch(
      /next: exectrail errors --agent slow --since 24h\n +exectrail compare --agent slow --since 24h --before 7d$/mu,
    )
    const errors = await asked.ask('errors', '--org', 'acme', '--agent', 'worse', '--since', '24h')
    expect(errors.stdout).toMatch(/20 +new .*KeyError: 'customer_id'/u)
    const compared = await asked.ask(
      'compare',
      '--org',
      'acme',
      '--agent',
      'worse',
      '--since',
      '24h',
      '--before',
      '7d',
    )
    expect(compared.stdout).toMatch(/codeAgentVersion +[12] +(?:100|0) % +(?:100|0) %/u)
  })

  it('prints the report as one JSON value, and says what to do where nothing ran', async () => {
    const found = JSON.parse((await run('report', '--json', '--org', 'acme', '--agent', 'steady')).stdout)
    expect(found).toMatchObject({ verdict: 'healthy', agentCount: 1, worseAgents: [] })
    const empty = await asked.ask('report', '--org', 'elsewhere')
    expect([empty.stdout, empty.stderr]).toEqual([
      expect.stringMatching(/^quiet: Nothing ran\./u),
      expect.stringContaining('exectrail run'),
    ])
  })
})

describe('workflow', () => {
  it('lists runs with state and totals', async () => {
    const { stdout } = await asked.ask('workflow', '--org', 'acme')
    expect(stdout).toMatch(/failed +wf-bad +3 +1 +1 +1 +/u)
    expect(stdout).toMatch(/succeeded +wf-good +3 +1 +1 +2 +220 ms +210 ms/u)
    const page = await asked.askJson('workflow', '--org', 'acme', '--state', 'failed')
    expect(page.data).toMatchObject([{ workflowExecutionId: 'wf-bad', state: 'failed' }])
    const none = await asked.ask('workflow', '--org', 'elsewhere')
    expect([none.stdout, none.stderr]).toEqual(['', expect.stringContaining('--workflow-execution')])
  })

  it('draws one run as a waterfall of nodes and attempts, or of spans', async () => {
    const { stdout } = await asked.ask('workflow', 'wf-good', '--org', 'acme')
    expect(stdout).toMatch(
      /^wf-good succeeded\n.*took 220 ms, busy 210 ms · 3 executions, 1 failed, 1 retried/u,
    )
    const bars = stdout
      .split('\n')
      .map((line) => [/^ *(?:fetch|parse|#\d)/u.exec(line)?.[0], line.indexOf('█')])
    const of = (name: string) => bars.find(([shown]) => shown === name)?.[1] ?? -1
    expect(Number(of('fetch'))).toBeGreaterThan(0)
    expect(Number(of('  #1'))).toBeGreaterThan(Number(of('fetch')))
    expect(Number(of('  #2'))).toBeGreaterThan(Number(of('  #1')))
    expect((await asked.ask('workflow', 'wf-good', '--org', 'acme', '--spans')).stdout).toMatch(
      /execute_code subprocess +error +50 ms/u,
    )
    expect((await run('workflow', 'absent')).exitCode).toBe(2)
    const lines = (await asked.ask('workflow', 'wf-brief')).stdout.split('\n')
    for (const name of ['a', '  #1', '  #2'])
      expect(lines.find((line) => line.startsWith(`${name} `))).toMatch(/█/u)
  })

  it('never passes a control sequence of a record to the terminal', async () => {
    for (const args of [
      ['workflow', '--org', 'strange'],
      ['workflow', 'wf \u001b[2J'],
    ]) {
      const { stdout, stderr } = await asked.ask(...args)
      expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}/u)
    }
  })
})

describe('replay', () => {
  it('runs an execution again, and compares the two', async () => {
    const { stdout, stderr } = await asked.ask('replay', kept.executionId)
    expect(stdout).toMatch(/original +subprocess +success +42 /u)
    expect(stdout).toMatch(/replay +subprocess +success +42 +same +same /u)
    expect(stderr).toContain('The same outcome, result and stdout as before.')
    const changed = await asked.askJson('replay', kept.executionId, '--input', '{"n": 1}')
    expect(changed).toMatchObject({
      original: { result: 42 },
      replays: [{ result: 2, replayOf: kept.executionId }],
    })
  })

  it('runs it on every ready runtime', async () => {
    const { replays } = await asked.askJson('replay', shell.executionId, '-r', 'all')
    expect(replays).toContainEqual(expect.objectContaining({ runtime: 'subprocess', stdout: 'hello\n' }))
  })

  it('says why it cannot, and everything that is wrong with the options', async () => {
    const refused = await run('replay', masked.executionId)
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('cannot be replayed: code masked'),
    ])
    expect((await run('replay', kept.executionId, '--input', '{')).stderr).toContain('--input: not JSON')
    expect((await run('replay', 'absent')).exitCode).toBe(2)
  })
})

describe('export', () => {
  it('writes a file of the format that its name says', async () => {
    const csv = join(files.path, 'out.csv')
    const { stdout, stderr } = await asked.ask(
      'export',
      '--org',
      'replays',
      '--fields',
      'executionId,outcome',
      '--out',
      csv,
    )
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^\d+ B of csv in .*out\.csv\n$/u)])
    expect((await readFile(csv, 'utf8')).split('\n')).toHaveLength(5)
    const parquet = join(files.path, 'out.parquet')
    const printed = await asked.askJson('export', '--org', 'replays', '--out', parquet)
    const bytes = await readFile(parquet)
    expect(printed).toEqual({ file: parquet, format: 'parquet', bytes: bytes.length })
    expect(bytes.subarray(-4).toString()).toBe('PAR1')
  })

  it('writes to standard output, with the filters of lists', async () => {
    const { stdout } = await asked.ask('export', '--org', 'acme', '--agent', 'noise', '--outcome', 'failure')
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ codeAgentId }) => codeAgentId)).toEqual(['noise', 'noise'])
  })

  it('leaves no part of a file behind, and refuses what cannot be', async () => {
    await mkdir(join(files.path, 'directory.csv'))
    const refused = await run('export', '--out', join(files.path, 'directory.csv'))
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('--out')])
    expect((await readdir(files.path)).filter((name) => name.endsWith('.part'))).toEqual([])
    const { shown } = await exectrailOnTerminal(['export', '--format', 'parquet'], asked.env)
    expect(shown).toContain('Parquet is binary')
    expect((await run('export', '--fields', 'colour')).stderr).toContain('is not a field')
  })
})
