import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { notePid } from '../../src/stack/pid-file.ts'
import { choosePorts } from '../../src/stack/ports.ts'
import { identify } from '../../src/process-identity.ts'
import type { ProcessSpec, SupervisedProcess } from '../../src/stack/process.ts'
import { supervise } from '../../src/stack/supervise.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'

const SERVER = `
  console.log('listening soon')
  require('node:http').createServer((_, reply) => reply.end(String(process.pid)))
    .listen(Number(process.argv[1]), '127.0.0.1')`

async function specFor(script: string, readyTimeoutMs = 20_000): Promise<ProcessSpec & { url: string }> {
  const directory = await temporaryDirectory()
  onTestFinished(() => directory[Symbol.asyncDispose]())
  const [port = 0] = await choosePorts([0])
  const url = `http://127.0.0.1:${port}/`
  return {
    name: 'server',
    command: process.execPath,
    args: ['-e', script, String(port)],
    env: {},
    logFile: join(directory.path, 'server.log'),
    ready: async () => (await fetch(url)).ok,
    readyTimeoutMs,
    graceMs: 500,
    url,
  }
}

async function start(spec: ProcessSpec): Promise<SupervisedProcess> {
  const part = await supervise(spec)
  onTestFinished(() => part.stop())
  return part
}

function isRunning(pid: number): boolean {
  return identify(pid) !== null
}

function kill(part: SupervisedProcess): void {
  if (part.pid === undefined) throw new Error('it has no pid')
  process.kill(part.pid, 'SIGKILL')
}

describe('a supervised process', () => {
  it('that must not go on is killed, and restarts with the reason reported', async () => {
    const spec = await specFor(SERVER)
    let stopReason: string | null = null
    const part = await start({ ...spec, stopReason: () => Promise.resolve(stopReason) })
    const { pid } = part
    stopReason = 'there is no room'
    await waitFor(() => part.state === 'restarting', { what: 'its end' })
    stopReason = null
    await waitFor(() => part.state === 'ready', { what: 'its return' })
    expect(part.pid).not.toBe(pid)
    expect(part.lastError).toMatch(/^server was stopped: there is no room/u)
  })

  it('is ready once it answers, and gone once it is stopped', async () => {
    const spec = await specFor(SERVER)
    const part = await supervise(spec)
    expect(part.state).toBe('ready')
    expect(await (await fetch(spec.url)).text()).toBe(String(part.pid))
    const pid = part.pid ?? 0
    await part.stop()
    expect(part.state).toBe('stopped')
    expect(isRunning(pid)).toBe(false)
  })

  it('comes back on the same port each time it is killed, and says why it went', async () => {
    const spec = await specFor(SERVER)
    const part = await start(spec)
    for (const restarts of [1, 2]) {
      const killed = part.pid
      kill(part)
      await waitFor(() => part.restarts === restarts && part.state === 'ready', {
        what: 'the restart',
      })
      expect(part.pid).not.toBe(killed)
      expect(await (await fetch(spec.url)).text()).toBe(String(part.pid))
    }
    expect(part.lastError).toContain('server was ended by SIGKILL')
  })

  it('says that it is restarting while it does not serve', async () => {
    const part = await start(await specFor(SERVER))
    kill(part)
    await expect.poll(() => part.state, { interval: 5 }).toBe('restarting')
  })

  it('runs its preparation before the first start and before each restart', async () => {
    let prepared = 0
    const spec = await specFor(SERVER)
    const part = await start({ ...spec, prepare: async () => void (prepared += 1) })
    expect(prepared).toBe(1)
    kill(part)
    await waitFor(() => part.restarts === 1 && part.state === 'ready', { what: 'restart' })
    expect(prepared).toBe(2)
  })

  it('fails its first start with the exit code and its last lines', async () => {
    const spec = await specFor('console.error("the disk\\u001b[31m is full"); process.exit(3)')
    await expect(supervise(spec)).rejects.toMatchObject({
      code: 'stack_failed',
      message: expect.stringMatching(/^server exited with code 3\n {2}the disk \[31m is full$/),
      hint: `its log is ${spec.logFile}`,
    })
  })

  it('fails its first start when there is no such command', async () => {
    const spec = { ...(await specFor('')), command: '/nowhere/at-all' }
    await expect(supervise(spec)).rejects.toThrow(/\/nowhere\/at-all/)
  })

  it('ends a process that never answers', async () => {
    const spec = await specFor('console.log(process.pid); setInterval(() => {}, 1000)', 700)
    await expect(supervise(spec)).rejects.toThrow('server did not answer within 700 ms')
    expect(isRunning(Number(await readFile(spec.logFile, 'utf8')))).toBe(false)
  })

  it('is killed when it does not heed being stopped', async () => {
    const spec = await specFor(`process.on('SIGTERM', () => {});${SERVER}`)
    const part = await supervise(spec)
    const pid = part.pid ?? 0
    await part.stop()
    expect(isRunning(pid)).toBe(false)
  })

  it('begins a new log file when the old one is long', async () => {
    const spec = await specFor(SERVER)
    await writeFile(spec.logFile, 'x'.repeat(9 * 1_048_576))
    await start(spec)
    expect((await stat(`${spec.logFile}.1`)).size).toBe(9 * 1_048_576)
    expect(await readFile(spec.logFile, 'utf8')).toBe('listening soon\n')
  })
})

describe('what a killed parent leaves', () => {
  it.runIf(process.platform === 'linux')('dies with it', async () => {
    const spec = await specFor(SERVER)
    const parent = spawn(
      process.execPath,
      ['--input-type=module', '-e', PARENT, JSON.stringify(spec), spec.url],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [answer] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(answer.toString())
    expect(isRunning(pid)).toBe(true)
    parent.kill('SIGKILL')
    await waitFor(async () => !isRunning(pid), { what: 'the end of the child' })
  })

  it('is ended at the next start where it did not', async () => {
    const spec = await specFor(SERVER)
    const left = spawn(process.execPath, spec.args, { stdio: 'ignore' })
    await once(left, 'spawn')
    await notePid(spec.logFile.replace('.log', '.pid'), left.pid ?? 0)
    const ended = once(left, 'exit')
    const part = await start(spec)
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(await (await fetch(spec.url)).text()).toBe(String(part.pid))
  })

  it('is left alone when its pid now belongs to another process', async () => {
    const spec = await specFor(SERVER)
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    onTestFinished(() => void other.kill('SIGKILL'))
    await once(other, 'spawn')
    const identity = identify(other.pid ?? 0)
    const pidFile = spec.logFile.replace('.log', '.pid')
    await writeFile(pidFile, JSON.stringify({ ...identity, startTime: '1' }))
    await start(spec)
    expect(isRunning(other.pid ?? 0)).toBe(true)
  })
})

const PARENT = `
  import { supervise } from '${new URL('../../src/stack/supervise.ts', import.meta.url).href}'
  const [spec, url] = process.argv.slice(1)
  const ready = async () => (await fetch(url)).ok
  const part = await supervise({ ...JSON.parse(spec), ready })
  console.log(part.pid)
`
