/** Server-sent events as bytes. */

/** One event; `data` becomes JSON. */
export interface ServerEvent {
  id?: string | undefined
  event: string
  data: unknown
}

const encoder = new TextEncoder()

/** The bytes of an event. The id comes from us, and JSON has no line feed, so nothing in it can end the event. */
export function encodeEvent({ id, event, data }: ServerEvent): Uint8Array {
  const head = id === undefined ? '' : `id: ${id}\n`
  return encoder.encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}
