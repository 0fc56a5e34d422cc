/** Readiness of E2B, in words for a person: the SDK, the key, and whether the provider takes it. */
import { isExectrailError, messageOf } from '../../errors.ts'
import type { Capabilities, Readiness } from '../runtime.ts'
import { readFault } from './faults.ts'
import type { Parts, Provider } from './provider.ts'
import { GET_KEY, readSdkVersion } from './sdk.ts'

const REQUEST_MS = 10_000
const WEAKER = [
  'what the code prints passes through the provider, who may keep it in its own logs',
  'memory, processor time and processes are watched from inside the sandbox; its machine is the hard wall',
]

/** Asks the provider for one page of sandboxes and ends those that executors left that are gone. */
export async function checkE2b(provider: Provider, capabilities: Capabilities): Promise<Readiness> {
  const { isolation, enforces } = capabilities
  const answer = { version: null, isolation, enforces, notes: [] }
  let parts: Parts
  try {
    parts = await provider.open()
  } catch (error) {
    const fix = (isExectrailError(error) ? error.hint : undefined) ?? 'see docs/runtimes/e2b.md'
    return { ...answer, ready: false, missing: [{ what: messageOf(error), fix }] }
  }
  const { sdk, connection } = parts
  const version = await readSdkVersion()
  try {
    await sdk.Sandbox.list({ ...connection, requestTimeoutMs: REQUEST_MS, limit: 1 }).nextItems()
  } catch (error) {
    const what = readFault(sdk, error, 'create').message
    const fix =
      error instanceof sdk.AuthenticationError ? GET_KEY : 'see https://status.e2b.dev, then try again'
    return { ...answer, ready: false, version, missing: [{ what, fix }] }
  }
  const adopted = (await provider.adopt(parts)) ?? 0
  const notes =
    adopted === 0 ? WEAKER : [...WEAKER, `${adopted} sandboxes left by an executor that is gone were ended`]
  return { ...answer, ready: true, version, missing: [], notes }
}
