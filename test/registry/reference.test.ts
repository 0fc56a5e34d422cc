import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExectrailError } from '../../src/errors.ts'
import { agentNameIssue, tagIssue, versionIssue } from '../../src/registry/names.ts'
import {
  chooseVersion,
  formatReference,
  latestVersion,
  parseReference,
  type ListedVersion,
  type VersionStatus,
} from '../../src/registry/reference.ts'
import { startProcessorTime } from '../support/processor-time.ts'

const listed = (
  version: string,
  status: VersionStatus = 'active',
  reason: string | null = null,
): ListedVersion => ({
  version,
  status,
  reason,
})

describe('names', () => {
  test('say once which part of a name is wrong', () => {
    expect(agentNameIssue('acme/Summer')).toMatch(/^after the slash: lower-case/u)
    expect(agentNameIssue('Acme/summer')).toMatch(/^before the slash: lower-case/u)
  })

  test.each([
    'acme/summer',
    'a/b',
    'a-1/b-2-c',
    `${'a'.repeat(40)}/${'b'.repeat(40)}`,
    'constructor/prototype',
  ])('takes %s', (name) => expect(agentNameIssue(name)).toBeNull())

  test.each([
    '',
    'acme',
    '/summer',
    'acme/',
    'acme/summer/more',
    'Acme/summer',
    'acme/sum_mer',
    'acme/-summer',
    'acme/sum--mer',
    'acme/summer ',
    'acme\u2044summer',
    '\u0430cme/summer',
    'acme/\uff53ummer',
    'acme/summ\u0435r',
    'acme/s\u200bummer',
    'acme/../summer',
    '__proto__/summer',
    'acme/latest',
    'beta/summer',
    'acme/1',
    'acme/v2',
    'acme/1-2-0',
    `${'a'.repeat(41)}/b`,
    'a'.repeat(1_000_000),
  ])('refuses %j', (name) => expect(agentNameIssue(name)).not.toBeNull())

  test.each(['1.2.0', '0.0.1', '2.0.0-beta.1'])('takes the version %s', (version) =>
    expect(versionIssue(version)).toBeNull(),
  )

  test.each([
    '1.2',
    'v1.2.0',
    '=1.2.0',
    ' 1.2.0',
    '01.2.0',
    '1.2.0+build',
    'latest',
    '',
    `1.0.0-${'a'.repeat(64)}`,
  ])('refuses the version %j', (version) => expect(versionIssue(version)).not.toBeNull())

  test.each(['1', 'v1', 'x', '1.x', 'Beta', '', '-a', 'a--b', 'a'.repeat(41)])('refuses the tag %j', (tag) =>
    expect(tagIssue(tag)).not.toBeNull(),
  )
})

describe('references', () => {
  test.each([
    ['acme/summer', { kind: 'any' }],
    ['acme/summer@1.2.0', { kind: 'version', version: '1.2.0' }],
    ['acme/summer@^1.2', { kind: 'range', range: '^1.2' }],
    ['acme/summer@1', { kind: 'range', range: '1' }],
    ['acme/summer@>=1.2 \n <3 || 5.x', { kind: 'range', range: '>=1.2 <3 || 5.x' }],
    ['acme/summer@latest', { kind: 'tag', tag: 'latest' }],
    ['acme/summer@beta', { kind: 'tag', tag: 'beta' }],
  ])('reads %j', (text, selector) => {
    expect(parseReference(text)).toEqual({ name: 'acme/summer', selector })
  })

  test.each([
    'acme/summer@',
    'acme/summer@@1',
    'acme/summer@^1@2',
    'acme/summer@../x',
    'summer@1',
    '@acme/summer',
  ])('refuses %j with a hint', (text) =>
    expect(() => parseReference(text, 'agent')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('namespace/name@1.2.0') }),
    ),
  )

  test('reads back what it writes, and throws nothing but issues', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9.x*^~<>=| v@-]{0,40}$/)),
        (text) => {
          try {
            const reference = parseReference(`acme/summer@${text}`)
            expect(parseReference(formatReference(reference))).toEqual(reference)
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid_request' })
          }
        },
      ),
    )
  })

  test('reads huge ranges in bounded time', () => {
    const processorMs = startProcessorTime()
    for (const part of ['1||', '>=1 ', '^', '1 - 2 ', ' ', '9'.repeat(100), 'x.'])
      expect(() => parseReference(`acme/summer@${part.repeat(200_000)}`)).toThrow(ExectrailError)
    const versions = Array.from({ length: 10_000 }, (_, at) => listed(`1.${at}.0`))
    const range = Array.from({ length: 16 }, (_, at) => `^1.${at}`).join('||')
    expect(chooseVersion(parseReference(`acme/summer@${range}`), { versions }).version).toBe('1.9999.0')
    expect(processorMs()).toBeLessThan(2000)
  })
})

describe('choosing a version', () => {
  const versions = [
    listed('1.0.0'),
    listed('1.10.0', 'yanked', 'loses the last number'),
    listed('1.9.0'),
    listed('2.0.0', 'deprecated', 'use 1.x'),
    listed('3.0.0-beta.1'),
  ]
  const tags = new Map([
    ['stable', '1.0.0'],
    ['broken', '1.10.0'],
    ['beta', '3.0.0-beta.1'],
  ])
  const choose = (text: string, installed: string | null = null) =>
    chooseVersion(parseReference(text), { versions, tags, installed })

  test.each([
    ['acme/summer', '1.9.0'],
    ['acme/summer@^1.0', '1.9.0'],
    ['acme/summer@>=1', '1.9.0'],
    ['acme/summer@stable', '1.0.0'],
    ['acme/summer@beta', '3.0.0-beta.1'],
    ['acme/summer@>=3.0.0-beta.0', '3.0.0-beta.1'],
  ])('%s is %s', (text, version) => expect(choose(text)).toEqual({ version, warning: null }))

  test('takes a deprecated version where nothing else fits, and says so', () => {
    expect(choose('acme/summer@2')).toEqual({
      version: '2.0.0',
      warning: 'acme/summer@2.0.0 is deprecated: use 1.x',
    })
    expect(choose('acme/summer@latest').version).toBe('2.0.0')
  })

  test.each(['acme/summer@1.10.0', 'acme/summer@broken'])(
    'refuses %s, which is yanked, with the reason',
    (text) => {
      expect(() => choose(text)).toThrow(
        expect.objectContaining({
          code: 'conflict',
          message: 'acme/summer@1.10.0 is yanked: loses the last number',
          hint: 'Use another version, such as acme/summer@1.9.0.',
        }),
      )
    },
  )

  test('runs a yanked version where it is installed already, with a warning', () => {
    expect(choose('acme/summer@1.10.0', '1.10.0')).toEqual({
      version: '1.10.0',
      warning: 'acme/summer@1.10.0 is yanked: loses the last number',
    })
  })

  test.each([
    'acme/summer@4',
    'acme/summer@1.10',
    'acme/summer@none',
    'acme/summer@constructor',
    'acme/summer@3.0.0',
  ])('says which versions there are where none is %s', (text) => {
    expect(() => choose(text)).toThrow(
      expect.objectContaining({
        code: 'not_found',
        hint: expect.stringMatching(/^Versions are 1\.0\.0, 1\.9\.0, 2\.0\.0, 3\.0\.0-beta\.1\./u),
      }),
    )
  })

  test('says which tags there are where the one asked for is none', () => {
    expect(() => choose('acme/summer@none')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Tags are latest') }),
    )
  })

  test('a prerelease alone is no latest version', () => {
    expect(latestVersion([listed('1.0.0-rc.1')])).toBeNull()
    expect(latestVersion([])).toBeNull()
  })

  test('never takes a yanked version for a range, whatever the versions are', () => {
    const one = fc.record({
      version: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.')),
      status: fc.constantFrom<VersionStatus>('active', 'deprecated', 'yanked'),
      reason: fc.constant(null),
    })
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ version }) => version }), (list) => {
        const usable = list.filter(({ status }) => status !== 'yanked')
        if (usable.length === 0) {
          expect(() => chooseVersion(parseReference('acme/summer'), { versions: list })).toThrow(
            ExectrailError,
          )
          return
        }
        const { version } = chooseVersion(parseReference('acme/summer'), { versions: list })
        const status = list.find((each) => each.version === version)?.status
        expect(status).toBe(usable.some((each) => each.status === 'active') ? 'active' : 'deprecated')
      }),
    )
  })
})
