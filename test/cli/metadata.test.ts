/** Keys and states of errors from the command line. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { exectrail, type CommandResult } from '../support/command-line.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
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
  const ended = await exectrail(args, asked.env)
  expect(ended.exitCode).toBe(2)
  return ended
}

it('keys are made, listed and revoked, and the secret is alone on stdout', async () => {
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
