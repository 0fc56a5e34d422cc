/** What happened, in the words of the seam. */
import type { Isolation } from '../../execution.ts'
import { EMPTY_EXIT } from '../exits.ts'
import type { RuntimeExit, RuntimeFault } from '../runtime.ts'
import type { JobExecution } from './api.ts'
import type { GuestReport } from './guest-report.ts'
import type { Engine } from './engines.ts'
import type { JobProgress } from './progress.ts'

/** All that is known of a job at its end. */
export interface JobFacts {
  jobId: string
  engine: Engine
  report: GuestReport
  progress: JobProgress
  /** The first try; null where none was made, or where the guest said all. */
  execution: JobExecution | null
  /** The runtime ended it on request. */
  aborted: boolean
  fault: RuntimeFault | null
}

const ISOLATIONS: Record<Engine, Isolation> = { wasm: 'wasm', docker: 'container' }
/** What the kernel leaves of a container that took too much memory. */
const KILLED = 137
/** The node's code for a module that simply returned. */
const RETURNED = -1

/** An exit that says only that the runtime failed, or (`null`) that nothing happened. */
export function faultExit(kind: RuntimeFault['kind'], message: string | null): RuntimeExit {
  return { ...EMPTY_EXIT, isolation: 'wasm', fault: message === null ? null : { kind, message } }
}

export function readExit(facts: JobFacts): RuntimeExit {
  const { report, progress, jobId, engine } = facts
  const common = {
    ...faultExit('runtime_error', null),
    isolation: ISOLATIONS[engine],
    sandboxId: jobId,
    queueMs: between(progress.submittedAtMs, progress.runningAtMs),
  }
  const fault = facts.fault ?? (report.trouble === null ? null : broken(report.trouble))
  if (report.end !== null) {
    const { exitCode, syntax, error, limit, durationMs } = report.end
    return {
      ...common,
      fault,
      exitCode,
      limit,
      durationMs: report.begun ? durationMs : null,
      syntaxError: syntax,
      uncaught: error,
      result: fault === null && exitCode === 0 ? report.result() : null,
      files: report.files(),
    }
  }
  if (fault !== null || facts.aborted) return { ...common, fault }
  return { ...common, ...readSilentEnd(facts) }
}

/** The guest sent no last frame: the exit is that of whatever ended it. */
function readSilentEnd({ execution, progress, engine }: JobFacts): Partial<RuntimeExit> {
  if (execution === null)
    return {
      fault: { kind: 'runtime_unavailable', message: progress.reason ?? 'the job was given to no node' },
    }
  if (execution.failed) {
    const trap = /^wasm error: (?<what>.*)/u.exec(execution.message)?.groups?.['what']
    if (trap === undefined) return { fault: broken(execution.message) }
    return { exitCode: 1, uncaught: { name: 'WebAssemblyTrap', message: trap, stack: null } }
  }
  const { exitCode } = execution
  if (engine === 'docker' && exitCode === KILLED) return { exitCode, limit: 'memory' }
  // A guest of ours says so before it returns.
  if (engine === 'wasm' && (exitCode === null || exitCode === RETURNED || exitCode === 0))
    return { fault: broken('the node ended the program without telling what became of it') }
  return { exitCode }
}

function broken(message: string): RuntimeFault {
  return { kind: 'runtime_error', message }
}

function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from)
}
