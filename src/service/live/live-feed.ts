/** Live events of executions: one reader of the store for all who listen. */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { FieldName } from '../../record/record.ts'
import type { Store } from '../../store/client.ts'
import { compileFilter, fieldsOf, type Matcher } from '../../store/match-filter.ts'
import type { ArrivalKind } from '../../store/queries/arrivals.ts'
import { includes } from '../../store/scope.ts'
import { readStoreClock } from '../../store/store-clock.ts'
import { ListenerLimit } from '../listener-limit.ts'
import { ArrivalsReader, type Arrived } from './arrivals-reader.ts'
import { EventRing } from './event-ring.ts'
import {
  encodeLive,
  encodePlace,
  encodeSkipped,
  eventFields,
  isJudged,
  type LivePlace,
  type LiveQuestion,
} from './live-events.ts'
import { LiveListener } from './live-listener.ts'
import { parseLiveId, readBacklog } from './live-backlog.ts'

const READ_EVERY_MS = 200
/** A reader whose reads take long rests for this long between them, at most. */
const REST_MAX_MS = 200
const RETRY_MS = 1_000
/** After the last listener the latest events are kept for so long, for those who come back. */
const KEPT_MS = 60_000

interface Listening {
  question: LiveQuestion
  matches: Matcher
  listener: LiveListener
}

/** State of one run of the reader; the next run starts without it. */
interface Reading {
  epoch: string
  sequence: number
  ring: EventRing
  readers: Readonly<Record<ArrivalKind, ArrivalsReader>>
}

/** A subscription; `close` ends it. */
export interface Subscription {
  events: AsyncIterator<Uint8Array>
  close: () => void
}

export class LiveFeed {
  readonly #store: Store
  readonly #log: (line: string) => void
  readonly #listening = new Set<Listening>()
  readonly #limit = new ListenerLimit('live events')
  #reading: Promise<Reading> | null = null
  #forgetting: NodeJS.Timeout | undefined
  #runs = false
  /** Nothing was read since the last listener left. */
  #isBehind = false

  /** @param log gets a line when the store does not answer */
  constructor(store: Store, log: (line: string) => void) {
    this.#store = store
    this.#log = log
  }

  /**
   * Listens from now on, or from behind an event that was received before. Whatever arrives in the store after this
   * resolves is reported.
   * @throws {CapacityError} when too many listen
   */
  async subscribe(question: LiveQuestion, lastEventId: string | null): Promise<Subscription> {
    const place = lastEventId === null ? null : parseLiveId(lastEventId)
    const leave = this.#limit.enter(question.scope)
    try {
      return await this.#subscribe(question, { place, leave })
    } catch (error) {
      leave()
      throw error
    }
  }

  async #subscribe(
    question: LiveQuestion,
    { place, leave }: { place: LivePlace | null; leave: () => void },
  ): Promise<Subscription> {
    const reading = await this.#begin()
    const listener = new LiveListener(reading.ring, encodeSkipped)
    const listening: Listening = { question, matches: compileFilter(question.filter), listener }
    this.#listening.add(listening)
    const close = (): void => {
      this.#listening.delete(listening)
      listener.close()
      leave()
    }
    try {
      listener.precede(
        place === null
          ? { skipped: 0, events: [encodePlace(placeOf(reading))], keys: new Set() }
          : await readBacklog(this.#store, { question, place, ...reading }),
      )
    } catch (error) {
      close()
      throw error
    }
    if (!this.#runs) void this.#run(reading)
    return { events: listener, close }
  }

  #begin(): Promise<Reading> {
    clearTimeout(this.#forgetting)
    if (this.#reading !== null && !this.#isBehind) return this.#reading
    const reading = this.#reading?.then((before) => this.#read(before)) ?? this.#start()
    this.#isBehind = false
    this.#reading = reading.catch((error: unknown) => {
      this.#reading = null
      throw error
    })
    return this.#reading
  }

  async #start(): Promise<Reading> {
    const readers = {
      execution: new ArrivalsReader(this.#store, 'execution'),
      started: new ArrivalsReader(this.#store, 'started'),
    }
    const now = await readStoreClock(this.#store)
    await Promise.all([readers.execution.begin(now), readers.started.begin(now)])
    const epoch = randomBytes(5).toString('hex')
    return { epoch, sequence: 0, ring: new EventRing(), readers }
  }

  /** Reads while anybody listens. */
  async #run(reading: Reading): Promise<void> {
    this.#runs = true
    let failed = false
    while (this.#listening.size > 0) {
      const since = performance.now()
      try {
        await this.#read(reading)
        failed = false
      } catch (error) {
        if (!failed && this.#listening.size > 0)
          this.#log(`live events wait for the store: ${messageOf(error)}`)
        failed = true
      }
      const took = performance.now() - since
      await pause(failed ? RETRY_MS : Math.max(READ_EVERY_MS - took, Math.min(took, REST_MAX_MS)))
    }
    this.#runs = false
    this.#isBehind = true
    this.#forgetting = setTimeout(() => {
      this.#reading = null
    }, KEPT_MS).unref()
  }

  async #read(reading: Reading): Promise<Reading> {
    const kinds = ['started', 'execution'] as const
    const publish = (arrived: Arrived): number => this.#publish(reading, arrived)
    await Promise.all(kinds.map((kind) => reading.readers[kind].read(this.#fields(kind), publish)))
    for (const { listener } of this.#listening) listener.wake()
    return reading
  }

  /** Bodies are read only where a filter looks at them. */
  #fields(kind: ArrivalKind): FieldName[] {
    const asked = [...this.#listening].flatMap(({ question }) =>
      isJudged(question, kind) ? fieldsOf(question.filter) : [],
    )
    return [...new Set([...eventFields(kind), ...asked])]
  }

  #publish(reading: Reading, { kind, key, arrivedMs, record }: Arrived): number {
    reading.sequence += 1
    const { sequence, epoch } = reading
    const event = { sequence, key, bytes: encodeLive(kind, record, { epoch, sequence, arrivedMs }) }
    reading.ring.add(event)
    for (const { question, matches, listener } of this.#listening)
      if (isJudged(question, kind) && isSeen(question, record) && matches(record)) listener.offer(event)
    return sequence
  }
}

function placeOf({ epoch, sequence, readers }: Reading): LivePlace {
  const arrivedMs = Math.min(readers.execution.latestMs, readers.started.latestMs)
  return { epoch, sequence, arrivedMs }
}

function isSeen(
  { scope }: LiveQuestion,
  { organizationId = '', workspaceId = null }: Arrived['record'],
): boolean {
  return includes(scope, { organizationId, workspaceId })
}
