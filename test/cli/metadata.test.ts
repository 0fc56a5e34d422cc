/** Keys, states of errors and alerts from the command line. */
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { saveChannel } from '../../src/metadata/alert-channels.ts'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import type { CommandResult } from '../support/command-line.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { makeRecord } from '../support/records.ts'

const FINGERPRINT = '0123456789abcdef'

let metadata: TestMetadata
let asked: AskedService
beforeAll(async () => {
  metadata = await startMetadata()
  const failure = { outcome: 'failure', success: false, errorType: 'exception' } as const
  const record = makeRecord({ organizationId: 'acme', errorFingerprint: FINGERPRINT, ...failure })
  asked = await startAskedService([record], { metadata })
})
afterAll(async () => {
  await asked.stop()
  await metadata[Symbol.asyncDispose]()
})

const fail = async (...args: string[]): Promise<CommandResult> => {
  const ended = await asked.run(args)
  expect(ended.exitCode).toBe(2)
  return ended
}

it('keys are made, listed and revoked, and only the secret is on stdout', async () => {
  expect((await asked.ask('key', 'list')).stderr).toContain('exectrail key create')
  const make = ['key', 'create', 'ci \u001b[2J', '--org', 'acme', '--scope', 'read', '--expires', '90d']
  const { stdout, stderr } = await asked.ask(...make)
  expect(stdout).toMatch(/^xt_[\w-]{32}\n$/)
  expect(stderr).toContain('shown this once')
  expect(await metadata.keys.find(stdout.trim())).toMatchObject({ scopes: ['read'] })
  const [key] = await asked.askJson('key', 'list')
  expect(Date.parse(key.expiresAt) - Date.parse(key.createdAt)).toBeCloseTo(90 * 86_400_000, -5)
  await asked.ask('key', 'revoke', key.id)
  const table = (await asked.ask('key', 'list', '--revoked')).stdout
  expect(table).toMatch(/ci .*read +acme +revoked/)
  expect(table).not.toContain('\u001b[2J')
})

it('keys that cannot be made say what to give', async () => {
  expect((await fail('key', 'create', 'x')).stderr).toContain('name the organization')
  expect((await fail('key', 'create', 'x', '--org', 'a', '--expires', 'soon')).stderr).toContain('90s')
  expect((await fail('key', 'revoke', 'x')).stderr).toContain('exectrail key list')
})

it('errors are resolved, ignored, assigned and reopened', async () => {
  expect((await asked.ask('errors')).stdout).toMatch(new RegExp(`1 +new .*${FINGERPRINT}`))
  expect((await asked.ask('errors', 'resolve', FINGERPRINT)).stderr).toContain('of acme is resolved')
  await asked.ask('errors', 'assign', FINGERPRINT, 'ada')
  const ignored = await asked.askJson('errors', 'ignore', FINGERPRINT, '--org', 'acme')
  expect(ignored).toMatchObject({ state: 'ignored', assignee: 'ada' })
  expect((await asked.ask('errors')).stderr).toContain('No failures')
  await asked.ask('errors', 'reopen', FINGERPRINT)
  await asked.ask('errors', 'assign', FINGERPRINT)
  expect((await asked.askJson('errors')).data).toMatchObject([{ state: 'open', assignee: null }])
  expect((await fail('errors', 'resolve', 'f'.repeat(16))).stderr).toContain('was seen within a year')
})

it('the log of changes tells who did what, narrowed as asked and page by page', async () => {
  const made = await asked.askJson('key', 'create', 'audited \u001b[2J', '--org', 'acme')
  await asked.ask('key', 'revoke', made.id)
  const { data } = await asked.askJson('audit', '--subject', made.id)
  expect(data).toMatchObject([
    { action: 'key.revoke', organizationId: 'acme', actor: { name: 'administrator' } },
    { action: 'key.create' },
  ])
  const revoked = (await asked.ask('audit', '--action', 'key.revoke', '--org', 'acme')).stdout
  expect(revoked).toMatch(new RegExp(`administrator +\\S+ +key\\.revoke +${made.id} +acme`))
  expect(revoked).not.toContain('key.create')
  expect(revoked).not.toContain('\u001b[2J')
  const first = await asked.ask('audit', '--limit', '1')
  const cursor = /--cursor (?<cursor>\d+)/u.exec(first.stderr)?.groups?.['cursor'] ?? ''
  expect((await asked.askJson('audit', '--limit', '1', '--cursor', cursor)).data[0].id).not.toBe(data[0].id)
  expect((await asked.ask('audit', '--subject', 'none')).stderr).toContain('No changes match')
  expect((await fail('audit', '--action', 'key.steal')).stderr).toContain('key.revoke')
})

it('a link to content is made for who has no key, and is in the log of changes', async () => {
  const record = makeRecord({ stdout: 'printed\n', stdoutBytes: 8, result: '{"sum":6}' })
  const { executionId: id } = record
  await asked.insert([record])
  const { stdout, stderr } = await asked.ask('link', id, '--for', '1h')
  expect(await (await fetch(stdout.trim())).text()).toBe('printed\n')
  expect(stderr).toContain('Whoever has it reads stdout until')
  const { url, expiresAt } = await asked.askJson('link', id, 'result')
  expect(await (await fetch(url)).json()).toEqual({ sum: 6 })
  const { data } = await asked.askJson('audit', '--subject', id)
  expect(data).toMatchObject([
    { action: 'content.link', detail: { part: 'result', expiresAt } },
    { action: 'content.link', detail: { part: 'stdout' } },
  ])
  expect((await fail('link', id, 'stdout', '--file', 'chart.png')).stderr).toContain('not both')
  expect((await fail('link', id, '--for', '2h')).stderr).toContain('at most 3600')
  expect((await fail('link', id, '--file', 'chart.png')).stderr).toContain('no file')
})

it('alert rules are applied from a file, which says first what would change', async () => {
  await using folder = await temporaryDirectory()
  const file = join(folder.path, 'alerts.yaml')
  const rule = { name: 'Failures', condition: { kind: 'ratio', warning: 0.1 } }
  await writeFile(file, JSON.stringify({ rules: [rule] }))
  const diff = await asked.run(['alert', 'diff', '-f', file])
  expect([diff.exitCode, diff.stdout]).toEqual([1, '+ Failures\n'])
  await asked.ask('alert', 'apply', '-f', file)
  expect((await asked.ask('alert', 'diff', '-f', file)).stderr).toContain('1 rules are as they should be')
  await writeFile(file, JSON.stringify({ rules: [{ ...rule, windowSeconds: 600 }] }))
  expect((await asked.ask('alert', 'apply', '-f', file)).stdout).toBe('~ Failures: windowSeconds\n')
  await writeFile(file, (await asked.ask('alert', 'export')).stdout)
  expect((await asked.ask('alert', 'diff', '-f', file)).stdout).toBe('')
  const tried = await asked.askJson('alert', 'dry-run', '-f', file, '--range', '30d')
  expect(tried).toMatchObject({ alertCount: 0, everySeconds: 60 })
  const [{ id }] = await asked.askJson('alert', 'rules')
  expect((await asked.askJson('alert', 'history', id)).data).toEqual([])
  expect((await asked.ask('alert', 'list')).stderr).toContain('No alerts')
  const silence = await asked.askJson(
    'alert',
    'silence',
    '--for',
    '2h',
    '--rule',
    id,
    '--match',
    'codeAgentId=x',
  )
  expect(silence).toMatchObject({ ruleId: id, matches: { codeAgentId: 'x' } })
  expect((await fail('alert', 'resolve', 'x')).stderr).toContain('exectrail alert list')
  const hook = ['alert', 'channel', 'save', 'hook', '--kind', 'webhook', '--url', 'http://127.0.0.1:9/']
  expect((await fail(...hook)).stderr).toContain('address is private')
  await writeFile(file, JSON.stringify({ rules: [{ ...rule, colour: 'red' }, { name: '' }] }))
  expect((await fail('alert', 'apply', '-f', file)).stderr).toMatch(/rules\.0\.colour[^]*rules\.1\.name/u)
  await writeFile(file, 'rules: []')
  expect((await asked.ask('alert', 'apply', '-f', file, '--prune')).stdout).toBe('- Failures\n')
})

it('a channel is that of the organization that is named', async () => {
  for (const organizationId of ['acme', 'globex', null])
    await saveChannel(metadata.database.queries, {
      id: randomUUID(),
      organizationId,
      workspaceId: null,
      name: 'operations',
      kind: 'email',
      settings: { to: ['ada@example.com'] },
      secret: '',
      hourlyLimit: 60,
      changedBy: 'test',
    })
  const remove = ['alert', 'channel', 'delete', 'operations']
  expect(await asked.askJson(...remove, '--org', 'globex')).toMatchObject({ organizationId: 'globex' })
  expect(await asked.askJson(...remove)).toMatchObject({ organizationId: null })
  expect(await asked.askJson(...remove)).toMatchObject({ organizationId: 'acme' })
})

it('rules are those of one owner, so that what is exported can be applied', async () => {
  await using folder = await temporaryDirectory()
  const file = join(folder.path, 'alerts.yaml')
  const rules = [{ name: 'Failures', condition: { kind: 'ratio', warning: 0.1 } }]
  await writeFile(file, JSON.stringify({ rules }))
  for (const org of ['acme', 'globex']) await asked.ask('alert', 'apply', '-f', file, '--org', org)
  const refused = await fail('alert', 'export')
  expect(refused.stderr).toMatch(/there are some of acme, globex[^]*--org acme/u)
  await asked.ask('alert', 'apply', '-f', file)
  for (const of of [[], ['--org', 'globex']]) {
    const exported = (await asked.ask('alert', 'export', ...of)).stdout
    expect(exported.match(/name: Failures/gu)).toHaveLength(1)
    await writeFile(file, exported)
    expect((await asked.ask('alert', 'diff', '-f', file, '--prune', ...of)).stdout).toBe('')
  }
  await writeFile(file, 'rules: []')
  expect((await asked.ask('alert', 'apply', '-f', file, '--prune')).stdout).toBe('- Failures\n')
  expect((await asked.ask('alert', 'apply', '-f', file, '--prune')).stdout).toBe('')
  expect(await asked.askJson('alert', 'rules', '--org', 'acme')).toHaveLength(1)
})
