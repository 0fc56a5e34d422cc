/** Starts `recorder-child.ts` or `executor-child.ts`, a real executor process, and reads what it says it began. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { waitFor } from '../support/wait.ts'

/** What a recorder does; see `recorder-child.ts`. */
export interface Recording {
  /** Executions a second; 0: as fast as it goes. */
  rate: number
  /** Ends recording, not the process; 0: without end. */
  count: number
  stdoutBytes: number
  /** Blocks the event loop once. */
  block: { afterMs: number; forMs: number } | null
  /** Steps the wall clock, each by so much from where it is. */
  clock: readonly { afterMs: number; byMs: number }[]
  /** Put into the record, and into a log record of the host program, in the middle of `count`. */
  poison: string | null
  /** See `TrailOptions`; null: as usual. */
  silenceMs: number | null
  /** How long SIGTERM lets it drain. */
  drainMs: number
  /** Of an executor: where its blobs go, with programs that print what no record holds whole. */
  blobs: Record<string, string> | null
}

export interface KeptBlob {
  executionId: string
  sha256: string
  /** ISO 8601 UTC */
  startedAt: string
}

/** Ids by what was said of them: `announced` before it was begun. */
export interface Said {
  announced: Set<string>
  begun: Set<string>
  completed: Set<string>
  /** Whole content that a record names. */
  kept: KeptBlob[]
  /** Bytes left in the outbox when it ended by SIGTERM; null where it did not. */
  left: number | null
  /** `status()` of the trail at its end. */
  status: Record<string, unknown> | null
}

export interface Recorder {
  readonly pid: number
  readonly isAlive: boolean
  said(): Said
  /** Resolves when it has begun so many. */
  begun(count: number): Promise<void>
  /** Resolves when all it should has been recorded. */
  done(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Resolves when it is gone. */
  end(signal: NodeJS.Signals): Promise<Said>
}

const USUAL: Recording = {
  rate: 500,
  count: 0,
  stdoutBytes: 200,
  block: null,
  clock: [],
  poison: null,
  silenceMs: null,
  drainMs: 90_000,
  blobs: null,
}

export interface RecorderPlace {
  /** Where it says what it does; its home may have no room for that. */
  directory: string
  home: string
  url: string | null
  organizationId: string
}

/** Starts a process of `program`. It dies with this one. */
export function startRecorder(
  program: 'recorder-child' | 'executor-child',
  place: RecorderPlace,
  change: Partial<Recording> = {},
): Recorder {
  // To a file: a full pipe would hold the child up, or fail it.
  const path = join(place.directory, `said-${uuidv7()}`)
  const output = openSync(path, 'w')
  const file = join(import.meta.dirname, `${program}.ts`)
  const options = JSON.stringify({ ...place, ...USUAL, ...change })
  const child = spawn(process.execPath, [file, options], { stdio: ['ignore', output, 'inherit'] })
  closeSync(output)
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit').then(() => process.off('exit', kill))
  const said = (): Said => readSaid(path)
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null
  const until = (ask: () => boolean, what: string): Promise<unknown> =>
    waitFor(() => ask() || !isAlive(), { what })
  return {
    pid: child.pid ?? 0,
    get isAlive() {
      return isAlive()
    },
    said,
    async begun(count) {
      await until(() => said().begun.size >= count, `${count} executions to be begun`)
    },
    async done() {
      await until(() => readFileSync(path, 'utf8').includes('\ndone\n'), 'the recorder to be done')
    },
    signal: (name) => void child.kill(name),
    async end(signal) {
      child.kill(signal)
      await exited
      return said()
    },
  }
}

function readSaid(path: string): Said {
  const said: Said = {
    announced: new Set(),
    begun: new Set(),
    completed: new Set(),
    kept: [],
    left: null,
    status: null,
  }
  // A line that is cut off was not said.
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const [letter, rest] = [line.slice(0, 1), line.slice(2)]
    if (letter === 'A') said.announced.add(rest)
    else if (letter === 'B') said.begun.add(rest)
    else if (letter === 'C') said.completed.add(rest)
    else if (letter === 'K') said.kept.push(JSON.parse(rest))
    else if (letter === 'L') said.left = Number(rest)
    else if (letter === 'S') said.status = JSON.parse(rest)
  }
  return said
}
