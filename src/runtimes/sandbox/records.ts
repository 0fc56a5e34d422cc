/** What is written to a sandbox: to the slot that starts it, and to its supervisor. */
import type { Bounds, Job } from './run-facts.ts'
import { encodeLaunch, type Launch } from './slots/control-record.ts'

/** How a sandbox is started; encoded once for all that are started alike. */
export interface SandboxStart {
  /** As the slot takes it. */
  launch: Uint8Array
  /** Limits of every process, as the supervisor takes them. */
  rlimits: Uint8Array
}

/** A start within `bounds`. */
export function encodeStart(launch: Launch, bounds: Bounds): SandboxStart {
  return {
    launch: encodeLaunch(launch, bounds),
    rlimits: Buffer.concat(bounds.rlimits.flatMap((limit) => toRecord('limit', limit.join(' ')))),
  }
}

/** A job as the supervisor takes it. */
export function encodeJob(job: Job): Uint8Array {
  return Buffer.concat([
    ...job.files.flatMap(({ path, content }) => toRecord('file', path, content)),
    ...job.watches.flatMap((watch) => toRecord('limit', watch.join(' '))),
    ...toRecord('job', '', Buffer.from(`${job.head}\n${job.input}`, 'utf8')),
  ])
}

const NOTHING = new Uint8Array()

function toRecord(verb: string, argument: string, body: Uint8Array = NOTHING): Uint8Array[] {
  return [Buffer.from(`${verb} ${body.length} ${argument}\n`), body]
}
