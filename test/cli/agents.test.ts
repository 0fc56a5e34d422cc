/** Two organizations, three versions, a yank and a fork, as users walk: by the command line and the client. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { EXECTRAIL, runProgram, type CommandResult } from '../support/command-line.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { ACME_KEY, ADMIN_KEY, GLOBEX_KEY } from '../support/service.ts'

let metadata: TestMetadata
let asked: AskedService
let folder: Awaited<ReturnType<typeof temporaryDirectory>>
beforeAll(async () => {
  metadata = await startMetadata()
  asked = await startAskedService([], { metadata })
  folder = await temporaryDirectory()
})
afterAll(async () => {
  await asked.stop()
  await metadata[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const run = (key: string, args: readonly string[]): Promise<CommandResult> =>
  asked.run(['agent', ...args], { ...asked.env, EXECTRAIL_API_KEY: key })
const good = async (key: string, ...args: string[]): Promise<CommandResult> => {
  const ended = await run(key, args)
  expect(ended.exitCode, `agent ${args.join(' ')}: ${ended.stderr}`).toBe(0)
  return ended
}
const json = async (key: string, ...args: string[]): Promise<ReturnType<typeof JSON.parse>> =>
  JSON.parse((await good(key, ...args, '--json')).stdout)
const refused = async (key: string, ...args: string[]): Promise<string> => {
  const ended = await run(key, args)
  expect(ended.exitCode).toBe(2)
  expect(ended.stdout).toBe('')
  return ended.stderr
}
const client = (key: string) => createClient({ url: asked.url, key, retries: 0 })
const SUMMER = { namespace: 'acme', name: 'summer' }

async function release(project: string, version: string, code: string): Promise<void> {
  const file = join(project, 'agent.json')
  const manifest = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...manifest, version, topics: ['math'] }))
  await writeFile(join(project, 'main.py'), code)
}

it('walks from an empty registry to a fork', async () => {
  const project = join(folder.path, 'summer')
  expect((await good(ACME_KEY, 'list')).stderr).toContain('exectrail agent init NAMESPACE/NAME')
  expect((await good(GLOBEX_KEY, 'list', '--installed')).stderr).toContain('Nothing is installed')
  await good(ACME_KEY, 'init', 'acme/summer', project)
  await release(project, '1.0.0', 'def main(input):\n    return {"sum": sum(input["xs"])}\n')
  expect((await good(ACME_KEY, 'publish', project, '--visibility', 'public')).stderr).toContain(
    'acme/summer@1.0.0 is published; other organizations see it once it is approved.',
  )

  const hidden = await refused(GLOBEX_KEY, 'show', 'acme/summer')
  expect(hidden.replaceAll('summer', 'absent')).toBe(await refused(GLOBEX_KEY, 'show', 'acme/absent'))
  expect((await json(GLOBEX_KEY, 'search', 'numbers')).data).toEqual([])
  expect(await refused(ACME_KEY, 'review')).toContain('scope admin')
  expect((await good(ADMIN_KEY, 'review')).stdout).toContain('acme/summer@1.0.0')
  await good(ADMIN_KEY, 'review', 'acme/summer@1.0.0', '--approve')
  const found = await json(GLOBEX_KEY, 'search', 'number', '--topic', 'math')
  expect(found.data).toMatchObject([
    { name: 'acme/summer', version: '1.0.0', isMine: false, isReviewed: true },
  ])
  expect((await good(GLOBEX_KEY, 'search', 'summer')).stdout).toMatch(/acme\/summer +1\.0\.0 +python/)
  const counted = await good(GLOBEX_KEY, 'search', 'summer', '--license', 'apache-2.0', '--facets')
  expect(counted.stdout).toMatch(/--language +python +1\n/)
  expect(counted.stdout).toMatch(/--license +Apache-2\.0 +1\n/)
  expect((await json(GLOBEX_KEY, 'search', '--facets')).facets).toMatchObject({
    agents: 1,
    topic: [{ value: 'math', count: 1 }],
    license: [{ value: 'Apache-2.0', count: 1 }],
  })
  expect((await json(GLOBEX_KEY, 'search', 'summer', '--license', 'MIT')).data).toEqual([])
  await good(GLOBEX_KEY, 'install', 'acme/summer@^1')

  await release(project, '1.1.0', 'def main(input):\n    return {"sum": 2 * sum(input["xs"])}\n')
  await good(ACME_KEY, 'publish', project)
  await release(
    project,
    '2.0.0',
    'def main(input):\n    return {"sum": sum(input["xs"]), "n": len(input["xs"])}\n',
  )
  await good(ACME_KEY, 'publish', project)
  await good(ACME_KEY, 'publish', project)
  const changed = 'def main(input):\n    return 1\n'
  await release(project, '2.0.0', changed)
  expect(await refused(ACME_KEY, 'publish', project)).toContain('versions never change')
  expect(await json(GLOBEX_KEY, 'list', '--installed')).toMatchObject([
    { version: '1.0.0', update: null, newest: null },
  ])
  for (const version of ['1.1.0', '2.0.0'])
    await good(ADMIN_KEY, 'review', `acme/summer@${version}`, '--approve')
  expect(await json(GLOBEX_KEY, 'list', '--installed')).toMatchObject([
    { version: '1.0.0', update: '1.1.0', newest: '2.0.0' },
  ])
  expect(await json(GLOBEX_KEY, 'install', 'acme/summer@^1')).toMatchObject({
    version: '1.1.0',
    warnings: [],
  })

  expect(await refused(GLOBEX_KEY, 'yank', 'acme/summer@1.1.0', '--reason', 'x')).toContain(
    'belongs to another organization',
  )
  await good(ACME_KEY, 'yank', 'acme/summer@1.1.0', '--reason', 'counts twice')
  expect((await good(GLOBEX_KEY, 'list', '--installed')).stdout).toMatch(
    /yanked: counts twice +1\.0\.0, older +2\.0\.0/,
  )
  expect(await json(GLOBEX_KEY, 'list', '--installed')).toMatchObject([
    {
      update: null,
      instead: '1.0.0',
      warnings: ['acme/summer@1.1.0 is yanked: counts twice. The newest that is not yanked is 2.0.0.'],
    },
  ])
  expect((await good(GLOBEX_KEY, 'show', 'acme/summer')).stdout).toMatch(/1\.1\.0 .* yanked: counts twice/)
  expect((await client(GLOBEX_KEY).getAgentVersion({ ...SUMMER, version: '^1' })).version).toBe('1.0.0')
  expect(await client(GLOBEX_KEY).getAgentVersion({ ...SUMMER, version: '1.1.0' })).toMatchObject({
    status: 'yanked',
    warnings: ['acme/summer@1.1.0 is yanked: counts twice'],
    publishedBy: null,
  })
  await expect(client(ADMIN_KEY).installAgent({ agent: 'acme/summer@1.1.0' })).rejects.toMatchObject({
    code: 'conflict',
  })
  await good(ACME_KEY, 'tag', 'acme/summer@2.0.0', 'stable')
  await good(ACME_KEY, 'deprecate', 'acme/summer@1.0.0', '--reason', 'acme/summer@2.0.0 also counts')
  expect((await good(GLOBEX_KEY, 'show', 'acme/summer@1.0.0')).stderr).toContain(
    'warning: acme/summer@1.0.0 is deprecated',
  )
  expect((await good(GLOBEX_KEY, 'show', 'acme/summer@stable', '--code')).stdout).toContain(
    'len(input["xs"])',
  )

  await good(GLOBEX_KEY, 'fork', 'acme/summer@stable', 'globex/adder', '--as', '0.1.0')
  await good(GLOBEX_KEY, 'fork', 'acme/summer@stable', 'globex/of-w7', '--workspace', 'w7')
  expect(await client(GLOBEX_KEY).getAgent({ namespace: 'globex', name: 'of-w7' })).toMatchObject({
    workspaceId: 'w7',
  })
  expect(await client(GLOBEX_KEY).getAgent({ namespace: 'globex', name: 'adder' })).toMatchObject({
    visibility: 'private',
    forkedFrom: 'acme/summer@2.0.0',
    tags: { latest: '0.1.0' },
  })
  expect(await refused(ACME_KEY, 'show', 'globex/adder')).toContain('there is no code agent')
  await good(GLOBEX_KEY, 'uninstall', 'acme/summer')
  expect(await json(GLOBEX_KEY, 'list', '--installed')).toEqual([])
})

it('signs with a key of the organization, and refuses a signature by another', async () => {
  const project = join(folder.path, 'signed')
  const key = join(folder.path, 'release.pem')
  await good(ACME_KEY, 'init', 'acme/signed', project)
  await good(ACME_KEY, 'keys', 'new', key)
  expect(await refused(ACME_KEY, 'publish', project, '--sign', key)).toContain(
    'no registered key of its publisher',
  )
  const { id } = await json(ADMIN_KEY, 'keys', 'add', key, '--name', 'release', '--org', 'acme')
  await good(ACME_KEY, 'publish', project, '--sign', key)
  expect(await client(ACME_KEY).getAgent({ namespace: 'acme', name: 'signed' })).toMatchObject({
    isSigned: true,
  })
  const signed = { namespace: 'acme', name: 'signed' }
  const version = () => client(ACME_KEY).getAgentVersion({ ...signed, version: '0.1.0' })
  expect(await json(ACME_KEY, 'keys', 'list')).toMatchObject([
    { revokedBy: null, signed: [{ name: 'acme/signed', version: '0.1.0' }] },
  ])
  expect(await version()).toMatchObject({ signer: { keyId: id, revokedAt: null, issue: null } })
  expect((await good(ACME_KEY, 'show', 'acme/signed@0.1.0')).stderr).toContain(
    'with the key release, verified',
  )
  await good(ADMIN_KEY, 'keys', 'revoke', id, '--org', 'acme')
  expect((await good(ACME_KEY, 'keys', 'list')).stdout).toContain('revoked')
  expect(await json(ACME_KEY, 'keys', 'list')).toMatchObject([{ revokedBy: 'administrator' }])
  expect(await version()).toMatchObject({
    isSigned: false,
    signer: { keyId: id, issue: 'its publisher revoked the key' },
  })
  expect(await client(ACME_KEY).getAgent(signed)).toMatchObject({ isSigned: false })
})

it('does what docs/registry.md shows', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/registry.md'), 'utf8')
  const block = /^## By the command line\n\n```sh\n(?<lines>[^`]+)```/mu.exec(page)?.groups?.['lines'] ?? ''
  const lines = block.trim().split('\n')
  expect(lines.length).toBeGreaterThan(10)
  const env = { ...asked.env, EXECTRAIL_API_KEY: ACME_KEY }
  const at = join(folder.path, 'shown')
  await mkdir(at)
  for (const line of lines) {
    // A namespace of its own keeps it apart from the other tests.
    const shown = line.replaceAll('acme/', 'shown/').replace('exectrail ', `${EXECTRAIL} `)
    const ended = await runProgram('/bin/sh', ['-c', shown], { env, cwd: at })
    expect(ended.exitCode, `${line}\n${ended.stderr}`).toBe(0)
  }
})

it('gives a namespace to another organization once that accepts, and takes reports', async () => {
  const made = await json(GLOBEX_KEY, 'report', 'acme/summer', '--kind', 'broken', '-m', 'fails for []')
  expect((await good(ACME_KEY, 'reports')).stdout).not.toContain('fails for []')
  await good(ADMIN_KEY, 'reports', '--resolve', made.id, '-m', 'told the owner')
  expect(await json(GLOBEX_KEY, 'reports', '--state', 'any')).toMatchObject([
    { resolution: 'told the owner' },
  ])
  await good(ADMIN_KEY, 'transfer', 'acme', '--to', 'globex', '--org', 'acme')
  expect((await good(GLOBEX_KEY, 'namespaces')).stdout).toMatch(/acme +acme +globex/)
  await good(ADMIN_KEY, 'transfer', 'acme', '--decline', '--org', 'globex')
  expect((await good(GLOBEX_KEY, 'namespaces')).stdout).not.toMatch(/acme +acme/)
  expect((await good(ACME_KEY, 'namespaces')).stdout).toContain('declined by globex')
  expect(await refused(ADMIN_KEY, 'transfer', 'acme', '--accept', '--org', 'globex')).toContain(
    'no namespace',
  )
  await good(ADMIN_KEY, 'transfer', 'acme', '--to', 'globex', '--org', 'acme')
  await good(ADMIN_KEY, 'transfer', 'acme', '--accept', '--org', 'globex')
  expect(await client(GLOBEX_KEY).getAgent({ namespace: 'acme', name: 'signed' })).toMatchObject({
    organizationId: 'globex',
    isMine: true,
  })
  expect((await good(ACME_KEY, 'namespaces')).stdout).toContain('from acme to globex')
  expect(await refused(ACME_KEY, 'show', 'acme/signed')).toContain('there is no code agent')
  expect(await client(ACME_KEY).getAgent(SUMMER)).toMatchObject({ isMine: false, organizationId: 'globex' })
})
