import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lockHome } from '../../src/stack/home-lock.ts'
import { takeLock, waitForLock } from '../../src/provision/lock.ts'
import { temporaryDirectory } from '../support/directory.ts'

const HOLDER = `
  import { takeLock } from '${new URL('../../src/provision/lock.ts', import.meta.url).href}'
  globalThis.taken = await takeLock(process.argv[1])
  console.log('lock' in globalThis.taken ? 'held' : 'refused')
  setInterval(() => {}, 1000)
`

describe('the lock of a home', () => {
  it('refuses a second stack, naming the process and what to do, until the first lets go', async () => {
    await using home = await temporaryDirectory()
    const lock = await lockHome(home.path)
    await expect(lockHome(home.path)).rejects.toMatchObject({
      code: 'stack_failed',
      message: `another stack (process ${process.pid}) already runs on ${home.path}`,
      hint: expect.stringContaining('EXECTRAIL_HOME'),
    })
    lock.release()
    const next = await lockHome(home.path)
    next.release()
  })

  it('is held against other processes and passes on the moment its owner is killed', async () => {
    await using home = await temporaryDirectory()
    const path = join(home.path, 'a.lock')
    const owner = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(owner.stdout, 'data')) as [Buffer]
    expect(said.toString()).toBe('held\n')
    expect(await takeLock(path)).toEqual({ owner: owner.pid })
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    const taken = await takeLock(path)
    expect(taken).toHaveProperty('lock')
    if ('lock' in taken) taken.lock.release()
  })

  it('goes to exactly one of many who ask at the same time', async () => {
    await using home = await temporaryDirectory()
    const path = join(home.path, 'a.lock')
    const taken = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)))
    const held = taken.flatMap((one) => ('lock' in one ? [one.lock] : []))
    expect(held).toHaveLength(1)
    held[0]?.release()
  })

  it('is waited for in turn', async () => {
    await using home = await temporaryDirectory()
    const path = join(home.path, 'a.lock')
    const first = await waitForLock(path, () => expect.unreachable())
    const owners: (number | null)[] = []
    const waiting = waitForLock(path, (owner) => owners.push(owner))
    await expect.poll(() => owners).toEqual([process.pid])
    first.release()
    const second = await waiting
    expect(await takeLock(path)).toHaveProperty('owner')
    second.release()
  })
})
