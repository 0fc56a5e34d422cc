/** What live events hold, and who gets which. */
import {
  FIELD_NAMES,
  namesWith,
  OPTIONAL_CONTENT,
  type ExecutionRecord,
  type FieldName,
} from '../../record/record.ts'
import type { Filter } from '../../store/filter.ts'
import { fieldsOf } from '../../store/match-filter.ts'
import type { ArrivalKind } from '../../store/queries/arrivals.ts'
import type { Scope } from '../../store/scope.ts'
import { encodeEvent } from '../server-event.ts'

/** The kinds of events that can be asked for, by the names that callers use. */
export const LIVE_KINDS = ['started', 'completed'] as const
export type LiveKind = (typeof LIVE_KINDS)[number]

/** What one who listens wants. */
export interface LiveQuestion {
  scope: Scope
  filter: Filter
  kinds: readonly LiveKind[]
}

const BODIES: ReadonlySet<FieldName> = new Set<FieldName>([...OPTIONAL_CONTENT, 'errorStack'])

/** Fields of a completed execution's event: the record without bodies. */
const EXECUTION_FIELDS = FIELD_NAMES.filter((name) => !BODIES.has(name))
/** Fields of a start's event. */
export const STARTED_FIELDS: readonly FieldName[] = namesWith({ atStart: true }).filter(
  (name) => !BODIES.has(name),
)
const KNOWN_AT_START: ReadonlySet<FieldName> = new Set(STARTED_FIELDS)

export function eventFields(kind: ArrivalKind): readonly FieldName[] {
  return kind === 'execution' ? EXECUTION_FIELDS : STARTED_FIELDS
}

/** False for a kind that is not wanted, and for starts where the filter asks for a field that only ended executions have. */
export function isJudged({ kinds, filter }: LiveQuestion, kind: ArrivalKind): boolean {
  if (kind === 'execution') return kinds.includes('completed')
  return kinds.includes('started') && fieldsOf(filter).every((name) => KNOWN_AT_START.has(name))
}

/** Where an event stands: the run of the reader, its number in it, and when its row arrived. */
export interface LivePlace {
  epoch: string
  sequence: number
  arrivedMs: number
}

/** Only the place, without an event: a listener that reconnects before its first event goes on from here. */
export function encodePlace(place: LivePlace): Uint8Array {
  return Buffer.from(`id: ${toId(place)}\n\n`)
}

export function encodeLive(
  kind: ArrivalKind,
  record: Partial<ExecutionRecord>,
  place: LivePlace,
): Uint8Array {
  const data = Object.fromEntries(eventFields(kind).map((name) => [name, record[name]]))
  return encodeEvent({ id: toId(place), event: kind, data })
}

function toId({ epoch, sequence, arrivedMs }: LivePlace): string {
  return `${epoch}-${sequence}-${arrivedMs}`
}

/** Says how many events that it wanted a listener did not get. */
export function encodeSkipped(skipped: number): Uint8Array {
  return encodeEvent({ event: 'skipped', data: { skipped } })
}
