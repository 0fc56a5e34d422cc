import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { preAuthEncoding } from '../../src/registry/dsse.ts'
import {
  createSigningKey,
  publicPartOf,
  readSigningKey,
  requireSignature,
  signVersion,
  verifyVersion,
} from '../../src/registry/signature.ts'

/** From https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#test-vectors; the numbers in base64url. */
const PUBLISHED = {
  payloadType: 'http://example.com/HelloWorld',
  payload: 'aGVsbG8gd29ybGQ=',
  sig: 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
}

const SIGNED = { name: 'acme/summer', version: '1.2.0', sha256: 'a'.repeat(64) }
const key = createSigningKey()
const other = createSigningKey()

describe('the encoding that is signed', () => {
  test("is that of DSSE's published test vector, whose signature holds over it", () => {
    const encoded = preAuthEncoding(PUBLISHED.payloadType, Buffer.from(PUBLISHED.payload, 'base64'))
    expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
    const coordinate = (number: bigint) =>
      Buffer.from(number.toString(16).padStart(64, '0'), 'hex').toString('base64url')
    const [x, y] = [coordinate(PUBLISHED.x), coordinate(PUBLISHED.y)]
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    const signature = Buffer.from(PUBLISHED.sig, 'base64')
    expect(verify('sha256', encoded, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
  })

  test('counts bytes, so that no type and payload read as another type and payload', () => {
    expect(preAuthEncoding('é', Buffer.from('x')).toString()).toBe('DSSEv1 2 é 1 x')
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (typeA, a, typeB, b) => {
        const same = preAuthEncoding(typeA, Buffer.from(a)).equals(preAuthEncoding(typeB, Buffer.from(b)))
        expect(same).toBe(typeA === typeB && a === b)
      }),
    )
  })
})

describe('the signature of a version', () => {
  const envelope = signVersion(SIGNED, key.privateKey)

  test('holds for what was signed, under the key that signed', () => {
    expect(envelope.payloadType).toBe('application/vnd.exectrail.agent+json')
    expect(JSON.parse(Buffer.from(envelope.payload, 'base64').toString())).toEqual(SIGNED)
    expect(verifyVersion(envelope, SIGNED, [other, key])).toEqual({ keyId: key.keyId })
  })

  test('holds in the URL-safe alphabet, and without or with a wrong keyid', () => {
    const [{ sig }] = envelope.signatures as [{ sig: string }]
    for (const keyid of [undefined, other.keyId, 'none']) {
      const signatures = [{ sig: Buffer.from(sig, 'base64').toString('base64url'), ...(keyid && { keyid }) }]
      expect(verifyVersion({ ...envelope, signatures }, SIGNED, [other, key])).toEqual({ keyId: key.keyId })
    }
  })

  test.each([
    ['another name', { ...SIGNED, name: 'evil/summer' }, /another version/],
    ['another version', { ...SIGNED, version: '1.2.1' }, /another version/],
    ['another definition', { ...SIGNED, sha256: 'b'.repeat(64) }, /hash differs/],
  ])('does not hold for %s', (_, signed, issue) => {
    expect(verifyVersion(envelope, signed, [key])).toEqual({ issue: expect.stringMatching(issue) })
  })

  test('does not hold under other keys, nor without any', () => {
    expect(verifyVersion(envelope, SIGNED, [other])).toEqual({
      issue: expect.stringMatching(/no registered key/),
    })
    expect(verifyVersion(envelope, SIGNED, [])).toHaveProperty('issue')
    expect(verifyVersion(envelope, SIGNED, [{ keyId: key.keyId, publicKey: 'none' }])).toHaveProperty('issue')
  })

  test('does not hold when any byte of it changes', () => {
    const bytes = Buffer.from(envelope.payload, 'base64')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ flip
        expect(
          verifyVersion({ ...envelope, payload: changed.toString('base64') }, SIGNED, [key]),
        ).toHaveProperty('issue')
      }),
    )
  })

  test('a signature of another payload type is none', () => {
    expect(verifyVersion({ ...envelope, payloadType: 'text/plain' }, SIGNED, [key])).toHaveProperty('issue')
  })

  test('whatever is given for an envelope, the answer is an issue', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(verifyVersion(value, SIGNED, [key])).toHaveProperty('issue')
      }),
    )
  })
})

describe('a key', () => {
  test('is read back from its PEM text', () => {
    expect(readSigningKey(key.publicKey, 'publicKey')).toEqual({ keyId: key.keyId, publicKey: key.publicKey })
    expect(publicPartOf(key.privateKey)).toEqual({ keyId: key.keyId, publicKey: key.publicKey })
    expect(createPrivateKey(key.privateKey).asymmetricKeyType).toBe('ed25519')
  })

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
  test.each([
    ['a private key', key.privateKey],
    ['an RSA key', rsa.export({ type: 'spki', format: 'pem' }).toString()],
    ['nothing', ''],
    ['a text of megabytes', `${key.publicKey}${' '.repeat(5_000_000)}`],
  ])('is not read from %s', (_, pem) => {
    expect(() => readSigningKey(pem, 'publicKey')).toThrow(
      expect.objectContaining({
        issues: [{ path: 'publicKey', message: expect.stringContaining('Ed25519') }],
      }),
    )
  })

  test('signs only when it is private', () => {
    expect(() => signVersion(SIGNED, key.publicKey)).toThrow(/Ed25519 private key/)
  })
})

test('where signatures are required, a version without one is refused with what to do', () => {
  requireSignature('acme/summer@1.2.0', { keyId: key.keyId })
  for (const verified of [null, { issue: 'no registered key of its publisher made the signature' }])
    expect(() => requireSignature('acme/summer@1.2.0', verified)).toThrow(
      expect.objectContaining({
        code: 'forbidden',
        hint: expect.stringContaining('EXECTRAIL_REQUIRE_SIGNED'),
      }),
    )
})
