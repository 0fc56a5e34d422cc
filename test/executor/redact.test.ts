import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { ConfigError } from '../../src/errors.ts'
import { applyContentPolicy, createRedactor } from '../../src/executor/redact.ts'
import { exitWith, toyExecutor, toyRuntime } from '../support/toy-executor.ts'
import { startProcessorTime } from '../support/processor-time.ts'

const everything = loadConfig({}).content

describe('redaction', () => {
  it('masks the values of the environment and well-known tokens wherever they are recorded, and not in the answer', async () => {
    const secret = 'hunter"2\\long'
    const token = `ghp_${'a'.repeat(36)}`
    const runtime = toyRuntime(async (_request, io) => {
      io.onRunning()
      await io.onOutput({ stream: 'stdout', bytes: Buffer.from(`password ${secret} and ${token}`) })
      return exitWith({
        result: JSON.stringify({ secret }),
        exitCode: 1,
        uncaught: { name: 'Error', message: `bad ${secret}`, stack: `at ${token}` },
      })
    })
    const { execute, started, completed } = toyExecutor(runtime)
    const answer = await execute({
      code: `use("${token}")`,
      env: { SECRET: secret, SHORT: 'abc' },
      input: { secret },
    })
    expect(answer.stdout).toContain(secret)
    expect(started[0]?.code).toBe('use("[masked]")')
    expect(completed[0]).toMatchObject({
      stdout: 'password [masked] and [masked]',
      result: '{"secret":"[masked]"}',
      input: '{"secret":"[masked]"}',
      errorMessage: 'Error: bad [masked]',
      errorStack: 'at [masked]',
    })
  })

  it('masks a secret that came in pieces, and what is left of one that was cut through', async () => {
    const secret = 'correct-horse-battery-staple'
    const runtime = toyRuntime(async (_request, io) => {
      io.onRunning()
      for (const letter of `in pieces ${secret} `) {
        await io.onOutput({ stream: 'stdout', bytes: Buffer.from(letter) })
      }
      const long = `${'x'.repeat(100)} ${secret}`
      await io.onOutput({ stream: 'stderr', bytes: Buffer.from(`${long.slice(0, -10)}${secret.slice(-10)}`) })
      await io.onOutput({ stream: 'stderr', bytes: Buffer.from('y'.repeat(1000)) })
      await io.onOutput({ stream: 'stderr', bytes: Buffer.from(`${secret} ${'z'.repeat(20)}`) })
      return exitWith()
    })
    const { execute, completed } = toyExecutor(runtime)
    // 120 of 160 bytes are the head, which ends 19 bytes into the secret; the tail begins 9 bytes into it.
    await execute({ env: { SECRET: secret }, limits: { outputBytes: 160 } })
    const [record] = completed
    expect(record?.stdout).toBe('in pieces [masked] ')
    expect(record?.stderr).toMatch(/^x{100} \[masked\]\n… \d+ bytes left out …\n\[masked\] z{20}$/u)
  })

  it.each([
    ['an AWS key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N'],
    ['an API key', `sk-${'x'.repeat(32)}`],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----'],
  ])('knows %s by its shape', (_what, token) => {
    expect(createRedactor({})(`before ${token} after`)).toBe('before [masked] after')
  })

  it('knows a token that touches a masked value', () => {
    const redact = createRedactor({ PREFIX: 'aaaaaaaa', SUFFIX: 'bbbbbbbb' })
    const token = 'AKIAIOSFODNN7EXAMPLE'
    expect(redact(`aaaaaaaask-${'x'.repeat(32)} after`)).toBe('[masked][masked] after')
    expect(redact(`${token}bbbbbbbb, aaaaaaaa${token}bbbbbbbb`)).toBe(
      '[masked][masked], [masked][masked][masked]',
    )
  })

  it('masks the password of a URL and the token of a header, and leaves the rest', () => {
    const redact = createRedactor({})
    expect(redact('postgres://me:s3cret@db/x')).toBe('postgres://me:[masked]@db/x')
    expect(redact('Authorization: Bearer abcdefghijklmnopqrstuvwxyz')).toBe('Authorization: Bearer [masked]')
    expect(redact('plain text with sk-short and a:b@c')).toBe('plain text with sk-short and a:b@c')
  })

  it('drops content that is switched off and keeps its size and hash', async () => {
    const { execute, completed } = toyExecutor(toyRuntime(() => Promise.resolve(exitWith({ result: '1' }))))
    await execute({ code: 'x' })
    const [record] = completed
    if (record === undefined) throw new Error('no record')
    const kept = applyContentPolicy(record, { ...everything, keep: ['stderr'] }, (text) => text)
    expect(kept).toMatchObject({
      code: null,
      input: null,
      stdout: '',
      result: null,
      codeBytes: 1,
      codeSha256: record.codeSha256,
    })
  })

  it('masks what real cuts left among any number of false ones, without minutes of looking', () => {
    const secrets = Array.from(
      { length: 500 },
      (_, index) => `aaaaaaaaaaaaaaaaaaaaaaaa${index}-${'b'.repeat(80)}`,
    )
    const redact = createRedactor(Object.fromEntries(secrets.map((secret, index) => [`K${index}`, secret])))
    const cut = '\n… 12 bytes left out …\n'
    const processorMs = startProcessorTime()
    const masked = redact(
      `head ${secrets[7]?.slice(0, 60)}${cut}${cut.repeat(8000)}${cut}${'b'.repeat(50)} tail`,
    )
    expect(processorMs()).toBeLessThan(2000)
    expect(masked.startsWith(`head [masked]${cut}`)).toBe(true)
    expect(masked.endsWith(`${cut}[masked] tail`)).toBe(true)
  })

  it('is on unless switched off by name', () => {
    expect(loadConfig({ EXECTRAIL_MASK_SECRETS: '' }).content.mask).toContain('stdout')
    expect(loadConfig({ EXECTRAIL_MASK_SECRETS: 'none' }).content.mask).toEqual([])
    expect(() => loadConfig({ EXECTRAIL_RECORD_CONTENT: 'code,everything' })).toThrow(ConfigError)
  })
})
