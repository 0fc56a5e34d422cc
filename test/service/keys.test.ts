import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { fileKeyStore, keysPath, openKeys, readCliKey, storeKey } from '../../src/service/keys.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'exectrail-keys-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

it('makes the first key where none is given, readable by its owner alone, and keeps it over a restart', async () => {
  const first = await openKeys(home, null)
  expect(first.secret).toMatch(/^xt_[\w-]{32}$/)
  expect((await stat(keysPath(home))).mode & 0o777).toBe(0o600)
  expect(await first.keys.find(first.secret ?? '')).toMatchObject({ scope: 'all' })
  expect((await openKeys(home, null)).secret).toBe(first.secret)
  expect(await readCliKey(home, null)).toBe(first.secret)
})

it('takes the given key as the first administrator and keeps nothing of it but a hash', async () => {
  const given = 'a-key-of-the-operator'
  const { keys, secret, givenIsUnknown } = await openKeys(home, given)
  expect({ secret, givenIsUnknown }).toEqual({ secret: given, givenIsUnknown: false })
  expect(await keys.find(given)).toMatchObject({ name: 'first administrator', scope: 'all' })
  expect(await readFile(keysPath(home), 'utf8')).not.toContain(given)
})

it('says so when the given key is none of a home that has one already', async () => {
  const first = await openKeys(home, null)
  const { keys, secret, givenIsUnknown } = await openKeys(home, 'some-other-key-0123')
  expect(givenIsUnknown).toBe(true)
  expect(secret).toBe(first.secret)
  expect(await keys.find('some-other-key-0123')).toBeNull()
})

it('binds a key to its organization', async () => {
  const keys = fileKeyStore([
    storeKey('root', 'secret-of-all', null),
    storeKey('acme', 'secret-of-acme', 'acme'),
  ])
  expect(await keys.find('secret-of-acme')).toMatchObject({ name: 'acme', scope: { organizationId: 'acme' } })
  expect(await keys.find('secret-of-all')).toMatchObject({ scope: 'all' })
  expect(await keys.find('')).toBeNull()
})

it('refuses a damaged file of keys and names it', async () => {
  await writeFile(keysPath(home), '{"keys": "all of them"')
  await expect(openKeys(home, null)).rejects.toSatisfy(
    (error) => error instanceof ConfigError && error.message.includes(keysPath(home)),
  )
})
