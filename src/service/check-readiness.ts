/** Whether this installation can run code and keep its records, asked of every part at once. */
import type { ComponentStatus } from '../stack/stack.ts'
import type { Executor } from '../executor/executor.ts'
import type { Store } from '../store/client.ts'

/** One part, in words that hold nothing secret: anyone may read them. */
interface Check {
  name: 'store' | 'collector' | 'outbox'
  ready: boolean
  detail: string
}

export interface ReadinessView {
  ready: boolean
  checks: readonly Check[]
}

/** An outbox whose oldest entry is older than this is not being delivered. */
const OUTBOX_LATE_MS = 30_000
const STORE_TIMEOUT_MS = 2_000

interface Parts {
  store: Pick<Store, 'ping'>
  executor: Pick<Executor, 'status'>
  parts: () => readonly ComponentStatus[]
}

/** Asks the store, the Collector and the outbox. Ready means that a run's record can be read within seconds. */
export async function checkReadiness({ store, executor, parts }: Parts): Promise<ReadinessView> {
  const supervised = parts()
  const checks = [
    await checkStore(
      store,
      supervised.find((part) => part.name === 'store'),
    ),
    ...supervised.filter((part) => part.name === 'collector').map(checkPart),
    checkOutbox(executor),
  ]
  return { ready: checks.every((check) => check.ready), checks }
}

async function checkStore(store: Pick<Store, 'ping'>, part: ComponentStatus | undefined): Promise<Check> {
  if (part !== undefined && !serves(part)) return checkPart(part)
  const answers = await Promise.race([
    store.ping().then(
      () => true,
      () => false,
    ),
    lateAsFalse(),
  ])
  return { name: 'store', ready: answers, detail: answers ? 'answers' : 'does not answer' }
}

function checkPart(part: ComponentStatus): Check {
  return { name: part.name, ready: serves(part), detail: part.state }
}

function checkOutbox({ status }: Pick<Executor, 'status'>): Check {
  const { oldestMs, outboxBytes, heldBytes, dropped } = status().trail
  const late = oldestMs !== null && oldestMs > OUTBOX_LATE_MS
  const waiting = `${outboxBytes} bytes wait, the oldest for ${Math.round((oldestMs ?? 0) / 1000)} s`
  const held = heldBytes > 0 ? `; ${heldBytes} of them in memory, for the disk takes no more` : ''
  const lost = dropped > 0 ? `; ${dropped} records were lost for want of room` : ''
  return {
    name: 'outbox',
    ready: !late,
    detail: `${outboxBytes === 0 ? 'delivered' : waiting}${held}${lost}`,
  }
}

/** True for a part that does its work now. */
export function serves(part: ComponentStatus): boolean {
  return part.state === 'ready' || part.state === 'external'
}

function lateAsFalse(): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), STORE_TIMEOUT_MS).unref()
  })
}
