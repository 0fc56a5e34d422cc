/** The output of an execution as it comes. */
import { useEffect, useState } from 'react'
import { ProblemError, type OutputEvent } from '../../client/index.ts'
import { client } from './queries.ts'

export interface LiveOutput {
  stdout: string
  stderr: string
  /** Bytes that came faster than they were read, or that are older than what is kept here. */
  skippedBytes: number
  state: 'open' | 'ended' | 'failed'
}

const NOTHING: LiveOutput = { stdout: '', stderr: '', skippedBytes: 0, state: 'open' }
/** Characters of each stream that a page keeps; the record has what was kept of all. */
const KEPT_MAX = 262_144
/** How often a page draws what came, ms. */
const DRAW_EVERY_MS = 100

/** Follows the output of `id`; null follows nothing. */
export function useOutputStream(id: string | null): LiveOutput {
  const [shown, setShown] = useState({ id, output: NOTHING })
  useEffect(() => {
    if (id === null) return undefined
    const closing = new AbortController()
    let output = NOTHING
    let timer: ReturnType<typeof setTimeout> | null = null
    const draw = (): void => {
      timer = null
      if (!closing.signal.aborted) setShown({ id, output })
    }
    const take = (next: LiveOutput): void => {
      output = next
      timer ??= setTimeout(draw, DRAW_EVERY_MS)
    }
    follow(id, closing.signal, (event) => take(withEvent(output, event))).catch((error: unknown) => {
      if (error instanceof ProblemError) take({ ...output, state: 'failed' })
    })
    return () => {
      closing.abort()
      if (timer !== null) clearTimeout(timer)
    }
  }, [id])
  return shown.id === id ? shown.output : NOTHING
}

async function follow(id: string, signal: AbortSignal, take: (event: OutputEvent) => void): Promise<void> {
  for await (const event of client.streamOutput({ id }, { signal })) take(event)
}

function withEvent(output: LiveOutput, { event, data }: OutputEvent): LiveOutput {
  if (event === 'restart') return NOTHING
  if (event === 'end') return { ...output, state: 'ended' }
  if (event === 'skipped') return { ...output, skippedBytes: output.skippedBytes + data.bytes }
  const text = output[event] + data.text
  const cut = Math.max(0, text.length - KEPT_MAX)
  // At the end of a line, so that no escape sequence is cut.
  const from = cut === 0 ? 0 : text.indexOf('\n', cut) + 1 || cut
  return { ...output, [event]: text.slice(from), skippedBytes: output.skippedBytes + from }
}
