/** One process that compiles, held by limits of memory, stack and processor time. Serves one job at a time. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { programFile } from '../../program-file.ts'
import { encodeFrame, FrameReader, type CompileJob } from './compile-job.ts'
import { processorMsOf } from './processor-time.ts'
import { childrenOf, reduceShare, restoreShare } from './share.ts'

/**
 * KiB of private memory of node, and of esbuild where it is needed; half a GiB of it is address space that V8
 * reserves for machine code and does not use.
 */
const DATA_KIB = 1_048_576
/** KiB; the native parser recurses on it. */
const STACK_KIB = 32_768
/** s of processor time; ends one whose parent was killed while it was at work. */
const CPU_S = 120
/** ms of work after which a process makes room for a new one, far from `CPU_S`. */
const WORN_MS = 30_000
/** Of what the compiler says while it dies. */
const LAST_WORDS_MAX = 16_384

/** A limit the host does not take leaves the others; the kernel that has no memory left ends a compiler first. */
const LIMIT = `ulimit -c 0; ulimit -d ${DATA_KIB} || :; ulimit -s ${STACK_KIB} || :; ulimit -t ${CPU_S} || :
{ echo 1000 > /proc/self/oom_score_adj; } || :
exec "$@"`
const FLAGS = ['--disable-warning=ExperimentalWarning', '--v8-pool-size=1', '--max-old-space-size=512']

/** How a process ended. */
export interface Death {
  code: number | null
  signal: NodeJS.Signals | null
  /** The end of its stderr, which is not passed on. */
  words: string
}

/** The answer to a job, or the death of the process over it. */
export type Answer = { value: unknown; text: string } | { death: Death }

export class CompilerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #reader = new FrameReader()
  readonly #dead = Promise.withResolvers<Death>()
  #answer = Promise.withResolvers<Answer>()
  #words = ''
  #workMs = 0
  #share: 'usual' | 'reduced' | 'stuck' = 'usual'
  /** When its job began, by the clock and in processor time of its own. */
  #begun = { at: 0, processorMs: 0 }
  #alive = true
  #death: Death | null = null

  constructor() {
    const program = [process.execPath, ...FLAGS, programFile('./main', import.meta.url)]
    this.#child = spawn('/bin/sh', ['-c', LIMIT, 'sh', ...program], {
      // A group of its own, so that esbuild is ended with it, and a terminal's Ctrl-C is not its end.
      detached: true,
      env: { UV_THREADPOOL_SIZE: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child.stdin.on('error', () => undefined) // seen as its end
    this.#child.stdout.on('data', (chunk: Buffer) => {
      const frame = this.#reader.push(chunk)
      if (frame !== null) this.#answer.resolve(frame)
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (this.#words.length < LAST_WORDS_MAX) this.#words += text.slice(0, LAST_WORDS_MAX)
    })
    this.#child.on('error', (error) => this.#die({ code: null, signal: null, words: error.message }))
    this.#child.on('exit', () => {
      this.#alive = false
      this.#killGroup() // esbuild would keep the pipes open
    })
    this.#child.on('close', (code, signal) => this.#die({ code, signal, words: this.#words }))
  }

  get alive(): boolean {
    return this.#alive
  }

  /** True once it has worked long enough. */
  get worn(): boolean {
    return this.#workMs > WORN_MS || this.#share === 'stuck'
  }

  /** Resolves when it can be given a job, or has died. */
  ready(): Promise<Answer> {
    return this.#answer.promise
  }

  /** Has it do `job`. */
  async ask(job: CompileJob, code: string): Promise<Answer> {
    if (this.#death !== null) return { death: this.#death }
    this.#begun = { at: performance.now(), processorMs: this.#processorMsInAll() ?? 0 }
    this.#answer = Promise.withResolvers()
    this.#child.stdin.write(encodeFrame(job, code))
    const answer = await this.#answer.promise
    this.#regainCpu()
    this.#workMs += performance.now() - this.#begun.at
    return answer
  }

  /** ms of processor time that its job has taken, or of time where the host does not count that. */
  processorMs(): number {
    const inAll = this.#processorMsInAll()
    return inAll === null ? performance.now() - this.#begun.at : inAll - this.#begun.processorMs
  }

  #processorMsInAll(): number | null {
    const { pid } = this.#child
    return pid === undefined ? 0 : processorMsOf([pid, ...childrenOf(pid)])
  }

  /** Until the end of the next job it has a reduced share of the processors. */
  yieldCpu(): void {
    const { pid } = this.#child
    if (pid === undefined || !this.#alive || this.#share !== 'usual') return
    this.#share = reduceShare(pid) ? 'reduced' : 'stuck'
  }

  #regainCpu(): void {
    const { pid } = this.#child
    if (pid === undefined || !this.#alive || this.#share !== 'reduced') return
    this.#share = restoreShare(pid) ? 'usual' : 'stuck'
  }

  /** Whether it keeps this process alive. */
  setRef(how: 'ref' | 'unref'): void {
    this.#child[how]()
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr])
      if (stream instanceof Socket) stream[how]()
  }

  /** Ends it at once and waits for its end. */
  async kill(): Promise<void> {
    this.setRef('ref')
    this.#regainCpu() // at a reduced share it takes seconds to free its memory on a busy machine
    this.#killGroup()
    await this.#dead.promise
  }

  #die(death: Death): void {
    this.#alive = false
    this.#death ??= death
    this.#answer.resolve({ death })
    this.#dead.resolve(death)
  }

  #killGroup(): void {
    const { pid } = this.#child
    if (pid === undefined || this.#death !== null) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // it has ended, with all its children
    }
  }
}
