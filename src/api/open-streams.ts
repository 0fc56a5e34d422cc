import type { ServerResponse } from 'node:http'

/** Replies that end only when their reader goes: closing the server ends them. */
const streams = new WeakSet<ServerResponse>()

export function markAsStream(response: ServerResponse): void {
  streams.add(response)
}

export function isStream(response: ServerResponse): boolean {
  return streams.has(response)
}
