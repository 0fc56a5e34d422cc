/** Server-sent events of the service, resumed where a connection is lost. */
import { ProblemError } from './problem-error.ts'
import { open, pause, type CallOptions, type ClientOptions, type ServiceRequest } from './transport.ts'

export interface StreamEvent {
  event: string
  /** Where a later stream goes on: the id of this event or of the last one that had one; '' before. */
  id: string
  data: unknown
}

/** The service writes at least a comment every 15 s; a stream that is silent for longer is broken. */
const SILENCE_MAX_MS = 60_000
const FIRST_DELAY_MS = 250
const DELAY_MAX_MS = 8_000

interface StreamOptions extends CallOptions {
  /** Id of the last event that was seen. */
  lastEventId?: string | undefined
  /** True of the event behind which there is nothing. */
  isLast?: ((event: StreamEvent) => boolean) | undefined
}

/**
 * The events of a stream. A lost connection is opened again behind the last event, for as long as it takes; leaving the loop
 * closes it.
 * @throws {ProblemError} that the service answers with, except where it is away for now; the signal's reason when it aborts
 */
export async function* streamEvents(
  client: ClientOptions,
  request: ServiceRequest,
  options: StreamOptions = {},
): AsyncGenerator<StreamEvent, void, undefined> {
  const place = { id: options.lastEventId ?? '' }
  for (let attempt = 0; ; attempt += 1) {
    options.signal?.throwIfAborted()
    const closing = new AbortController()
    try {
      const response = await connect(client, request, { ...options, lastEventId: place.id }, closing)
      if (response.status === 204) return
      for await (const event of readEvents(response, place, closing)) {
        attempt = 0
        yield event
        if (options.isLast?.(event) === true) return
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      if (error instanceof ProblemError && ![429, 502, 503, 504].includes(error.status)) throw error
    } finally {
      closing.abort()
    }
    const delay = Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** attempt)
    await pause(delay * (0.5 + Math.random() / 2), options.signal ?? new AbortController().signal)
  }
}

function connect(
  client: ClientOptions,
  request: ServiceRequest,
  { headers, signal, lastEventId }: StreamOptions,
  closing: AbortController,
): Promise<Response> {
  const resume = lastEventId === '' || lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }
  return open(client, request, {
    headers: { Accept: 'text/event-stream', ...headers, ...resume },
    signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
  })
}

/** `place` is behind the last event that was read completely, also behind an id without an event. */
async function* readEvents(
  response: Response,
  place: { id: string },
  closing: AbortController,
): AsyncGenerator<StreamEvent, void, undefined> {
  let { id } = place
  let event = ''
  let data: string[] = []
  for await (const line of readLines(response, closing)) {
    if (line === '') {
      place.id = id
      if (data.length > 0) yield { event: event || 'message', id, data: JSON.parse(data.join('\n')) }
      event = ''
      data = []
      continue
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
    else if (field === 'id') id = value
  }
}

async function* readLines(response: Response, closing: AbortController): AsyncGenerator<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const watch = setTimeout(() => closing.abort(), SILENCE_MAX_MS)
    const { done, value } = await reader.read().finally(() => clearTimeout(watch))
    if (done) return
    const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    yield* lines
  }
}
