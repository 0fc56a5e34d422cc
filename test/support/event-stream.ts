/** A reader of server-sent events. */
import { expect } from 'vitest'
import { ADMIN_KEY, withKey, type TestService } from './service.ts'

export interface ReceivedEvent {
  id: string | null
  event: string
  data: ReturnType<typeof JSON.parse>
}

export interface EventReader {
  headers: Headers
  /** The next event, or null at the end of the stream. */
  next: () => Promise<ReceivedEvent | null>
  /** The last id, also one that came without an event. */
  lastId: () => string
  /** All up to the end. */
  rest: () => Promise<ReceivedEvent[]>
  close: () => void
}

/** Opens a stream with the administrator's key, or the given one. */
export async function openEvents(
  service: TestService,
  path: string,
  { key = ADMIN_KEY, lastEventId }: { key?: string; lastEventId?: string } = {},
): Promise<EventReader> {
  const gone = new AbortController()
  const headers = {
    ...withKey(key).headers,
    ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
  }
  const answer = await service.ask(path, { headers, signal: gone.signal })
  expect(answer.status, answer.status === 200 ? '' : await answer.clone().text()).toBe(200)
  expect(answer.headers.get('Content-Type')).toMatch(/^text\/event-stream/)
  const place = { id: '' }
  const events = parse(answer, place)
  const next = async (): Promise<ReceivedEvent | null> => (await events.next()).value ?? null
  return {
    headers: answer.headers,
    next,
    async rest() {
      const all: ReceivedEvent[] = []
      for (let event = await next(); event !== null; event = await next()) all.push(event)
      return all
    },
    lastId: () => place.id,
    close: () => gone.abort(),
  }
}

async function* parse(answer: Response, place: { id: string }): AsyncGenerator<ReceivedEvent, undefined> {
  let text = ''
  for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += piece
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
      )
      place.id = fields.get('id') ?? place.id
      const data = fields.get('data')
      if (data !== undefined)
        yield { id: fields.get('id') ?? null, event: fields.get('event') ?? '', data: JSON.parse(data) }
    }
  }
  return undefined
}
