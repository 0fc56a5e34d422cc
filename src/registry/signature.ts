/** The signature of a version: by whom it was published, and that it is unchanged since. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import { validate } from '../validation.ts'
import { canonicalJson } from './canonical-json.ts'
import {
  envelopeSchema,
  findSigner,
  keyIdOf,
  readPrivateKey,
  readPublicKey,
  signEnvelope,
  type Envelope,
} from './dsse.ts'

export const AGENT_PAYLOAD_TYPE = 'application/vnd.exectrail.agent+json'

/** What a signature is about. */
export interface SignedVersion {
  /** `namespace/name` */
  name: string
  version: string
  /** `sha256Of` its definition. */
  sha256: string
}

const signedVersion = z.strictObject({ name: z.string(), version: z.string(), sha256: z.string() })

/** Public keys of one organization, at most. */
export const SIGNING_KEYS_MAX = 20

/** A public key as an organization registers it. */
export interface PublicSigningKey {
  keyId: string
  /** PEM, SPKI. */
  publicKey: string
}

/** A new pair: the public part is registered, the private one stays with who publishes. Both are PEM. */
export interface SigningKeyPair extends PublicSigningKey {
  privateKey: string
}

export function createSigningKey(): SigningKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    keyId: keyIdOf(publicKey),
    publicKey: spkiPem(publicKey),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function spkiPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

/**
 * The public key that a PEM text holds, in the one form it is stored in.
 * @throws {InvalidRequestError} when it holds no Ed25519 public key, or a private one
 */
export function readSigningKey(pem: string, path: string): PublicSigningKey {
  const key = readPublicKey(pem)
  if (key !== null) return { keyId: keyIdOf(key), publicKey: spkiPem(key) }
  throw new InvalidRequestError(
    [{ path, message: 'a PEM text of an Ed25519 public key' }],
    'exectrail agent keys new makes a key and shows its public part. A private key never leaves your machine.',
  )
}

/**
 * Signs a version.
 * @param privateKey PEM, PKCS #8
 * @throws {InvalidRequestError} when it is no Ed25519 private key
 */
export function signVersion({ name, version, sha256 }: SignedVersion, privateKey: string): Envelope {
  const key = readPrivateKey(privateKey)
  if (key === null)
    throw new InvalidRequestError(
      [{ path: 'key', message: 'a PEM text of an Ed25519 private key' }],
      'exectrail agent keys new makes one.',
    )
  return signEnvelope(AGENT_PAYLOAD_TYPE, Buffer.from(canonicalJson({ name, version, sha256 })), key)
}

/** The public part of a private key. @throws {InvalidRequestError} when it is no Ed25519 private key */
export function publicPartOf(privateKey: string): PublicSigningKey {
  const key = readPrivateKey(privateKey)
  return readSigningKey(key === null ? '' : spkiPem(createPublicKey(key)), 'key')
}

export type Verified = { keyId: string } | { issue: string }

/** By which of the keys the envelope signs exactly this version, or why it does not. Never throws. */
export function verifyVersion(
  envelope: unknown,
  signed: SignedVersion,
  keys: readonly PublicSigningKey[],
): Verified {
  const read = validate(envelopeSchema, envelope)
  if (!read.ok) return { issue: `it is no DSSE envelope: ${read.issues[0]?.path} ${read.issues[0]?.message}` }
  if (read.value.payloadType !== AGENT_PAYLOAD_TYPE)
    return { issue: `its payload type is not ${AGENT_PAYLOAD_TYPE}` }
  const trusted = keys.slice(0, SIGNING_KEYS_MAX).flatMap(({ keyId, publicKey }) => {
    const key = readPublicKey(publicKey)
    return key === null ? [] : [{ keyId, publicKey: key }]
  })
  const keyId = findSigner(read.value, trusted)
  if (keyId === null) return { issue: 'no registered key of its publisher made the signature' }
  const unlike = differenceOf(payloadOf(read.value), signed)
  return unlike === null ? { keyId } : { issue: unlike }
}

function payloadOf({ payload }: Envelope): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8'))
  } catch {
    return null
  }
}

function differenceOf(payload: unknown, signed: SignedVersion): string | null {
  const read = signedVersion.safeParse(payload)
  if (!read.success) return 'its payload does not name a version'
  if (read.data.name !== signed.name || read.data.version !== signed.version)
    return `it signs another version than ${signed.name}@${signed.version}`
  return read.data.sha256 === signed.sha256
    ? null
    : 'the version is not the one that was signed: its hash differs'
}

/**
 * Refuses a version without a valid signature where the installation requires one.
 * @throws {ExectrailError} `forbidden`
 */
export function requireSignature(reference: string, verified: Verified | null): void {
  if (verified !== null && 'keyId' in verified) return
  const why = verified === null ? 'it has no signature' : verified.issue
  throw new ExectrailError('forbidden', `${reference} is refused: ${why}`, {
    hint: 'EXECTRAIL_REQUIRE_SIGNED is set: ask its publisher for a signed version (exectrail agent publish --sign).',
  })
}
