/** Readiness of a local runtime, in words for a person. */
import { messageOf } from '../../errors.ts'
import type { Limit } from '../../execution.ts'
import type { Readiness } from '../runtime.ts'
import { SandboxUnsupportedError } from '../sandbox/host-support.ts'
import { findGuest, type GuestName } from '../sandbox/guests.ts'
import type { SandboxHost } from '../sandbox/host.ts'
import { proveLimits } from './self-check.ts'

const GUESTS: Record<'subprocess' | 'vm2', readonly GuestName[]> = {
  subprocess: ['javascript', 'python', 'bash'],
  vm2: ['vm2'],
}

/** What is there, what truly holds, and what to do about the rest. */
export async function checkLocal(host: SandboxHost, runtime: 'subprocess' | 'vm2'): Promise<Readiness> {
  try {
    const { tools, isolation, enforces, missing, notes } = await host.support()
    const proven = await proveOnce(host, tools.bash)
    const unproven = proven === null ? [] : enforces.filter((limit) => !proven.includes(limit))
    const absent = GUESTS[runtime].flatMap((name) => {
      const guest = findGuest(name, tools, null)
      return 'missing' in guest ? [{ what: guest.missing, fix: guest.fix }] : []
    })
    const versions = [`node ${process.versions.node}`]
    if (runtime === 'subprocess' && tools.python !== null) versions.push(`python ${tools.python.version}`)
    if (isolation === 'namespace') versions.push(`bubblewrap ${tools.bwrapVersion ?? ''}`)
    return {
      ready: true,
      version: versions.join(', '),
      isolation,
      enforces: enforces.filter((limit) => !unproven.includes(limit)),
      missing: [...missing, ...absent],
      notes: [...notes, ...describeProof(proven, unproven)],
    }
  } catch (error) {
    const fix = error instanceof SandboxUnsupportedError ? error.fix : ''
    return {
      ready: false,
      version: null,
      isolation: 'none',
      enforces: [],
      missing: [{ what: messageOf(error), fix }],
      notes: [],
    }
  }
}

const proofs = new WeakMap<SandboxHost, Promise<Limit[]>>()

/** Once in a host's life: what held stays held. Null where bash, which the probes are written in, is absent. */
function proveOnce(host: SandboxHost, bash: string | null): Promise<Limit[] | null> {
  if (bash === null) return Promise.resolve(null)
  const proof = proofs.get(host) ?? proveLimits(host)
  proofs.set(host, proof)
  return proof
}

function describeProof(proven: readonly Limit[] | null, unproven: readonly Limit[]): string[] {
  if (proven === null) return ['the limits were not tried: the probes need bash']
  if (unproven.length === 0) return []
  return [`tried and found not to hold here: ${unproven.join(', ')}`]
}
