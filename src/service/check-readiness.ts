/** Whether this installation can run code and keep its records. */
import type { ComponentStatus } from '../stack/stack.ts'
import type { Executor } from '../executor/executor.ts'
import type { Store } from '../store/client.ts'

/** State of one component. It is public, so it holds no secrets. */
interface Check {
  name: ComponentStatus['name'] | 'outbox'
  ready: boolean
  detail: string
}

export interface ReadinessView {
  ready: boolean
  checks: readonly Check[]
}

/** The outbox is not ready when its oldest entry is older. */
const OUTBOX_LATE_MS = 30_000
const DATABASE_TIMEOUT_MS = 2_000

interface Components {
  store: Pick<Store, 'ping'>
  /** Null for a service without metadata. */
  metadata: { database: Pick<Store, 'ping'> } | null
  executor: Pick<Executor, 'status'>
  components: () => readonly ComponentStatus[]
}

/** Checks the store, the Collector, the metadata and the outbox. Ready means that a record can be read within seconds. */
export async function checkReadiness(parts: Components): Promise<ReadinessView> {
  const { store, metadata, executor } = parts
  const components = new Map(parts.components().map((component) => [component.name, component]))
  const collector = components.get('collector')
  const databases = await Promise.all([
    checkDatabase('store', store, components.get('store')),
    ...(metadata === null ? [] : [checkDatabase('metadata', metadata.database, components.get('metadata'))]),
  ])
  const checks = [
    ...databases,
    ...(collector === undefined ? [] : [checkComponent(collector)]),
    checkOutbox(executor),
  ]
  return { ready: checks.every((check) => check.ready), checks }
}

async function checkDatabase(
  name: 'store' | 'metadata',
  database: Pick<Store, 'ping'>,
  component: ComponentStatus | undefined,
): Promise<Check> {
  if (component !== undefined && !isServing(component)) return checkComponent(component)
  const answers = await Promise.race([
    database.ping().then(
      () => true,
      () => false,
    ),
    falseAfterTimeout(),
  ])
  return { name, ready: answers, detail: answers ? 'answers' : 'does not answer' }
}

function checkComponent(component: ComponentStatus): Check {
  return { name: component.name, ready: isServing(component), detail: component.state }
}

function checkOutbox({ status }: Pick<Executor, 'status'>): Check {
  const { oldestMs, outboxBytes, heldBytes, dropped } = status().trail
  const late = oldestMs !== null && oldestMs > OUTBOX_LATE_MS
  const waiting = `${outboxBytes} bytes wait, the oldest for ${Math.round((oldestMs ?? 0) / 1000)} s`
  const held = heldBytes > 0 ? `; ${heldBytes} of them in memory, because the disk is full` : ''
  const lost = dropped > 0 ? `; ${dropped} records were lost because there was no space` : ''
  return {
    name: 'outbox',
    ready: !late,
    detail: `${outboxBytes === 0 ? 'delivered' : waiting}${held}${lost}`,
  }
}

/** True for a component that works now. */
export function isServing(component: ComponentStatus): boolean {
  return component.state === 'ready' || component.state === 'external'
}

function falseAfterTimeout(): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), DATABASE_TIMEOUT_MS).unref()
  })
}
