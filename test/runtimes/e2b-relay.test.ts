/** What comes through the relay, whatever the program does to it. */
import type { Sandbox } from 'e2b'
import * as fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { isModule } from '../../src/runtimes/e2b/job.ts'
import { summarize } from '../../src/runtimes/e2b/metrics.ts'
import { BrokenRelayError, RelayReader } from '../../src/runtimes/e2b/relay-frames.ts'
import { loadSdk, type Sdk } from '../../src/runtimes/e2b/sdk.ts'
import { FLOOD, PROGRAMS } from '../contract/programs.ts'
import { e2bOn } from '../support/e2b.ts'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

const found = await E2bStandIn.start()

describe.skipIf(found === null)('the relay of e2b (skipped without bubblewrap)', () => {
  const standIn = found as E2bStandIn
  afterAll(() => standIn.close())

  it('carries bytes that are no text, to the last one', async () => {
    const runtime = e2bOn(standIn)
    const bytes: Uint8Array[] = []
    const code = 'printf "\\xef\\xbb\\xbf\\xff\\xfe\\0\\x80"; head -c 300000 /dev/zero | tr "\\0" "\\377"'
    const exit = await runtime.run(makeRequest('bash', code), {
      signal: new AbortController().signal,
      onOutput: ({ bytes: chunk }) => {
        bytes.push(Buffer.from(chunk))
      },
      onRunning: () => undefined,
    })
    expect(exit).toMatchObject({ exitCode: 0, fault: null })
    const head = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0xfe, 0, 0x80])
    expect(Buffer.concat(bytes).equals(Buffer.concat([head, Buffer.alloc(300_000, 0xff)]))).toBe(true)
    await runtime.close()
  })
  it('takes a program that kills all it can reach, the relay too, for one that was killed', async () => {
    const runtime = e2bOn(standIn)
    const { exit } = await record(runtime, makeRequest('bash', 'kill -9 -1; sleep 60'))
    expect(exit).toMatchObject({ signal: 'SIGKILL', exitCode: null, fault: null, result: null, limit: null })
    await runtime.close()
  })
  it('does not fill this process with what a program prints', async () => {
    const handles: { stdout: string }[] = []
    const load = async (): Promise<Sdk> => {
      const sdk = await loadSdk()
      const create = async (options: object): Promise<Sandbox> => {
        const sandbox = await sdk.Sandbox.create(options)
        const start = sandbox.commands.run.bind(sandbox.commands)
        const watched = async (command: string, given: object) => {
          const handle = await start(command, { ...given, background: true })
          handles.push(handle)
          return handle
        }
        return Object.assign(sandbox, { commands: Object.assign(sandbox.commands, { run: watched }) })
      }
      const kill = (id: string, options: object) => sdk.Sandbox.kill(id, options)
      const list = (options: object) => sdk.Sandbox.list(options)
      const watching = { create, kill, list }
      return { ...sdk, Sandbox: watching as unknown as Sdk['Sandbox'] }
    }
    const runtime = e2bOn(standIn, { load })
    const { stdoutBytes } = await record(runtime, makeRequest('bash', PROGRAMS.bash.flood))
    expect(stdoutBytes).toBe(FLOOD.lines * FLOOD.lineBytes)
    expect(handles).toHaveLength(1)
    expect(handles[0]?.stdout.length).toBeLessThan(stdoutBytes / 10)
    await runtime.close()
  })
  it('ends a run that floods the result channel', async () => {
    const runtime = e2bOn(standIn)
    const { exit } = await record(runtime, makeRequest('bash', 'head -c 50000000 /dev/zero >&3; sleep 60'))
    expect(exit.result).toBeNull()
    expect(exit.fault).toBeNull()
    expect(exit.uncaught?.message).toContain('the result is larger than')
    await runtime.close()
  })
})

it('puts frames together however the stream was cut', () => {
  const kind = fc.constantFrom('b', 'n', 'o', 'e', 'r', 's', 'z')
  const frames = fc.array(fc.tuple(kind, fc.uint8Array({ maxLength: 50 })), { maxLength: 8 })
  fc.assert(
    fc.property(frames, fc.array(fc.nat(400)), (given, cuts) => {
      const body = given.map(
        ([letter, bytes]) => `${letter} ${bytes.length}\n${Buffer.from(bytes).toString('latin1')}`,
      )
      const text = `profile says\u001E hello\n\u001Erun-1\n${body.join('')}`
      const reader = new RelayReader('run-1')
      const at = [0, ...cuts.map((cut) => cut % text.length).toSorted((a, b) => a - b), text.length]
      const read = at.slice(1).flatMap((end, index) => reader.push(text.slice(at[index], end)))
      expect(read.map((frame) => [frame.kind, [...frame.bytes]])).toEqual(
        given.map(([letter, bytes]) => [letter, [...bytes]]),
      )
    }),
  )
})

it.each(['x 5\n', 'o 99999\n', 'o -1\n', 'o\n', 'a line without a frame'])(
  'refuses %j as a frame',
  (text) => {
    const reader = new RelayReader('run-1')
    expect(() => reader.push(`\u001Erun-1\n${text}`)).toThrow(BrokenRelayError)
  },
)

it.each([
  ['export const main = () => 1', true],
  ['await 1', true],
  ['import "node:fs"', true],
  ['const fs = require("node:fs"); module.exports = { main() {} }', false],
  ['console.log(1)', false],
])('takes %j for a module: %s', (code, module) => {
  expect(isModule(code)).toBe(module)
})

it('adds no figures up where the provider has none', () => {
  expect(summarize([])).toEqual({ cpuMs: null, memoryPeakBytes: null, memorySource: null })
})
