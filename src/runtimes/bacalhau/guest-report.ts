/** What one guest said, put together from its frames; hostile, so bounded and checked. */
import { z } from 'zod'
import type { FileContent, OutputChunk } from '../../execution.ts'
import { outName } from '../out-name.ts'
import type { RuntimeIo } from '../runtime.ts'
import type { FrameKind, FrameSink } from './frames.ts'

const RESULT_MAX_BYTES = 33_554_432
const FILES_MAX_BYTES = 16_777_216
const FILES_MAX = 1_000

const count = z.number().int().nonnegative()
const guestEnd = z.object({
  exitCode: z.number().int().min(0).max(255),
  syntax: z.boolean(),
  error: z.object({ name: z.string(), message: z.string(), stack: z.string().nullable() }).nullable(),
  limit: z.enum(['memory', 'output']).nullable(),
  note: z.string().nullable(),
  /** ms of the program, by the guest's clock. */
  durationMs: z.number().nonnegative(),
  /** What it sent as frames; null where its output goes out as it is. */
  stdoutBytes: count.nullable(),
  stderrBytes: count.nullable(),
})

export type GuestEnd = z.infer<typeof guestEnd>

/** Collects frames and hands output on, in order and at the pace of who takes it. */
export class GuestReport implements FrameSink {
  end: GuestEnd | null = null
  /** Why what the guest said cannot be taken; null while it can. */
  trouble: string | null = null
  #begun = false
  #resultBytes = 0
  #fileBytes = 0
  readonly #result: Buffer[] = []
  readonly #files: { path: string; parts: Buffer[] }[] = []
  readonly #framed = { stdout: 0, stderr: 0 }
  #output: { stream: OutputChunk['stream']; bytes: Buffer }[] = []
  readonly #io: RuntimeIo

  constructor(io: RuntimeIo) {
    this.#io = io
  }

  get begun(): boolean {
    return this.#begun
  }

  /** The program begins; later calls are nothing. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#io.onRunning()
  }

  frame(kind: FrameKind, body: Buffer): void {
    if (this.end !== null) return
    if (kind === 'begin') this.begin()
    else if (kind === 'stdout' || kind === 'stderr') {
      this.#framed[kind] += body.length
      this.#output.push({ stream: kind, bytes: body })
    } else if (kind === 'result') this.#addResult(body)
    else if (kind === 'end') this.#finish(body)
    else this.#addFile(kind, body)
  }

  loose(stream: OutputChunk['stream'], text: string): void {
    this.#output.push({ stream, bytes: Buffer.from(text) })
  }

  /** Hands on what came since. */
  async drain(): Promise<void> {
    const chunks = this.#output
    this.#output = []
    for (const chunk of chunks) await this.#io.onOutput(chunk)
  }

  /** JSON text, null where `main` gave nothing back. */
  result(): string | null {
    return this.#result.length === 0 ? null : Buffer.concat(this.#result).toString('utf8')
  }

  files(): FileContent[] {
    return this.#files.map(({ path, parts }) => {
      const bytes = Buffer.concat(parts)
      const text = bytes.toString('utf8')
      return Buffer.from(text).equals(bytes)
        ? { path, content: text, encoding: 'utf8' }
        : { path, content: bytes.toString('base64'), encoding: 'base64' }
    })
  }

  #addResult(body: Buffer): void {
    this.#resultBytes += body.length
    if (this.#resultBytes > RESULT_MAX_BYTES) this.trouble ??= `the result is over ${RESULT_MAX_BYTES} bytes`
    else this.#result.push(body)
  }

  #addFile(kind: 'file' | 'data', body: Buffer): void {
    this.#fileBytes += body.length
    if (this.#fileBytes > FILES_MAX_BYTES || this.#files.length > FILES_MAX)
      this.trouble ??= `the files of /out are over ${FILES_MAX_BYTES} bytes or ${FILES_MAX} in number`
    else if (kind === 'data') this.#files.at(-1)?.parts.push(body)
    else this.#files.push({ path: outName(body), parts: [] })
  }

  #finish(body: Buffer): void {
    const parsed = guestEnd.safeParse(parseJson(body.toString('utf8')))
    if (!parsed.success) {
      this.trouble ??= 'the guest ended in words that cannot be read'
      return
    }
    this.end = parsed.data
    const { stdoutBytes, stderrBytes } = parsed.data
    const lost = {
      stdout: (stdoutBytes ?? 0) - this.#framed.stdout,
      stderr: (stderrBytes ?? 0) - this.#framed.stderr,
    }
    if (lost.stdout !== 0 || lost.stderr !== 0)
      this.trouble ??= `the node lost ${lost.stdout} bytes of stdout and ${lost.stderr} of stderr`
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
