/** Readiness of a local runtime, in words for a person. */
import type { Readiness } from './runtime.ts'
import { NoFootingError } from './sandbox/footing.ts'
import { findGuest, type GuestName } from './sandbox/guests.ts'
import type { SandboxHost } from './sandbox/host.ts'

const GUESTS: Record<'subprocess' | 'vm2', readonly GuestName[]> = {
  subprocess: ['javascript', 'python', 'bash'],
  vm2: ['vm2'],
}

/** What is there, what truly holds, and what to do about the rest. */
export async function checkLocal(host: SandboxHost, runtime: 'subprocess' | 'vm2'): Promise<Readiness> {
  try {
    const { tools, isolation, enforces, missing, notes } = await host.footing()
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
      enforces,
      missing: [...missing, ...absent],
      notes,
    }
  } catch (error) {
    const fix = error instanceof NoFootingError ? error.fix : ''
    const what = error instanceof Error ? error.message : String(error)
    return {
      ready: false,
      version: null,
      isolation: 'none',
      enforces: [],
      missing: [{ what, fix }],
      notes: [],
    }
  }
}
