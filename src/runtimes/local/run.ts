/** One run on this host, from request to exit; what `subprocess`, `vm2` and `wasmedge` share. */
import { messageOf } from '../../errors.ts'
import type { Program } from '../interpreter-program.ts'
import type { RuntimeExit, RuntimeIo, RuntimeRequest } from '../runtime.ts'
import { SANDBOX_PATHS } from '../sandbox/confinement/bubblewrap.ts'
import { findGuest, type Guest } from '../sandbox/guests.ts'
import { SandboxUnsupportedError, type HostSupport } from '../sandbox/host-support.ts'
import type { SandboxHost } from '../sandbox/host.ts'
import type { LocalOptions } from '../sandbox/options.ts'
import { faultExit } from '../exits.ts'
import { readExit } from '../sandbox/read-exit.ts'
import { refusedExit } from '../transpile.ts'
import { makeJob } from './job.ts'

/** A program of a language whose guest is not built in; it comes with how to start one. */
export interface ForeignProgram extends Omit<Program, 'guest'> {
  guest: Guest
}

/** The sandboxes of a runtime, and whether it refuses to run without namespaces. */
export interface LocalRunner extends Pick<LocalOptions, 'requireIsolation'> {
  host: SandboxHost
}

/** Runs `program` under `host`. Resolves whatever happens. */
export async function runLocally(
  { host, requireIsolation }: LocalRunner,
  request: RuntimeRequest,
  program: Program | ForeignProgram,
  io: RuntimeIo,
): Promise<RuntimeExit> {
  if (!('code' in program.code)) return refusedExit(program.code, 'none')
  const support = await host.support().catch((error: unknown) => toFault(error))
  if (typeof support === 'string') return faultExit('runtime_unavailable', support, 'none')
  const { isolation, files, tools } = support
  const refusal = refuse(support, requireIsolation, request)
  if (refusal !== null) return faultExit('runtime_unavailable', refusal, isolation)
  const directory = isolation === 'namespace' ? null : files.directory
  const guest = typeof program.guest === 'string' ? findGuest(program.guest, tools, directory) : program.guest
  if ('missing' in guest) return faultExit('runtime_unavailable', `${guest.missing}: ${guest.fix}`, isolation)
  if (io.signal.aborted) return { ...faultExit('runtime_error', '', isolation), fault: null }
  try {
    const job = makeJob(request, { ...program, code: program.code.code })
    const run = await host.run(job, guest, request, io)
    const names = { workDir: `${run.directory}/work`, guestDir: directory ?? SANDBOX_PATHS.guest }
    return readExit(run.facts, request, isolation, names)
  } catch (error) {
    return faultExit('runtime_error', messageOf(error), isolation)
  }
}

function toFault(error: unknown): string {
  if (error instanceof SandboxUnsupportedError) return `${error.message}: ${error.fix}`
  return messageOf(error)
}

function refuse(
  support: HostSupport,
  requireIsolation: LocalOptions['requireIsolation'],
  request: RuntimeRequest,
): string | null {
  if (typeof request.network === 'object' && support.isolation === 'process')
    return 'a list of allowed hosts needs namespaces, which this host does not grant; use network "none" or "host"'
  if (!requireIsolation || support.isolation === 'namespace') return null
  const why = support.missing.map(({ what, fix }) => `${what}; ${fix}`).join('; ')
  return `isolation is required and this host does not grant it: ${why}`
}
