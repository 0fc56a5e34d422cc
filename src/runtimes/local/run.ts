/** One run of a local runtime, from request to exit; what `subprocess` and `vm2` share. */
import { rm } from 'node:fs/promises'
import type { NetworkPolicy } from '../../execution.ts'
import type { RuntimeExit, RuntimeIo, RuntimeRequest } from '../runtime.ts'
import type { Job, RunFacts } from '../sandbox/sandbox.ts'
import { makeJob } from './job.ts'
import { findRecipe } from './template.ts'
import { NoFootingError, type Footing } from '../sandbox/host-support.ts'
import { findGuest, type Guest } from '../sandbox/guests.ts'
import type { LocalOptions, LocalRecipe, SandboxHost } from '../sandbox/host.ts'
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
  const footing = await host.footing().catch((error: unknown) => toFault(error))
  if (typeof footing === 'string') return faultExit('runtime_unavailable', footing, 'none')
  const refusal = refuse(footing, options, request)
  if (refusal !== null) return faultExit('runtime_unavailable', refusal, footing.isolation)
  const directory = footing.isolation === 'namespace' ? null : footing.files.directory
  const guest =
    typeof program.guest === 'string' ? findGuest(program.guest, footing.tools, directory) : program.guest
  if ('missing' in guest)
    return faultExit('runtime_unavailable', `${guest.missing}: ${guest.fix}`, footing.isolation)
  if (io.signal.aborted) return { ...faultExit('runtime_error', '', footing.isolation), fault: null }
  const job = makeJob(request, { ...program, code: program.code.code }, footing)
  try {
    await using network = await openNetwork(request.network)
    return await runJob(host, footing, options, guest, { request, network: network.kind, job }, io)
  } catch (error) {
    return faultExit(
      'runtime_error',
      error instanceof Error ? error.message : String(error),
      footing.isolation,
    )
  }
}

function toFault(error: unknown): string {
  if (error instanceof NoFootingError) return `${error.message}: ${error.fix}`
  return error instanceof Error ? error.message : String(error)
}

function refuse(footing: Footing, options: LocalOptions, request: RuntimeRequest): string | null {
  if (typeof request.network === 'object' && footing.isolation === 'process')
    return 'a list of allowed hosts needs namespaces, which this host does not grant; use network "none" or "host"'
  if (!options.requireIsolation || footing.isolation === 'namespace') return null
  const why = footing.missing.map(({ what, fix }) => `${what}; ${fix}`).join('; ')
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
  footing: Footing,
  options: LocalOptions,
  guest: Guest,
  { request, network, job }: { request: RuntimeRequest; network: SandboxNetwork; job: Job },
  io: RuntimeIo,
): Promise<RuntimeExit> {
  const recipe = findRecipe(host, footing, options, guest, request.limits, network)
  for (let attempt = 1; ; attempt += 1) {
    const { facts, directory } = await runOnce(host, footing, recipe, job, io)
    // A slot or launcher that died before the program began: it may begin in another.
    const lost = facts.slot === null || facts.forsaken
    if (attempt < ATTEMPTS && lost && !facts.guest.running && !facts.aborted) continue
    return readExit(facts, request, footing.isolation, {
      workDir: `${directory}/work`,
      guestDir: footing.isolation === 'namespace' ? SANDBOX_PATHS.guest : footing.files.directory,
    })
  }
}

async function runOnce(
  host: SandboxHost,
  footing: Footing,
  recipe: LocalRecipe,
  job: Job,
  io: RuntimeIo,
): Promise<{ facts: RunFacts; directory: string }> {
  const started = await host.pool.take(recipe)
  try {
    return { facts: await started.sandbox.run(job, io), directory: started.directory }
  } finally {
    host.giveBack(started.sandbox.slot, recipe.forker)
    host.pool.release()
    if (footing.isolation === 'process') await rm(started.directory, { recursive: true, force: true })
  }
}
