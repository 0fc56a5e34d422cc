/** The stand-in behaves as the SDK's own tests expect of the provider, where those tests say how. */
import { Sandbox } from 'e2b'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { waitFor } from '../support/wait.ts'

const standIn = await E2bStandIn.start()

describe.skipIf(standIn === null)('the stand-in of E2B (skipped without bubblewrap)', () => {
  const provider = standIn as E2bStandIn
  const connection = {
    apiUrl: standIn?.url ?? '',
    sandboxUrl: standIn?.url ?? '',
    apiKey: standIn?.apiKey ?? '',
  }
  const create = (options: object = {}): Promise<Sandbox> =>
    Sandbox.create('base', { ...connection, ...options })

  afterEach(() => Promise.all([...provider.sandboxes.keys()].map((id) => provider.kill(id))))
  afterAll(() => provider.close())

  it('pauses a sandbox with its processes, which go on where they were when it is resumed', async () => {
    const sandbox = await create()
    const count = 'i=0; while sleep 0.02; do i=$((i+1)); echo $i > /tmp/count; done'
    const { pid } = await sandbox.commands.run(count, { background: true })
    const read = async (): Promise<number> => Number(await sandbox.files.read('/tmp/count').catch(() => 0))
    await waitFor(async () => (await read()) > 2, { what: 'the process to count' })
    expect(await sandbox.pause()).toBe(true)
    expect(await sandbox.pause()).toBe(false)
    expect(await sandbox.isRunning()).toBe(false)
    await sandbox.connect()
    expect(await sandbox.isRunning()).toBe(true)
    const resumedAt = await read()
    await waitFor(async () => (await read()) > resumedAt, { what: 'the process to go on' })
    expect((await sandbox.commands.list()).map((process) => process.pid)).toEqual([pid])
  })

  it('keeps only the files of a sandbox that is paused without its memory', async () => {
    const sandbox = await create()
    await sandbox.files.write('kept.txt', 'kept')
    await sandbox.commands.run('sleep 60', { background: true })
    await sandbox.pause({ keepMemory: false })
    await sandbox.connect()
    expect(await sandbox.files.read('kept.txt')).toBe('kept')
    expect(await sandbox.commands.list()).toEqual([])
  })

  it('extends the life of a running sandbox on connect, and never shortens it', async () => {
    const sandbox = await create({ timeoutMs: 100_000 })
    const endOf = async (): Promise<number> => (await sandbox.getInfo()).endAt.getTime()
    const before = await endOf()
    await Sandbox.connect(sandbox.sandboxId, { ...connection, timeoutMs: 10_000 })
    expect(await endOf()).toBe(before)
    await Sandbox.connect(sandbox.sandboxId, { ...connection, timeoutMs: 200_000 })
    expect(await endOf()).toBeGreaterThan(before)
  })

  it('takes one file or several as a form, and names them by their full path', async () => {
    const sandbox = await create()
    const one = await sandbox.files.write('one.txt', '1', { useOctetStream: false })
    expect(one).toMatchObject({ name: 'one.txt', path: '/home/user/one.txt', type: 'file' })
    const several = await sandbox.files.write(
      [
        { path: 'a/two.txt', data: '2' },
        { path: '/tmp/three.bin', data: new Uint8Array([0, 255, 13, 10]).buffer },
      ],
      { useOctetStream: false },
    )
    expect(several.map(({ path }) => path)).toEqual(['/home/user/a/two.txt', '/tmp/three.bin'])
    expect(await sandbox.files.read('a/two.txt')).toBe('2')
    expect([...(await sandbox.files.read('/tmp/three.bin', { format: 'bytes' }))]).toEqual([0, 255, 13, 10])
    expect(await sandbox.files.exists('a/none.txt')).toBe(false)
  })

  it('lets a second client follow a process that runs, to its end', async () => {
    const sandbox = await create()
    const first = await sandbox.commands.run('read line; echo "got $line"; exit 3', {
      background: true,
      stdin: true,
    })
    const second = await sandbox.commands.connect(first.pid)
    await second.sendStdin('a line\n')
    const ends = await Promise.all(
      [first, second].map((handle) => handle.wait().catch((error: unknown) => error)),
    )
    expect(ends).toEqual([END, END])
    await expect(sandbox.commands.connect(999_999)).rejects.toThrow(/not found/)
  })

  it('lists the newest first, page by page, with the states asked for', async () => {
    const ids = []
    for (let count = 0; count < 3; count += 1)
      ids.push((await create({ metadata: { of: 'list' } })).sandboxId)
    await Sandbox.pause(ids[1] ?? '', connection)
    const list = async (query: object, order?: 'asc'): Promise<string[]> => {
      const pages = Sandbox.list({
        ...connection,
        limit: 2,
        query: { metadata: { of: 'list' }, ...query },
        ...(order && { order }),
      })
      const found: string[] = []
      while (pages.hasNext) found.push(...(await pages.nextItems()).map(({ sandboxId }) => sandboxId))
      return found
    }
    expect(await list({})).toEqual(ids.toReversed())
    expect(await list({}, 'asc')).toEqual(ids)
    expect(await list({ state: ['paused'] })).toEqual([ids[1]])
    expect(await list({ template: 'other' })).toEqual([])
    expect(await list({ startedAfter: new Date(Date.now() + 1000) })).toEqual([])
  })
})

const END: unknown = expect.objectContaining({ exitCode: 3, stdout: 'got a line\n' })
