/** One run of a local runtime, from request to exit; what `subprocess` and `vm2` share. */
import { rm } from 'node:fs/promises'
import type { NetworkPolicy } from '../../execution.ts'
import type { RuntimeExit, RuntimeIo, RuntimeRequest } from '../runtime.ts'
import type { Job, RunFacts } from '../sandbox/sandbox.ts'
import { makeJob } from './job.ts'
import { findTemplate } from './template.ts'
import { SandboxUnsupportedError, type HostSupport } from '../sandbox/host-support.ts'
import { findGuest, type Guest } from '../sandbox/guests.ts'
import type { LocalOptions, LocalTemplate, SandboxHost } from '../sandbox/host.ts'
import { faultExit, readExit } from '../sandbox/read-exit.ts'
import { SANDBOX_PATHS, type SandboxNetwork } from '../sandbox/confinement/bubblewrap.ts'
import type { Program } from '../interpreter-program.ts'
import { openEgress } from '../sandbox/egress/egress.ts'
import { refusedExit } from '../transpile.ts'

/** For a run whose slot or launcher died before the program began. */
const ATTEMPTS = 3

/** A program of a language whose guest is not built in; it comes with how to start one. */
export interface ForeignProgram extends Omit<Program, 'guest'> {
  guest: Guest
}

/** Runs `program` under `host`. Resolves whatever happens. */
export async function runLocally(
  host: SandboxHost,
  options: LocalOptions,
  request: RuntimeRequest,
  program: Program | ForeignProgram,
  io: RuntimeIo,
): Promise<RuntimeExit> {
  if (!('code' in program.code)) return refusedExit(program.code, 'none')
  const support = await host.support().catch((error: unknown) => toFault(error))
  if (typeof support === 'string') return faultExit('runtime_unavailable', support, 'none')
  const refusal = refuse(support, options, request)
  if (refusal !== null) return faultExit('runtime_unavailable', refusal, support.isolation)
  const directory = support.isolation === 'namespace' ? null : support.files.directory
  const guest =
    typeof program.guest === 'string' ? findGuest(program.guest, support.tools, directory) : program.guest
  if ('missing' in guest)
    return faultExit('runtime_unavailable', `${guest.missing}: ${guest.fix}`, support.isolation)
  if (io.signal.aborted) return { ...faultExit('runtime_error', '', support.isolation), fault: null }
  const job = makeJob(request, { ...program, code: program.code.code }, support)
  try {
    await using network = await openNetwork(request.network)
    return await runJob(host, support, options, guest, { request, network: network.kind, job }, io)
  } catch (error) {
    return faultExit(
      'runtime_error',
      error instanceof Error ? error.message : String(error),
      support.isolation,
    )
  }
}

function toFault(error: unknown): string {
  if (error instanceof SandboxUnsupportedError) return `${error.message}: ${error.fix}`
  return error instanceof Error ? error.message : String(error)
}

function refuse(support: HostSupport, options: LocalOptions, request: RuntimeRequest): string | null {
  if (typeof request.network === 'object' && support.isolation === 'process')
    return 'a list of allowed hosts needs namespaces, which this host does not grant; use network "none" or "host"'
  if (!options.requireIsolation || support.isolation === 'namespace') return null
  const why = support.missing.map(({ what, fix }) => `${what}; ${fix}`).join('; ')
  return `isolation is required and this host does not grant it: ${why}`
}

/** The network of one run, open for as long as it lasts. */
async function openNetwork(policy: NetworkPolicy): Promise<{ kind: SandboxNetwork } & AsyncDisposable> {
  if (typeof policy === 'string') return { kind: policy, [Symbol.asyncDispose]: () => Promise.resolve() }
  const egress = await openEgress(policy.allow)
  return { kind: { egress: egress.socketPath }, [Symbol.asyncDispose]: () => egress[Symbol.asyncDispose]() }
}

async function runJob(
  host: SandboxHost,
  support: HostSupport,
  options: LocalOptions,
  guest: Guest,
  { request, network, job }: { request: RuntimeRequest; network: SandboxNetwork; job: Job },
  io: RuntimeIo,
): Promise<RuntimeExit> {
  const template = findTemplate(host, support, options, guest, request.limits, network)
  for (let attempt = 1; ; attempt += 1) {
    const { facts, directory } = await runOnce(host, support, template, job, io)
    // A slot or launcher that died before the program began: it may begin in another.
    const lost = facts.slot === null || facts.launcherLost
    if (attempt < ATTEMPTS && lost && !facts.guest.running && !facts.aborted) continue
    return readExit(facts, request, support.isolation, {
      workDir: `${directory}/work`,
      guestDir: support.isolation === 'namespace' ? SANDBOX_PATHS.guest : support.files.directory,
    })
  }
}

async function runOnce(
  host: SandboxHost,
  support: HostSupport,
  template: LocalTemplate,
  job: Job,
  io: RuntimeIo,
): Promise<{ facts: RunFacts; directory: string }> {
  const started = await host.pool.take(template)
  try {
    return { facts: await started.sandbox.run(job, io), directory: started.directory }
  } finally {
    host.giveBack(started.sandbox.slot, template.forkServer)
    host.pool.release()
    if (support.isolation === 'process') await rm(started.directory, { recursive: true, force: true })
  }
}
