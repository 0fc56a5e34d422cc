/**
 * Signs a version in the browser, as src/registry/signature.ts does on the command line: DSSE 1.0.0 with Ed25519. The key
 * file is read here and never sent.
 */
import type { PublishInput } from '../../../client/index.ts'
import { canonicalJson } from '../../../registry/canonical-json.ts'

const PAYLOAD_TYPE = 'application/vnd.exectrail.agent+json'
const KEY_FILE_MAX = 1024
/** What stands before the 32 bytes of an Ed25519 public key in its SPKI form (RFC 8410). */
const SPKI_PREFIX = Uint8Array.from([48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0])

export interface BrowserKey {
  /** SHA-256 of the public key, hex. */
  keyId: string
  privateKey: CryptoKey
}

type Definition = PublishInput['definition']
type Bytes = Uint8Array<ArrayBuffer>

/** Why this browser cannot sign; null: it can. */
export function whyNoSigning(): string | null {
  return window.isSecureContext
    ? null
    : 'Browsers sign only on pages that come over https or from this machine; this one does not'
}

/**
 * The private key that a file holds, as `exectrail agent keys new` writes it.
 * @throws {Error} that says what the file is not, or what the browser cannot do
 */
export async function readKeyFile(file: Blob): Promise<BrowserKey> {
  const text = file.size > KEY_FILE_MAX ? '' : await file.text()
  const base64 = /-----BEGIN PRIVATE KEY-----(?<key>[A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/u.exec(text)
  const der = fromBase64(base64?.groups?.['key'] ?? '')
  if (der === null)
    throw new Error('It is no private key in PEM. Choose the file that exectrail agent keys new wrote')
  const privateKey = await importKey(der)
  const { x } = await crypto.subtle.exportKey('jwk', privateKey)
  const publicBytes = fromBase64((x ?? '').replaceAll('-', '+').replaceAll('_', '/'))
  if (publicBytes === null) throw new Error('The browser does not show the public part of the key')
  return { privateKey, keyId: await sha256(Uint8Array.from([...SPKI_PREFIX, ...publicBytes])) }
}

async function importKey(der: Bytes): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey('pkcs8', der, 'Ed25519', true, ['sign'])
  } catch (error) {
    throw new Error('It is no Ed25519 key, or this browser cannot use one', { cause: error })
  }
}

/** The DSSE envelope over name, version and hash of what is published. */
export async function signDefinition(
  definition: Definition,
  { keyId, privateKey }: BrowserKey,
): Promise<NonNullable<PublishInput['signature']>> {
  const { name, version } = definition
  const sha256Hex = await sha256(toBytes(canonicalJson(definition)))
  const payload = toBytes(canonicalJson({ name, version, sha256: sha256Hex }))
  const signature = await crypto.subtle.sign('Ed25519', privateKey, preAuthEncoding(payload))
  return {
    payloadType: PAYLOAD_TYPE,
    payload: toBase64(payload),
    signatures: [{ keyid: keyId, sig: toBase64(new Uint8Array(signature)) }],
  }
}

function preAuthEncoding(payload: Bytes): Bytes {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `
  return Uint8Array.from([...toBytes(head), ...payload])
}

async function sha256(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function toBytes(text: string): Bytes {
  return new TextEncoder().encode(text)
}

function toBase64(bytes: Bytes): string {
  return btoa(String.fromCodePoint(...bytes))
}

/** Null for a text that is no base64, or empty. */
function fromBase64(text: string): Bytes | null {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.codePointAt(0) ?? 0)
    return bytes.length === 0 ? null : bytes
  } catch {
    return null
  }
}
