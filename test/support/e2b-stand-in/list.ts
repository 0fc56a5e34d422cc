/** `GET /v2/sandboxes`: filters, order and pages. */
import type { StandInSandbox } from './records.ts'

export interface Page {
  sandboxes: StandInSandbox[]
  /** Where the next page begins; null on the last. */
  next: string | null
}

/** The page that `query` asks for; the newest first unless it says otherwise. */
export function listPage(all: Iterable<StandInSandbox>, query: URLSearchParams, pageSize: number): Page {
  const asked = [...new URLSearchParams(query.get('metadata') ?? '')]
  const metadata = asked.map((pair) => pair.map((text) => decodeURIComponent(text)) as [string, string])
  const states = query.get('state')?.split(',')
  const since = new Date(query.get('startedAfter') ?? 0)
  const template = query.get('template')
  const found = [...all].filter(
    (sandbox) =>
      metadata.every(([key, value]) => sandbox.metadata[key] === value) &&
      (states === undefined || states.includes(sandbox.state)) &&
      (template === null || sandbox.template === template) &&
      sandbox.startedAt >= since,
  )
  // The map has them in the order of their start.
  if (query.get('order') !== 'asc') found.reverse()
  const from = Number(query.get('nextToken') ?? 0)
  const to = from + Math.min(pageSize, Number(query.get('limit') ?? pageSize))
  return { sandboxes: found.slice(from, to), next: to < found.length ? String(to) : null }
}
