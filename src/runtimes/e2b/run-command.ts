/** Drives one run inside a sandbox: hands the job over, carries the output, ends it in time, keeps what was said. */
import type { CommandHandle, Sandbox } from 'e2b'
import type { OutputChunk } from '../../execution.ts'
import type { RuntimeIo } from '../runtime.ts'
import { RESULT_MAX_BYTES } from '../sandbox/wire/guest-report.ts'
import { OUT_MAX_BYTES } from '../sandbox/confinement/launch-command.ts'
import type { Task } from './job.ts'
import { RelayReader, type RelayFrame } from './relay-frames.ts'

/** The supervisor ends a tree in a few ms; what is longer is the way there, or a sandbox that is gone. */
const SOFT_KILL_MS = 1500
const CLEAN_UP_MS = 3000
const NOISE_BYTES = 4096
/** Files of `/out` and a line; more was not written by the supervisor. */
const REPORT_MAX_BYTES = OUT_MAX_BYTES + 1_048_576

/** All that was heard from one run. */
export interface Heard {
  workDir: string
  running: boolean
  result: Buffer
  resultTooLarge: boolean
  report: Buffer
  /**
   * The sandbox's own clock, from the program's begin to its end and to the last of its result, and its kernel;
   * null when the relay did not get to its end.
   */
  end: { durationMs: number; resultMs: number; oomKills: number } | null
  /** What was said before the program began and outside of it: words of the shell or the interpreter. */
  noise: string
}

/** One run, begun. */
export interface Drive {
  heard: Heard
  /** Why it ended before the relay's last word; undefined when it did not. */
  error: unknown
  /** Tells the relay that all has arrived and waits until it has cleaned up; false when it did not. */
  cleanUp(): Promise<boolean>
  /** Listens no more. */
  hangUp(): void
}

/** Puts the files of `task` into the sandbox. @throws what the SDK throws; nothing has run then */
export async function upload(sandbox: Sandbox, task: Task, signal: AbortSignal): Promise<void> {
  // Not as a form: Node leaves a rejection unhandled where a form is refused before all of it was sent.
  await sandbox.files.write(task.files, { useOctetStream: true, signal })
}

/**
 * Runs the uploaded `task`. Resolves when the relay has said its last word, or when that cannot come any more.
 * @throws what the SDK throws while starting
 */
export async function drive(sandbox: Sandbox, task: Task, io: RuntimeIo): Promise<Drive> {
  const ears = new Ears(task, io)
  const cut = new AbortController()
  const held: { handle: CommandHandle | null } = { handle: null }
  const abort = (): void => endSoon(held.handle, cut)
  io.signal.addEventListener('abort', abort, { once: true })
  try {
    const handle = await sandbox.commands.run(task.command, {
      background: true,
      stdin: true,
      timeoutMs: 0,
      signal: cut.signal,
      onStdout: (text) => {
        forget(held.handle)
        return ears.hear(text)
      },
      onStderr: (text) => ears.hearNoise(text),
    })
    held.handle = handle
    if (io.signal.aborted) abort()
    const ended = handle.wait().then(
      () => new Error('the command ended without a last word'),
      (error: unknown) => error,
    )
    const error = await Promise.race([ears.finished, ended])
    return {
      heard: ears.tell(),
      error,
      cleanUp: () => cleanUp(handle, ended, cut),
      hangUp: () => cut.abort(),
    }
  } finally {
    io.signal.removeEventListener('abort', abort)
  }
}

/** The SDK keeps all that was printed as one string; a flood would fill this process. */
function forget(handle: CommandHandle | null): void {
  if (handle !== null) Reflect.set(handle, '_stdout', '')
}

/** Asks the relay to end the program, which leaves its figures; cuts the stream when no answer comes. */
function endSoon(handle: CommandHandle | null, cut: AbortController): void {
  if (handle === null) {
    cut.abort()
    return
  }
  const timer = setTimeout(() => cut.abort(), SOFT_KILL_MS)
  const stop = (): void => clearTimeout(timer)
  handle.wait().then(stop, stop)
  handle.sendStdin('kill\n', { requestTimeoutMs: SOFT_KILL_MS }).catch(() => cut.abort())
}

async function cleanUp(
  handle: CommandHandle,
  ended: Promise<unknown>,
  cut: AbortController,
): Promise<boolean> {
  const timer = setTimeout(() => cut.abort(), CLEAN_UP_MS)
  try {
    await handle.sendStdin('done\n', { requestTimeoutMs: CLEAN_UP_MS })
    await ended
    return handle.exitCode === 0
  } catch {
    return false
  } finally {
    clearTimeout(timer)
    cut.abort()
  }
}

/** Takes the relay's frames apart and passes the output on, waiting for whoever listens. */
class Ears {
  readonly finished: Promise<undefined>
  #finish: () => void = () => undefined
  #reader: RelayReader
  #io: RuntimeIo
  #mark: string
  #heard = { workDir: '', running: false, resultBytes: 0, reportBytes: 0, end: null as Heard['end'] }
  #result: Buffer[] = []
  #report: Buffer[] = []
  #early: { stream: OutputChunk['stream']; bytes: Buffer }[] = []
  #noise = ''
  #syntax = false

  constructor(task: Task, io: RuntimeIo) {
    this.#reader = new RelayReader(task.name)
    this.#io = io
    this.#mark = `\n${task.nonce} syntax `
    this.finished = new Promise((resolve) => {
      this.#finish = () => resolve(undefined)
    })
  }

  async hear(text: string): Promise<void> {
    for (const frame of this.#reader.push(text)) await this.#take(frame)
  }

  hearNoise(text: string): void {
    if (this.#noise.length < NOISE_BYTES) this.#noise += text
  }

  tell(): Heard {
    const { workDir, running, resultBytes, end } = this.#heard
    return {
      workDir,
      running,
      end,
      result: Buffer.concat(this.#result),
      resultTooLarge: resultBytes > RESULT_MAX_BYTES,
      report: Buffer.concat(this.#report),
      noise: this.#noise.slice(0, NOISE_BYTES).trim(),
    }
  }

  async #take({ kind, bytes }: RelayFrame): Promise<void> {
    if (kind === 'o') await this.#pass('stdout', bytes)
    else if (kind === 'e') await this.#pass('stderr', bytes)
    else if (kind === 'r') this.#keepResult(bytes)
    else if (kind === 's') this.#keepReport(bytes)
    else if (kind === 'b') this.#heard.workDir = bytes.toString('utf8')
    else if (kind === 'n') this.#begin()
    else await this.#end(bytes)
  }

  #begin(): void {
    this.#heard.running = true
    this.#io.onRunning()
  }

  async #pass(stream: OutputChunk['stream'], bytes: Buffer): Promise<void> {
    if (this.#heard.running) await this.#io.onOutput({ stream, bytes })
    else this.#early.push({ stream, bytes })
  }

  #keepResult(bytes: Buffer): void {
    this.#heard.resultBytes += bytes.length
    if (this.#heard.resultBytes <= RESULT_MAX_BYTES) this.#result.push(bytes)
    if (!this.#heard.running) this.#syntax ||= Buffer.concat(this.#result).includes(this.#mark)
  }

  #keepReport(bytes: Buffer): void {
    this.#heard.reportBytes += bytes.length
    if (this.#heard.reportBytes <= REPORT_MAX_BYTES) this.#report.push(bytes)
  }

  /** Of a program that never began, the language's refusal is output; all else tells why it did not. */
  async #end(bytes: Buffer): Promise<void> {
    for (const chunk of this.#early) {
      if (this.#syntax) await this.#io.onOutput(chunk)
      else this.hearNoise(chunk.bytes.toString('utf8'))
    }
    const [endUs = 0, resultUs = 0, oomKills = 0] = bytes.toString('latin1').split(' ').map(Number)
    this.#heard.end = { durationMs: endUs / 1000, resultMs: resultUs / 1000, oomKills }
    this.#finish()
  }
}
