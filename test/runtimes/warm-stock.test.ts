/** The order in which sandboxes are started ahead and given out, with sandboxes that start when the test says so. */
import { describe, expect, it, vi } from 'vitest'
import { BOOT_LIMIT_MS } from '../../src/runtimes/sandbox/slots/boot-limit.ts'
import { processorUse } from '../../src/runtimes/processor-use.ts'
import {
  WarmPool,
  type PooledSandbox,
  type SandboxTemplate,
} from '../../src/runtimes/sandbox/slots/warm-pool.ts'
import { waitFor } from '../support/wait.ts'

/** A sandbox whose interpreter boots until `boot()`. */
interface Booting extends PooledSandbox {
  name: string
  boot(): void
}

/** A kind of sandbox, and those of it that were started. */
interface Kind extends SandboxTemplate<Booting> {
  started: Booting[]
  discarded: string[]
}

function makeKind(key: string): Kind {
  const started: Booting[] = []
  const discarded: string[] = []
  return {
    key,
    started,
    discarded,
    start() {
      const { promise: ready, resolve: boot } = Promise.withResolvers<void>()
      const sandbox = { name: `${key} ${started.length + 1}`, ready, boot, alive: true, setRef() {} }
      started.push(sandbox)
      return Promise.resolve({ sandbox, directory: '' })
    },
    discard({ sandbox }) {
      discarded.push(sandbox.name)
      return Promise.resolve()
    },
  }
}

const whenStarted = (kind: Kind, count: number): Promise<boolean> =>
  waitFor(() => kind.started.length === count, { what: () => `${count} of ${kind.key}` })

async function runOnce(pool: WarmPool<Booting>, kind: Kind, organizationId: string): Promise<string> {
  const { sandbox } = await pool.take(kind, organizationId)
  pool.release(organizationId)
  return sandbox.name
}

/** Makes an organization one that took far more processor time than another. */
function makeHeavy(organizationId: string): void {
  for (const [organization, ms] of [
    ['active beside it', 0],
    [organizationId, 30_000],
  ] as const) {
    processorUse.begin(organization)
    processorUse.end(organization, { cpuMs: ms, timeMs: ms })
  }
  expect(processorUse.weigh(organizationId)).toBe('heavy')
}

async function end(pool: WarmPool<Booting>, ...kinds: readonly Kind[]): Promise<void> {
  for (const { started } of kinds) for (const sandbox of started) sandbox.boot()
  await pool.close()
}

describe('a sandbox whose interpreter does not start', () => {
  it('is given up when the pool closes', async () => {
    const [pool, kind] = [new WarmPool<Booting>({ floor: 1, cap: 1 }), makeKind('node')]
    await runOnce(pool, kind, 'honest')
    await whenStarted(kind, 2)
    await pool.close()
    expect(kind.discarded).toEqual(['node 2'])
  })

  it('is given up after some time, and keeps no other kind from being started', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const pool = new WarmPool<Booting>({ floor: 1, cap: 1 })
    const kinds = [makeKind('one'), makeKind('two'), makeKind('three')]
    for (const kind of kinds) await runOnce(pool, kind, 'honest')
    for (let turn = 0; turn < 9; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    vi.advanceTimersByTime(BOOT_LIMIT_MS)
    vi.useRealTimers()
    for (const kind of kinds) await whenStarted(kind, 2)
    await end(pool, ...kinds)
    expect(kinds.flatMap(({ discarded }) => discarded)).toContain('one 2')
  })
})

describe('a run that finds no sandbox waiting', () => {
  it('takes the one that is being started, and no other is started beside it', async () => {
    const [pool, kind] = [new WarmPool<Booting>({ floor: 1, cap: 1 }), makeKind('node')]
    expect(await runOnce(pool, kind, 'honest')).toBe('node 1')
    await whenStarted(kind, 2)
    expect((await pool.take(kind, 'honest')).sandbox.name).toBe('node 2')
    expect(kind.started).toHaveLength(2)
    pool.release('honest')
    await end(pool, kind)
  })

  it('takes the one that was begun first, which then no other run can have', async () => {
    const [pool, kind] = [new WarmPool<Booting>({ floor: 2, cap: 2 }), makeKind('node')]
    await runOnce(pool, kind, 'honest')
    await whenStarted(kind, 3)
    expect((await pool.take(kind, 'honest')).sandbox.name).toBe('node 2')
    for (const sandbox of kind.started) sandbox.boot()
    await waitFor(() => pool.waiting === 1, { what: 'the one that no run took' })
    expect((await pool.take(kind, 'honest')).sandbox.name).toBe('node 3')
    await end(pool, kind)
  })

  it('starts one of its own where its organization takes far more than others', async () => {
    const [pool, kind] = [new WarmPool<Booting>({ floor: 1, cap: 1 }), makeKind('node')]
    await runOnce(pool, kind, 'honest')
    await whenStarted(kind, 2)
    makeHeavy('greedy of starts')
    expect((await pool.take(kind, 'greedy of starts')).sandbox.name).toBe('node 3')
    expect((await pool.take(kind, 'honest')).sandbox.name).toBe('node 2')
    await end(pool, kind)
  })
})

describe('sandboxes started ahead', () => {
  it('are those of others first, as soon as an organization takes far more than they do', async () => {
    const pool = new WarmPool<Booting>({ floor: 2, cap: 2 })
    const [honest, hostile] = [makeKind('honest'), makeKind('hostile')]
    await pool.take(honest, 'others first')
    await pool.take(hostile, 'greedy of stock') // light as yet, and the last that was used
    makeHeavy('greedy of stock')
    pool.release('greedy of stock')
    pool.release('others first')
    await whenStarted(honest, 3)
    expect(hostile.started).toHaveLength(1)
    await end(pool, honest, hostile)
  })
})
