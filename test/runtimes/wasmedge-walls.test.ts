/** What WasmEdge keeps from programs. */
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { findWasmedge, NONE_AHEAD, wasmedgeOptions } from '../support/wasmedge.ts'

const absent = await findWasmedge()
const runtime = wasmedge(wasmedgeOptions(NONE_AHEAD))
afterAll(() => runtime.close())

const run = (
  language: Language,
  code: string,
  change: Parameters<typeof makeRequest>[2] = {},
): Promise<Recording> => record(runtime, makeRequest(language, code, change))

/** Listens; resolves to the port. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Tries every wall, and returns how each answered. */
function hostilePython(port: number): string {
  return `import os
os.symlink("../../../../../../etc/passwd", "link")
os.symlink("../../../../etc/passwd", "/out/link")
open("/out/own", "w").write("mine")
def read(path):
    try:
        return open(path).read()
    except OSError:
        return None
def allocate():
    try:
        bytearray(900_000_000)
    except MemoryError:
        return "went on"
def connect():
    try:
        import socket
        socket.create_connection(("127.0.0.1", ${port}))
    except Exception:
        return "refused"
def main(input):
    paths = ["/etc/passwd", "../../etc/passwd", "link", "/proc/self/environ", "/out/../../etc/passwd"]
    return {"read": [read(path) for path in paths], "memory": allocate(), "network": connect()}`
}

describe.skipIf(absent !== null)(`the walls of WasmEdge ${absent ?? ''}`, () => {
  it('gives no way to the network, neither connections nor names', async () => {
    let connections = 0
    await using server = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    const port = await listen(server)
    const [dial, look] = await Promise.all([
      run(
        'javascript',
        `import { WasiTcpConn } from 'wasi_net'\nconsole.log(await WasiTcpConn.connect('127.0.0.1:${port}'))`,
      ),
      run('javascript', `import { nsloopup } from 'wasi_net'\nconsole.log(nsloopup('localhost', '80'))`),
    ])
    expect([dial, look].map(({ exit }) => exit.uncaught === null)).toEqual([false, false])
    expect([dial.stdout, look.stdout]).toEqual(['', ''])
    expect(connections).toBe(0)
  })
  it('refuses a request that asks for the network', async () => {
    const { exit, begun } = await run('javascript', 'console.log(1)', { network: 'host' })
    expect(exit.fault?.message).toContain('no network')
    expect(begun).toBe(0)
  })
  it('bounds the size of the scratch directory', async () => {
    const { exit } = await run(
      'python',
      'with open("big", "wb") as file:\n    for _ in range(64):\n        file.write(bytes(1_000_000))',
      { limits: { diskBytes: 16_777_216 } },
    )
    expect(exit.exitCode).not.toBe(0)
    expect(exit.limit).toBe('disk')
  })
  it('keeps what the engine says out of the output, and what looks like it in', async () => {
    const lookalike = '[2026-11-23 10:00:00.000] [error] something else'
    const { stdout, exit } = await run(
      'javascript',
      `console.log(${JSON.stringify(lookalike)})\nprocess.stdout.write("[2026")\nconst a = []\nfor (;;) a.push(new Array(100000).fill(1))`,
      { limits: { memoryBytes: 33_554_432 } },
    )
    expect(stdout).toBe(`${lookalike}\n[2026`)
    expect(exit.limit).toBe('memory')
  })
  it('does not believe a program that says, in the words of the engine, that memory ran out', async () => {
    const words = '[2026-11-23 10:00:00.000] [error] Memory Instance: Memory grow page failed, claimed'
    const error = `Object.assign(new Error('out of memory'), { name: 'InternalError' })`
    const { exit } = await run('javascript', `console.log(${JSON.stringify(words)})\nthrow ${error}`)
    expect(exit).toMatchObject({ limit: null, fault: null, exitCode: 1 })
  })

  describe('around Python', () => {
    let hostile: Recording
    let connections = 0
    // One run for all of them.
    beforeAll(async () => {
      await using server = createServer((socket) => {
        connections += 1
        socket.destroy()
      })
      hostile = await run('python', hostilePython(await listen(server)))
      expect(hostile.exit).toMatchObject({ fault: null, uncaught: null, exitCode: 0 })
    })
    const tried = (): unknown => JSON.parse(hostile.exit.result ?? 'null') as unknown

    it('show no file but its own, by no path and through no link', () => {
      expect(tried()).toMatchObject({ read: [null, null, null, null, null] })
    })
    it('give nothing outside back through a link in /out', () => {
      expect(hostile.exit.files).toEqual([{ path: 'own', content: 'mine', encoding: 'utf8' }])
    })
    it('give a caught refusal of memory no name of a limit', () => {
      expect(tried()).toMatchObject({ memory: 'went on' })
      expect(hostile.exit.limit).toBeNull()
    })
    it('give no way to the network', () => {
      expect(tried()).toMatchObject({ network: 'refused' })
      expect(connections).toBe(0)
    })
  })
})
