/** What people name or say of things on one line: nothing in it may hide what a list or a message says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { readProblem, startOfflineService, type TestService } from '../support/service.ts'

let metadata: TestMetadata
let service: TestService
beforeAll(async () => {
  metadata = await startMetadata()
  service = await startOfflineService({}, { metadata })
})
afterAll(async () => {
  await service.close()
  await metadata[Symbol.asyncDispose]()
})

const RULE = { condition: { kind: 'absence', severity: 'warning' } }
const HIDING = [
  'a\nb',
  'a\r\nb',
  'a\u2028b',
  'a\u2029b',
  '\u001b[2Ka',
  'a\0b',
  'a\u202eb',
  'a\u2066b',
  'a\ud800',
]

describe.each([
  ['rule', '/v1/alerts/rules', 'name', RULE],
  ['channel', '/v1/alerts/channels', 'name', { kind: 'slack', settings: {} }],
  ['silence', '/v1/alerts/silences', 'comment', { endsAt: '2100-01-01T00:00:00Z' }],
  ['key', '/v1/keys', 'name', { organizationId: 'acme' }],
  ['signing key', '/v1/registry/keys', 'name', { publicKey: 'x' }],
] as const)('a %s', (_, path, field, body) => {
  it.each(HIDING)(`is refused with the ${field} %j`, async (text) => {
    const problem = await readProblem(await service.post(path, { ...body, [field]: text }))
    expect(problem).toMatchObject({
      status: 422,
      errors: [{ path: field, message: 'one line, without control characters' }],
    })
  })
})

it('a rule has any other name, without the spaces around it, and a description of several lines', async () => {
  const given = { ...RULE, name: ' Größe > 5 👩‍👩‍👧 خطأ\n', description: 'first\nsecond' }
  const made = await service.post('/v1/alerts/rules', given)
  expect(await made.json()).toMatchObject({ name: 'Größe > 5 👩‍👩‍👧 خطأ', description: 'first\nsecond' })
})

it('a silence needs no comment', async () => {
  const made = await service.post('/v1/alerts/silences', { comment: '', endsAt: '2100-01-01T00:00:00Z' })
  expect(await made.json()).toMatchObject({ comment: '' })
})
