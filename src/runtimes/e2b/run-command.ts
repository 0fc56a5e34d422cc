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

/** All that one run sent. */
export interface RunOutput {
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
export interface CommandRun {
  output: RunOutput
  /** Why it ended before the relay's last word; undefined when it did not. */
  error: unknown
  /** Confirms to the relay that everything has arrived and waits until it has cleaned up; false when it did not. */
  cleanUp(): Promise<boolean>
  /** Listens no more. */
  disconnect(): void
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
export async function runCommand(sandbox: Sandbox, task: Task, io: RuntimeIo): Promise<CommandRun> {
  const reader = new OutputReader(task, io)
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
        return reader.read(text)
      },
      onStderr: (text) => reader.readStderr(text),
    })
    held.handle = handle
    if (io.signal.aborted) abort()
    const ended = handle.wait().then(
      () => new Error('the command ended without a last word'),
      (error: unknown) => error,
    )
    const error = await Promise.race([reader.finished, ended])
    return {
      output: reader.collect(),
      error,
      cleanUp: () => cleanUp(handle, ended, cut),
      disconnect: () => cut.abort(),
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
class OutputReader {
  readonly finished: Promise<undefined>
  #finish: () => void = () => undefined
  #reader: RelayReader
  #io: RuntimeIo
  #mark: string
  #output = { workDir: '', running: false, resultBytes: 0, reportBytes: 0, end: null as RunOutput['end'] }
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

  async read(text: string): Promise<void> {
    for (const frame of this.#reader.push(text)) await this.#take(frame)
  }

  readStderr(text: string): void {
    if (this.#noise.length < NOISE_BYTES) this.#noise += text
  }

  collect(): RunOutput {
    const { workDir, running, resultBytes, end } = this.#output
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
    else if (kind === 'b') this.#output.workDir = bytes.toString('utf8')
    else if (kind === 'n') this.#begin()
    else await this.#end(bytes)
  }

  #begin(): void {
    this.#output.running = true
    this.#io.onRunning()
  }

  async #pass(stream: OutputChunk['stream'], bytes: Buffer): Promise<void> {
    if (this.#output.running) await this.#io.onOutput({ stream, bytes })
    else this.#early.push({ stream, bytes })
  }

  #keepResult(bytes: Buffer): void {
    this.#output.resultBytes += bytes.length
    if (this.#output.resultBytes <= RESULT_MAX_BYTES) this.#result.push(bytes)
    if (!this.#output.running) this.#syntax ||= Buffer.concat(this.#result).includes(this.#mark)
  }

  #keepReport(bytes: Buffer): void {
    this.#output.reportBytes += bytes.length
    if (this.#output.reportBytes <= REPORT_MAX_BYTES) this.#report.push(bytes)
  }

  /** Of a program that never began, the language's refusal is output; anything else says why it did not. */
  async #end(bytes: Buffer): Promise<void> {
    for (const chunk of this.#early) {
      if (this.#syntax) await this.#io.onOutput(chunk)
      else this.readStderr(chunk.bytes.toString('utf8'))
    }
    const [endUs = 0, resultUs = 0, oomKills = 0] = bytes.toString('latin1').split(' ').map(Number)
    this.#output.end = { durationMs: endUs / 1000, resultMs: resultUs / 1000, oomKills }
    this.#finish()
  }
}
