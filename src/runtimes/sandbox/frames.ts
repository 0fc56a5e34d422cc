/** The result channel: frames `\nNONCE KIND LENGTH\nBODY`; anything else on it is the program's own writing. */
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** More than this on the result channel ends the run. */
export const RESULT_MAX_BYTES = 33_554_432
const HEADER_MAX_BYTES = 128

/** What the guest said, and what the program wrote to the channel by itself. */
export interface GuestReport {
  running: boolean
  syntax: string | null
  error: string | null
  result: string | null
  /** Bytes outside of frames. */
  loose: Buffer
  tooLarge: boolean
  /** A frame was begun and not finished. */
  torn: boolean
  /** When the last byte came, by the monotonic clock. */
  lastAt: number
}

/** Reads the channel to its end. `onRunning` is called at the first frame when it says so. */
export async function readGuest(
  channel: Socket,
  nonce: string,
  hooks: { onRunning(): void; onTooLarge(): void },
): Promise<GuestReport> {
  const mark = Buffer.from(`\n${nonce} `)
  const chunks: Buffer[] = []
  let size = 0
  let begun = false
  let lastAt = 0
  channel.on('data', (chunk: Buffer) => {
    size += chunk.length
    lastAt = performance.now()
    if (size > RESULT_MAX_BYTES) hooks.onTooLarge()
    else chunks.push(chunk)
    if (begun || !Buffer.concat(chunks).includes(`${mark.toString()}running 0\n`)) return
    begun = true
    hooks.onRunning()
  })
  if (!channel.closed) await once(channel, 'close')
  return { ...parseFrames(Buffer.concat(chunks), mark), tooLarge: size > RESULT_MAX_BYTES, lastAt }
}

/** What the guest said, from all that came through its channel; `mark` is `\nNONCE `. */
export function parseFrames(bytes: Buffer, mark: Buffer): Omit<GuestReport, 'tooLarge' | 'lastAt'> {
  const report = { running: false, syntax: null, error: null, result: null, torn: false } as Omit<
    GuestReport,
    'tooLarge' | 'lastAt' | 'loose'
  >
  const loose: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    const start = bytes.indexOf(mark, at)
    if (start < 0) break
    loose.push(bytes.subarray(at, start))
    const frame = readFrame(bytes, start + mark.length)
    if (frame === null) return { ...report, torn: true, loose: Buffer.concat(loose) }
    at = frame.end
    if (frame.kind === 'running') report.running = true
    if (frame.kind === 'syntax') report.syntax ??= frame.body
    if (frame.kind === 'error') report.error ??= frame.body
    if (frame.kind === 'result') report.result ??= frame.body
  }
  loose.push(bytes.subarray(at))
  return { ...report, loose: Buffer.concat(loose) }
}

function readFrame(bytes: Buffer, at: number): { kind: string; body: string; end: number } | null {
  const line = bytes.indexOf(10, at)
  if (line < 0 || line - at > HEADER_MAX_BYTES) return null
  const [kind = '', length = ''] = bytes.toString('latin1', at, line).split(' ')
  const end = line + 1 + Number(length)
  if (!/^\d+$/.test(length) || end > bytes.length) return null
  return { kind, body: bytes.toString('utf8', line + 1, end), end }
}
