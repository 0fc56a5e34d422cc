/** What a sandbox is given and what is observed of its run. */
import type { BrokenLimit, SlotReport } from './slots/slot.ts'
import type { GuestReport } from './wire/guest-report.ts'
import type { SupervisorReport } from './wire/supervisor-report.ts'

type Named = readonly (readonly [string, number])[]

/** What holds a sandbox from its first step on. */
export interface Bounds {
  /** Limits of every process, by the names of setrlimit. */
  rlimits: Named
  /** Of the whole tree. */
  memoryBytes: number | null
  pids: number | null
}

/** What the sandbox does, in the order it takes it. */
export interface Job {
  nonce: string
  /** What the supervisor has to look after itself while the program runs. */
  watches: Named
  files: readonly { path: string; content: Uint8Array }[]
  /** First line for the guest program, then the input. */
  head: string
  input: string
  cpuMs: number | null
}

/** Everything observed about one run. */
export interface RunFacts {
  guest: GuestReport
  supervisor: SupervisorReport | string | null
  slot: SlotReport | null
  broke: BrokenLimit | null
  /** The launcher died, so the run was ended. */
  launcherLost: boolean
  /** The executor asked for the end. */
  aborted: boolean
  /** From the program's first instruction to the end of its interpreter, exit handlers and all. */
  durationMs: number
  /** What was on stderr when no interpreter came up: the words of bubblewrap or of the interpreter. */
  setupStderr: string
}
