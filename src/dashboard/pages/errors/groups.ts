/** What the pages of errors show of a group, and what a decision does to it. */
import type { DecidedState, ErrorsReply, ErrorView } from '../../../client/index.ts'
import { firstCharacters, visible } from '../../format/visible-text.ts'

type ErrorState = ErrorView['state']

/** The tabs: the first is what needs attention. */
export const TABS = [
  { value: 'unresolved', title: 'Unresolved', states: ['open', 'regressed'] },
  { value: 'regressed', title: 'Regressed', states: ['regressed'] },
  { value: 'resolved', title: 'Resolved', states: ['resolved'] },
  { value: 'ignored', title: 'Ignored', states: ['ignored'] },
  { value: 'all', title: 'All', states: ['open', 'regressed', 'resolved', 'ignored'] },
] as const satisfies readonly { value: string; title: string; states: readonly ErrorState[] }[]
export type Tab = (typeof TABS)[number]

export const ORDERS = { count: 'Most often', lastSeen: 'Last seen', firstSeen: 'First seen' } as const
export type Order = keyof typeof ORDERS

export function readTab(given: unknown): Tab {
  return TABS.find(({ value }) => value === given) ?? TABS[0]
}

export const ORDER_NAMES = ['count', 'lastSeen', 'firstSeen'] as const satisfies readonly Order[]

export function isOrder(given: unknown): given is Order {
  return ORDER_NAMES.some((name) => name === given)
}

export function readOrder(given: unknown): Order {
  return isOrder(given) ? given : 'count'
}

/** What a reader decides about a group. */
export interface ErrorChange {
  group: ErrorView
  state?: DecidedState | undefined
  /** Null: no one. */
  assignee?: string | null | undefined
}

/** The decisions that change something about a group. */
export function decisionsFor({ state }: Pick<ErrorView, 'state'>): readonly DecidedState[] {
  if (state === 'open' || state === 'regressed') return ['resolved', 'ignored']
  return state === 'resolved' ? ['open', 'ignored'] : ['open']
}

export const DECISION_WORDS: Readonly<Record<DecidedState, { act: string; done: string }>> = {
  open: { act: 'Reopen', done: 'Reopened' },
  resolved: { act: 'Resolve', done: 'Resolved' },
  ignored: { act: 'Ignore', done: 'Ignored' },
}

/** The groups as they are once the change is made. */
export function withChange(reply: ErrorsReply, change: ErrorChange): ErrorsReply {
  return {
    ...reply,
    data: reply.data.map((group) =>
      group.fingerprint === change.group.fingerprint ? changed(group, change) : group,
    ),
  }
}

function changed(group: ErrorView, { state, assignee }: ErrorChange): ErrorView {
  return {
    ...group,
    ...(state === undefined ? {} : { state }),
    ...(assignee === undefined ? {} : { assignee }),
  }
}

/** What takes a change back. A group that had regressed is open again. */
export function inverseOf({ group, state, assignee }: ErrorChange): ErrorChange {
  const before = group.state === 'regressed' ? 'open' : group.state
  return {
    group: changed(group, { group, state, assignee }),
    ...(state === undefined ? {} : { state: before }),
    ...(assignee === undefined ? {} : { assignee: group.assignee }),
  }
}

/** What was done, in words. */
export function describeChange({ group, state, assignee }: ErrorChange): string {
  const name = titleOf(group)
  if (state !== undefined) return `${DECISION_WORDS[state].done}: ${name}`
  return assignee === null || assignee === undefined ? `No one has: ${name}` : `${assignee} has: ${name}`
}

const TITLE_MAX = 120
/** Of a message that may be very long. */
const SEARCHED = 1000

/** The first line of the message, or the type where there is none. */
export function titleOf({ message, errorType }: Pick<ErrorView, 'message' | 'errorType'>): string {
  const line = firstCharacters(message.trimStart(), SEARCHED).split('\n', 1)[0]?.trim() ?? ''
  const title = visible(line === '' ? errorType : line)
  return title.length > TITLE_MAX ? `${firstCharacters(title, TITLE_MAX)}…` : title
}

/** Why a group of several organizations cannot be decided about; null: it can. */
export function ambiguityOf({ organizations }: Pick<ErrorView, 'organizations'>): string | null {
  if (organizations.length < 2) return null
  return `It was seen in ${organizations.length} organizations: choose one at the top first`
}
