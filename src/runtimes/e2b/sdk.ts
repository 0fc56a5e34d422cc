/** E2B's own SDK, loaded at the first need; exectrail works without it. */
import { readFile } from 'node:fs/promises'
import { RuntimeUnavailableError, messageOf } from '../../errors.ts'

export type Sdk = Omit<typeof import('e2b'), 'default'>
const importSdk = (): Promise<Sdk> => import('e2b')

/** Where E2B is; what is absent the SDK takes from its own variables (`E2B_DOMAIN`, `E2B_API_URL`, …). */
export interface Connection {
  domain?: string
  apiUrl?: string
  sandboxUrl?: string
  /** HTTP proxy for everything said to E2B. */
  proxy?: string
  /** ms one request may take. @default 60000 */
  requestTimeoutMs?: number
}

/** The command that gets the SDK this was written for. */
const INSTALL_SDK = 'npm install --save-exact e2b@2.51.0'
export const GET_KEY =
  'set E2B_API_KEY to a key from https://e2b.dev/dashboard?tab=keys, or use another runtime'

/**
 * Loads the SDK.
 * @throws {RuntimeUnavailableError} with the command that installs it
 */
export async function loadSdk(load: () => Promise<Sdk> = importSdk): Promise<Sdk> {
  try {
    return await load()
  } catch (error) {
    throw new RuntimeUnavailableError(`the E2B SDK cannot be loaded: ${messageOf(error)}`, {
      hint: INSTALL_SDK,
      cause: error,
    })
  }
}

/** Version of the SDK as its package names it. */
export async function readSdkVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.resolve('e2b')), 'utf8')
  const manifest: unknown = JSON.parse(text)
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : ''
  return `e2b ${String(version)}`
}
