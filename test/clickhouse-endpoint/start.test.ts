import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startProcess } from '../support/clickhouse.ts'

let directory: string
let args: string[]
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exectrail-start-'))
  const credentials = join(directory, 'credentials.json')
  await writeFile(credentials, JSON.stringify({ users: [{ name: 'u', password: 'p', access: 'full' }] }))
  args = ['--data', join(directory, 'data'), '--credentials', credentials, '--port', '0']
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const change = (name: string, value: string): string[] =>
  args.map((arg, index) => (args[index - 1] === name ? value : arg))

describe('the endpoint', () => {
  it('says where it serves, and ends by SIGTERM with what it had', async () => {
    const { child, url } = await startProcess(args)
    const ask = (query: string): Promise<Response> =>
      fetch(`${url}/?user=u&password=p`, { method: 'POST', body: query })
    await ask('CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a')
    expect((await ask('INSERT INTO t VALUES (1)')).status).toBe(200)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    const again = await startProcess(args)
    const answer = await fetch(`${again.url}/?user=u&password=p&query=SELECT%20a%20FROM%20t`)
    expect(await answer.text()).toBe('1\n')
    again.child.kill('SIGTERM')
    await once(again.child, 'exit')
  })

  it('says in one line that another process has its data', async () => {
    const { child } = await startProcess(args)
    await expect(startProcess(args)).rejects.toThrow(
      new RegExp(
        `^exectrail store: \\S+data is locked by another process, ${child.pid} \\(code 76\\); stop that process or use another EXECTRAIL_HOME\n$`,
        'mu',
      ),
    )
    child.kill('SIGTERM')
    await once(child, 'exit')
  })

  it('says in one line that its port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const address = holder.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    await expect(startProcess(change('--port', port))).rejects.toThrow(
      /^exectrail store: port \d+ of 127\.0\.0\.1 is taken: .*EADDRINUSE.*; .+\n$/u,
    )
    holder.close()
  })

  it.each([
    ['missing', null, /no such file/u],
    ['not JSON', '{', /JSON/u],
    ['without a password', '{"users":[{"name":"u","password":"","access":"full"}]}', /password/u],
  ])('says in one line that its credentials are %s', async (_, text, words) => {
    const path = join(directory, 'other.json')
    if (text !== null) await writeFile(path, text)
    const failure = await startProcess(change('--credentials', path)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    const { message } = failure as Error
    expect(message).toMatch(words)
    expect(message.trimEnd().split('\n')).toHaveLength(1)
    expect(message).toContain('credentials')
  })

  it('says in one line that its data directory cannot be made', async () => {
    await mkdir(join(directory, 'x'))
    await writeFile(join(directory, 'x', 'file'), '')
    await expect(startProcess(change('--data', join(directory, 'x', 'file', 'data')))).rejects.toThrow(
      /^exectrail store: ENOTDIR.+\n$/u,
    )
  })
})
