/** Whatever agents there are, no key sees anything of what is not for it, over every route that reads the registry. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { install } from '../../src/service/registry/install.ts'
import { fork } from '../../src/service/registry/fork.ts'
import { moveTag } from '../../src/service/registry/move-tag.ts'
import { publish } from '../../src/service/registry/publish.ts'
import { refreshStatistics } from '../../src/service/registry/refresh-statistics.ts'
import { report } from '../../src/service/registry/reports.ts'
import { changeStatus } from '../../src/service/registry/change-status.ts'
import { decideReview } from '../../src/service/registry/review.ts'
import type { Scope } from '../../src/store/scope.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ADMINISTRATOR, callerOf, makeDefinition, withoutChecks } from '../support/registry.ts'
import { ACME_KEY, GLOBEX_KEY, withKey, WORKSPACE_KEY } from '../support/service.ts'

let metadata: TestMetadata
let stack: ApiStack
beforeAll(async () => {
  metadata = await startMetadata()
  stack = await startApiStack({ metadata })
})
afterAll(async () => {
  await stack.stop()
  await metadata[Symbol.asyncDispose]()
})

const READERS: readonly { key: string; scope: Exclude<Scope, 'all'> }[] = [
  { key: ACME_KEY, scope: { organizationId: 'acme' } },
  { key: WORKSPACE_KEY, scope: { organizationId: 'acme', workspaceId: 'w1' } },
  { key: GLOBEX_KEY, scope: { organizationId: 'globex' } },
]

const version = fc.record({
  review: fc.constantFrom('pending', 'approved', 'refused'),
  status: fc.constantFrom('active', 'active', 'deprecated', 'yanked'),
})
const agent = fc.record({
  owner: fc.constantFrom<Exclude<Scope, 'all'>>(
    { organizationId: 'acme' },
    { organizationId: 'acme', workspaceId: 'w1' },
    { organizationId: 'acme', workspaceId: 'w2' },
    { organizationId: 'globex' },
  ),
  visibility: fc.constantFrom('private', 'organization', 'public', 'public'),
  versions: fc.array(version, { minLength: 1, maxLength: 3 }),
  isTagged: fc.boolean(),
})
type Agent = typeof agent extends fc.Arbitrary<infer Value> ? Value : never

/** A word of its own for each version, in everything that it says. */
const secretOf = (name: string, number: number): string => `secret${name.replaceAll(/\W/gu, '')}v${number}q`

const codeOf = (name: string, number: number): string => `def main(input): return '${secretOf(name, number)}'`

function sees(
  { owner, visibility, versions }: Agent,
  { scope }: (typeof READERS)[number],
  number: number,
): boolean {
  if (owner.organizationId !== scope.organizationId)
    return visibility === 'public' && versions[number - 1]?.review === 'approved'
  if (scope.workspaceId === undefined || visibility !== 'private') return true
  return owner.workspaceId === scope.workspaceId
}

async function make(made: Agent, name: string): Promise<void> {
  const { database } = metadata
  const caller = callerOf(made.owner, `key-${secretOf(name, 0)}`)
  for (const [index, { review }] of made.versions.entries()) {
    const secret = secretOf(name, index + 1)
    const definition = makeDefinition({
      name,
      version: `${index + 1}.0.0`,
      description: `common ${secret}`,
      readme: secret,
      topics: [secret],
      code: codeOf(name, index + 1),
    })
    await publish(withoutChecks(database), caller, { definition, visibility: made.visibility })
    if (made.visibility === 'public' && review !== 'pending')
      await decideReview(database, ADMINISTRATOR, {
        name,
        version: definition.version,
        decision: review,
        reason: secretOf(name, index + 1),
      })
  }
  if (made.isTagged) await moveTag(database, caller, { name, tag: 'stable', version: '1.0.0' })
  await install({ database, signatures: 'optional' }, caller, `${name}@${made.versions.length}.0.0`)
  await report(database, caller, { name, kind: 'other', message: secretOf(name, 0) })
  await fork(withoutChecks(database), caller, { from: `${name}@1.0.0`, name: `${name}-copy` })
  for (const [index, { status }] of made.versions.entries())
    if (status !== 'active')
      await changeStatus(database, caller, {
        name,
        version: `${index + 1}.0.0`,
        status,
        reason: secretOf(name, index + 1),
      })
}

/** Runs of the first version, by its owner and by another organization, which may only claim it. */
async function run({ owner }: Agent, name: string): Promise<void> {
  const at = new Date(Date.now() - 60_000).toISOString()
  const codeSha256 = createHash('sha256').update(codeOf(name, 1)).digest('hex')
  const claimed = { codeAgentId: name, codeAgentVersion: '1.0.0', codeSha256, startedAt: at, timestamp: at }
  const rows = [owner.organizationId, 'elsewhere'].map((organizationId) =>
    makeRecord({ ...claimed, organizationId }),
  )
  await insertRecords(stack.clickhouse, rows)
}

async function read(path: string, key: string): Promise<{ status: number; text: string }> {
  const answer = await stack.service.ask(path, withKey(key))
  const text = await answer.text()
  return { status: answer.status, text: text.replaceAll(/"requestId":"[^"]*"/gu, '') }
}

const LIST = '/v1/registry/agents?limit=100'

/** Every route that reads, with every name, version, tag, word and topic. */
function pathsOf(agents: ReadonlyMap<string, Agent>): string[] {
  const names = [...agents].flatMap(([name]) => [name, `${name}-copy`])
  const words = [...agents].flatMap(([name, { versions }]) =>
    versions.map((_, index) => secretOf(name, index + 1)),
  )
  const sorts = ['relevance', 'newest', 'runs', 'success', 'cost', 'latency', 'trend']
  return [
    ...['installed', 'namespaces', 'reports?state=any', 'keys'].map((route) => `/v1/registry/${route}`),
    ...sorts.flatMap((sort) => ['', '&q=common'].map((more) => `${LIST}&sort=${sort}${more}`)),
    ...['owner=own', 'language=python', 'facets=counted'].map((more) => `${LIST}&${more}`),
    ...words.flatMap((word) => [`/v1/registry/agents?q=${word}`, `/v1/registry/agents?topic=${word}`]),
    ...names.map((name) => `/v1/registry/agents/${name}`),
    ...names.flatMap((name) =>
      ['1.0.0', '2.0.0', '3.0.0', 'latest', 'stable', '^1', '*'].map(
        (one) => `/v1/registry/agents/${name}/versions/${encodeURIComponent(one)}`,
      ),
    ),
  ]
}

let round = 0
it('shows each key what is for it, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(agent, { minLength: 2, maxLength: 4 }), async (given) => {
      round += 1
      const agents = new Map(
        given.map((made, index) => [`${made.owner.organizationId}/a${round}x${index}`, made]),
      )
      for (const [name, made] of agents) {
        await make(made, name)
        await run(made, name)
      }
      const { database } = metadata
      await refreshStatistics({ store: stack.clickhouse.store, database }, { now: Date.now() })
      for (const reader of READERS)
        for (const path of pathsOf(agents)) {
          const { status, text } = await read(path, reader.key)
          expect(status, path).toBeLessThan(500)
          for (const [name, made] of agents) expectUnseen({ path, text, reader, name, made })
        }
      for (const reader of READERS) await expectFound(agents, reader)
    }),
    {
      numRuns: Number(process.env['FUZZ_RUNS'] ?? (IS_LONG_FORM ? 20 : 2)),
      ...(process.env['FUZZ_SEED'] === undefined ? {} : { seed: Number(process.env['FUZZ_SEED']) }),
    },
  )
})

interface Answered {
  path: string
  text: string
  reader: (typeof READERS)[number]
  name: string
  made: Agent
}

function expectUnseen({ path, text, reader, name, made }: Answered): void {
  const label = `${reader.key}: GET ${path}`
  const seen = made.versions.map((_, index) => sees(made, reader, index + 1))
  for (const [index, isSeen] of seen.entries()) {
    const secret = secretOf(name, index + 1)
    // A copy belongs to its owner, who sees all of it.
    const isOwn = made.owner.organizationId === reader.scope.organizationId
    if (!isSeen && !path.includes(secret) && !(isOwn && text.includes(`${name}-copy`)))
      expect(text, label).not.toContain(secret)
  }
  if (!seen.includes(true) && !path.includes(name)) expect(text, label).not.toContain(`"${name}`)
  if (made.owner.organizationId !== reader.scope.organizationId) {
    expect(text, label).not.toContain(`key-${secretOf(name, 0)}`)
    expect(text, label).not.toContain(secretOf(name, 0))
  }
}

/** What a key may see is found, and what it may not see answers as what does not exist. */
async function expectFound(
  agents: ReadonlyMap<string, Agent>,
  reader: (typeof READERS)[number],
): Promise<void> {
  for (const [name, made] of agents) {
    const path = `/v1/registry/agents/${name}`
    const { status, text } = await read(path, reader.key)
    const seen = made.versions.map((_, index) => sees(made, reader, index + 1))
    expect(status, `${reader.key} ${name}`).toBe(seen.includes(true) ? 200 : 404)
    if (status === 404) {
      const absent = await read(path.replace(name, 'acme/absent'), reader.key)
      expect(text.replaceAll(name, 'acme/absent')).toBe(absent.text)
      continue
    }
    const view = JSON.parse(text)
    const approved = made.versions.map(({ review }) => made.visibility === 'public' && review === 'approved')
    const runs = approved[0] === true ? 2 : 1
    const isListed = approved.includes(true)
    expect(view.statistics?.runs ?? 0, `${reader.key} ${name}`).toBe(
      isListed && approved[0] !== true ? 0 : runs,
    )
    const first = view.versions.find((one: { version: string }) => one.version === '1.0.0')
    if (first !== undefined) expect(first.statistics?.runs, name).toBe(runs)
    expect(view.versions.map((one: { version: string }) => one.version)).toEqual(
      seen.flatMap((isSeen, index) => (isSeen ? [`${index + 1}.0.0`] : [])),
    )
  }
}
