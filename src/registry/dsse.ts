/** Signed envelopes: DSSE 1.0.0 (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md) with Ed25519. */
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { z } from 'zod'

const PAYLOAD_MAX = 8192
const SIGNATURES_MAX = 8

/** Both alphabets, as DSSE asks of verifiers. */
const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/u, 'base64')

export const envelopeSchema = z.strictObject({
  payloadType: z.string().min(1).max(200),
  payload: base64.max(PAYLOAD_MAX),
  signatures: z
    .array(z.strictObject({ keyid: z.string().max(128).optional(), sig: base64.max(128) }))
    .min(1, 'at least one signature')
    .max(SIGNATURES_MAX),
})

/** A payload with the signatures over it and its type. */
export type Envelope = z.infer<typeof envelopeSchema>

/** A key that signatures are verified with. */
export interface TrustedKey {
  keyId: string
  publicKey: KeyObject
}

/** What is signed: the payload with its type, each with its length before it. */
export function preAuthEncoding(payloadType: string, payload: Buffer): Buffer {
  const type = Buffer.from(payloadType)
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ])
}

/** The payload in an envelope with one signature. `privateKey` is an Ed25519 key. */
export function signEnvelope(payloadType: string, payload: Buffer, privateKey: KeyObject): Envelope {
  const sig = sign(null, preAuthEncoding(payloadType, payload), privateKey).toString('base64')
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(createPublicKey(privateKey)), sig }],
  }
}

/**
 * The id of the first key under which a signature of the envelope holds; null without one. `keyid` of a signature is
 * not authenticated and only says which key is tried first.
 */
export function findSigner(envelope: Envelope, keys: readonly TrustedKey[]): string | null {
  const signed = preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'))
  for (const { keyid, sig } of envelope.signatures) {
    const signature = Buffer.from(sig, 'base64')
    const ordered = [
      ...keys.filter(({ keyId }) => keyId === keyid),
      ...keys.filter(({ keyId }) => keyId !== keyid),
    ]
    const holds = ordered.find(({ publicKey }) => verify(null, signed, publicKey, signature))
    if (holds !== undefined) return holds.keyId
  }
  return null
}

/** The id of a key: SHA-256 of its SPKI form, in hex. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

const PEM_MAX = 1024

/** The Ed25519 public key that a PEM text holds; null where it holds none, a private one included. */
export function readPublicKey(pem: string): KeyObject | null {
  // `createPublicKey` would also derive one from a private key, which does not belong here.
  if (!pem.trimStart().startsWith('-----BEGIN PUBLIC KEY-----')) return null
  return readKey(pem, createPublicKey)
}

/** The Ed25519 private key that a PEM text holds; null where it holds none. */
export function readPrivateKey(pem: string): KeyObject | null {
  return readKey(pem, createPrivateKey)
}

function readKey(pem: string, read: (pem: string) => KeyObject): KeyObject | null {
  if (pem.length > PEM_MAX) return null
  try {
    const key = read(pem)
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}
