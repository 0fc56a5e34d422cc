/**
 * The result channel: frames `\nNONCE KIND LENGTH\nBODY`; anything else on it is the program's own writing. The
 * program shares the channel with the guest program, so that once it runs, every frame may be its own: what comes
 * after `running` is its result or its error, and evidence of nothing.
 */
import { once } from 'node:events'
import { fromMonotonic } from '../duration.ts'
import type { PipeSocket } from './pipe-socket.ts'

/** More than this on the result channel ends the run. */
export const RESULT_MAX_BYTES = 16_777_216
const HEADER_MAX_BYTES = 128
/** A guest sends four at most. What comes after so many is the program's own writing. */
const FRAMES_MAX = 16
/** The guest's greeting and its first frame come within so much. */
const BEGINNING_BYTES = 4096

/** What the guest said, and what the program wrote to the channel by itself. */
export interface GuestReport {
  /** The interpreter had started and the guest program waited for its job. */
  greeted: boolean
  running: boolean
  /** Why the language refused the code; only what was said before it ran. */
  syntax: string | null
  error: string | null
  result: string | null
  /** Bytes outside of frames. */
  loose: Buffer
  tooLarge: boolean
  /** Kind of a frame that was begun and not finished. */
  torn: string | null
  /** When the last byte came, by the clock of `performance.now`. */
  lastAt: number
}

/** `at` by the clock of `performance.now`; null where the guest did not say. */
export type Verdict = { kind: 'running'; at: number | null } | { kind: 'syntax' }

/** Called as the guest is heard. */
export interface GuestHooks {
  /** At the first byte. */
  onGreeting(): void
  /** At the first frame: the program runs, since `at` by the guest's clock, or the language refused it. */
  onVerdict(verdict: Verdict): void
  onTooLarge(): void
}

/** Reads the channel to its end, or until `gone`: its writers are, and what it holds is all. */
export async function readGuest(
  channel: PipeSocket,
  nonce: string,
  hooks: GuestHooks,
  gone: Promise<void>,
): Promise<GuestReport> {
  const mark = Buffer.from(`\n${nonce} `)
  const chunks: Buffer[] = []
  let size = 0
  let judged = false
  let lastAt = 0
  const take = (chunk: Buffer): void => {
    if (size === 0) hooks.onGreeting()
    const isBeginning = size < BEGINNING_BYTES
    size += chunk.length
    lastAt = performance.now()
    if (size > RESULT_MAX_BYTES) hooks.onTooLarge()
    else chunks.push(chunk)
    if (judged || !isBeginning) return
    const verdict = findVerdict(Buffer.concat(chunks), mark)
    if (verdict === null) return
    judged = true
    hooks.onVerdict(verdict)
  }
  channel.on('data', take)
  if (!channel.closed) await Promise.race([once(channel, 'close'), gone])
  for (const chunk of channel.readRest()) take(chunk)
  return { ...parseFrames(Buffer.concat(chunks), mark), tooLarge: size > RESULT_MAX_BYTES, lastAt }
}

function findVerdict(bytes: Buffer, mark: Buffer): Verdict | null {
  const start = bytes.indexOf(mark)
  if (start < 0) return null
  const frame = readFrame(bytes, start + mark.length)
  const kind = typeof frame === 'string' ? frame : frame.kind
  if (kind === 'syntax') return { kind }
  if (kind !== 'running') return null
  return {
    kind,
    at: typeof frame === 'string' ? null : readClock(bytes.toString('latin1', frame.start, frame.end)),
  }
}

/** `m` and ns of the monotonic clock, or `w` and µs since the Unix epoch, which only says that it is not earlier. */
function readClock(body: string): number | null {
  if (!/^[mw]\d{1,19}$/.test(body)) return null
  const time = Number(body.slice(1))
  return body.startsWith('m') ? fromMonotonic(time / 1e6) : time / 1e3 - (Date.now() - performance.now())
}

/** What the guest said, from all that came through its channel; `mark` is `\nNONCE `. */
export function parseFrames(bytes: Buffer, mark: Buffer): Omit<GuestReport, 'tooLarge' | 'lastAt'> {
  const report: Omit<GuestReport, 'tooLarge' | 'lastAt' | 'loose'> = {
    greeted: bytes.length > 0,
    running: false,
    syntax: null,
    error: null,
    result: null,
    torn: null,
  }
  const loose: Buffer[] = []
  let at = 0
  for (let count = 0; count < FRAMES_MAX && at < bytes.length; count += 1) {
    const start = bytes.indexOf(mark, at)
    if (start < 0) break
    loose.push(bytes.subarray(at, start))
    const frame = readFrame(bytes, start + mark.length)
    if (typeof frame === 'string') return { ...report, torn: frame, loose: Buffer.concat(loose) }
    at = frame.end
    const text = (): string => bytes.toString('utf8', frame.start, frame.end)
    if (frame.kind === 'running') report.running = true
    if (frame.kind === 'syntax' && !report.running) report.syntax ??= text()
    if (frame.kind === 'error') report.error ??= text()
    if (frame.kind === 'result') report.result ??= text()
  }
  loose.push(bytes.subarray(at))
  return { ...report, loose: Buffer.concat(loose) }
}

/** A string is the kind of a frame that is not whole. */
function readFrame(bytes: Buffer, at: number): { kind: string; start: number; end: number } | string {
  const line = bytes.indexOf(10, at)
  if (line < 0 || line - at > HEADER_MAX_BYTES) return ''
  const [kind = '', length = ''] = bytes.toString('latin1', at, line).split(' ')
  const start = line + 1
  const end = start + Number(length)
  if (!/^\d+$/.test(length) || end > bytes.length) return kind
  return { kind, start, end }
}
