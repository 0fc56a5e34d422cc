/** JavaScript, TypeScript, Python and bash in E2B's cloud: each run in a microVM of its own. */
import { checkE2b } from './e2b/check.ts'
import { runCommand, upload, type CommandRun, type RunOutput } from './e2b/run-command.ts'
import { readFault, type ProviderFault } from './e2b/faults.ts'
import { makeTask, type Task } from './e2b/job.ts'
import { LeaseAbortedError, type Lease } from './e2b/sandbox-pool.ts'
import { readMetrics } from './e2b/metrics.ts'
import { Provider, type E2bOptions, type Parts } from './e2b/provider.ts'
import type { Sdk } from './e2b/sdk.ts'
import { isExectrailError, messageOf } from '../errors.ts'
import type { Allocated, Capabilities, Runtime, RuntimeExit, RuntimeIo, RuntimeRequest } from './runtime.ts'
import { parseFrames } from './sandbox/wire/guest-report.ts'
import { faultExit } from './exits.ts'
import { readExit } from './sandbox/read-exit.ts'
import { parseSupervisorReport } from './sandbox/wire/supervisor-report.ts'
import { prepareProgram } from './interpreter-program.ts'
import { refusedExit } from './transpile.ts'

export type { E2bOptions } from './e2b/provider.ts'

const ISOLATION = 'microvm'
const CAPABILITIES: Capabilities = {
  languages: ['javascript', 'typescript', 'python', 'bash'],
  isolation: ISOLATION,
  enforces: ['time', 'cpu', 'memory', 'pids', 'output', 'files'],
  streaming: true,
}

/** No sandbox was asked for. */
const NOTHING: Allocated = { vcpus: 0, memoryBytes: 0, held: { fromMs: 0, untilMs: 0 } }

/** Makes the runtime; nothing is loaded and no request is sent before the first `run` or `check`. */
export function e2b(options: E2bOptions): Runtime {
  const provider = new Provider(options)
  return {
    name: 'e2b',
    capabilities: CAPABILITIES,
    run: (request, io) => run(provider, request, io),
    check: () => checkE2b(provider, CAPABILITIES),
    close: () => provider.close(),
  }
}

async function run(provider: Provider, request: RuntimeRequest, io: RuntimeIo): Promise<RuntimeExit> {
  const program = await prepareProgram(request, io)
  if (!('code' in program.code)) return { ...refusedExit(program.code, ISOLATION), allocated: NOTHING }
  if (io.signal.aborted) return { ...endedExit(), allocated: NOTHING }
  let parts: Parts
  try {
    parts = await provider.open()
  } catch (error) {
    const hint = isExectrailError(error) && error.hint !== undefined ? `: ${error.hint}` : ''
    return faultExit('runtime_unavailable', `${messageOf(error)}${hint}`, ISOLATION)
  }
  const task = await makeTask(request, program, program.code.code)
  return runLeased({ parts, request, task, io }, 'any')
}

interface Job {
  parts: Parts
  request: RuntimeRequest
  task: Task
  io: RuntimeIo
}

/** Leases a sandbox and runs in it. */
async function runLeased(job: Job, only: 'fresh' | 'any'): Promise<RuntimeExit> {
  const { parts, request, task, io } = job
  let lease: Lease
  try {
    lease = await parts.pool.acquire(request, io.signal, only)
  } catch (error) {
    if (error instanceof LeaseAbortedError) return endedExit()
    return unable(readFault(parts.sdk, error, 'create'))
  }
  const whose = { sandboxId: lease.handle.sandbox.sandboxId, sandboxAgeMs: lease.ageMs }
  const command = await attempt(parts.sdk, lease, task, io)
  if ('fault' in command) {
    const allocated = await lease.release('discard')
    if (io.signal.aborted) return { ...endedExit(), ...whose, allocated }
    if (command.again) return runLeased(job, 'fresh')
    return { ...unable(command.fault), ...whose, allocated }
  }
  const exit = await conclude(job, lease, command)
  return { ...exit, ...whose }
}

/** Runs `task`; `again` where the sandbox had died while it waited and nothing can have run in it. */
async function attempt(
  sdk: Sdk,
  { handle, origin }: Lease,
  task: Task,
  io: RuntimeIo,
): Promise<CommandRun | { fault: ProviderFault; again: boolean }> {
  let uploaded = false
  try {
    await upload(handle.sandbox, task, io.signal)
    uploaded = true
    return await runCommand(handle.sandbox, task, io)
  } catch (error) {
    const fault = readFault(sdk, error, 'run')
    const dead = fault.sandbox === 'gone' || (fault.sandbox === 'silent' && !uploaded)
    return { fault, again: dead && origin !== 'fresh' }
  }
}

async function conclude(
  { parts, request, task, io }: Job,
  lease: Lease,
  command: CommandRun,
): Promise<RuntimeExit> {
  const { output } = command
  if (output.end !== null) {
    const clean = !io.signal.aborted && lease.reusable && (await command.cleanUp())
    command.disconnect()
    const allocated = await lease.release(clean ? 'reuse' : 'discard')
    return { ...readOutput(output, output.end, request, task), allocated }
  }
  const metrics = await readMetrics(lease.handle.sandbox, lease.leasedAtMs)
  const usage = { ...metrics, allocated: await lease.release('discard') }
  if (io.signal.aborted) return { ...endedExit(), ...usage }
  if (wasKilled(parts.sdk, command.error, output)) return { ...endedExit(), ...usage, signal: 'SIGKILL' }
  const fault = unable(readFault(parts.sdk, command.error, 'run'), output.noise)
  return { ...fault, ...usage }
}

/** The relay ended while the sandbox lives: only the program, or the kernel when memory ran out, can have done that. */
function wasKilled(sdk: Sdk, error: unknown, output: RunOutput): boolean {
  if (!(error instanceof sdk.CommandExitError)) return false
  return output.running || error.exitCode === -1 || error.exitCode === 137
}

/** From what the relay brought to what happened, read as the local runtimes read it. */
function readOutput(
  output: RunOutput,
  end: NonNullable<RunOutput['end']>,
  request: RuntimeRequest,
  task: Task,
): RuntimeExit {
  const mark = Buffer.from(`\n${task.nonce} `)
  const guest = Object.assign(parseFrames(output.result, mark), {
    tooLarge: output.resultTooLarge,
    lastAt: 0,
  })
  const supervisor = parseSupervisorReport(output.report)
  const killed =
    supervisor === null || (typeof supervisor === 'object' && supervisor.signal === 9 && !supervisor.killed)
  const slot = { status: 0, peakBytes: 0, oomKills: killed ? end.oomKills : 0, pidsRefused: 0, cpuUs: 0 }
  // Taking the interpreter down is not the program's time; where begin and result came as one, the end bounds it.
  const durationMs = guest.result === null || end.resultMs === 0 ? end.durationMs : end.resultMs
  return readExit(
    {
      guest,
      supervisor,
      slot,
      broke: null,
      launcherLost: false,
      aborted: false,
      durationMs,
      setupStderr: output.noise,
    },
    request,
    ISOLATION,
    { workDir: output.workDir, guestDir: task.guestDir },
  )
}

/** An exit for what the provider could not do; a limit of the sandbox is one, not a fault. */
function unable({ kind, message, limit }: ProviderFault, noise = ''): RuntimeExit {
  const words = noise === '' ? message : `${message}: ${noise}`
  if (limit === null) return faultExit(kind, words, ISOLATION)
  return { ...endedExit(), limit, uncaught: { name: 'E2B', message: words, stack: null } }
}

/** An exit for a run that was ended from outside before it could say anything. */
function endedExit(): RuntimeExit {
  return { ...faultExit('runtime_error', '', ISOLATION), fault: null }
}
