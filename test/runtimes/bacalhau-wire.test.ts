/** The parts between a guest and a node: frames, archives, modules, histories. */
import { describe, expect, it } from 'vitest'
import { packArchive, unpackArchive } from '../../src/runtimes/bacalhau/archive.ts'
import { routeLanguage } from '../../src/runtimes/bacalhau/cluster.ts'
import { FrameReader } from '../../src/runtimes/bacalhau/frames.ts'
import { readProgress } from '../../src/runtimes/bacalhau/progress.ts'
import { addNameSection, divertImports, stripDebugInfo } from '../../src/runtimes/bacalhau/wasm-module.ts'

/** What the types of this Node leave out. */
interface WasmEngine {
  validate(bytes: Uint8Array): boolean
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> }
}
const wasm = (globalThis as unknown as { WebAssembly: WasmEngine }).WebAssembly
const MARKER = 'cafe'.repeat(8)

function read(pieces: readonly string[]): string[] {
  const said: string[] = []
  const reader = new FrameReader(MARKER, {
    frame: (kind, body) => void said.push(`${kind}:${body.toString()}`),
    loose: (stream, text) => void said.push(`${stream}>${text}`),
  })
  for (const piece of pieces) reader.push('stdout', piece)
  reader.end()
  return said
}

const frame = (kind: string, body: string): string => `\n${MARKER} ${kind} ${body}\n`
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('frames', () => {
  it('are read from any pieces, and the rest is the own writing of the program', () => {
    const log = `before${frame('o', base64('é\n'))}${frame('r', JSON.stringify('"ü 1"'))}after\n${frame('z', base64('{}'))}`
    const expected = ['stdout>before', 'stdout:é\n', 'result:"ü 1"', 'stdout>after\n', 'end:{}']
    for (const size of [1, 2, 7, 64, 10_000]) {
      const pieces = log.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      const joined = read(pieces).reduce<string[]>((all, next) => {
        const last = all.at(-1) ?? ''
        if (next.startsWith('stdout>') && last.startsWith('stdout>'))
          all[all.length - 1] = last + next.slice(7)
        else all.push(next)
        return all
      }, [])
      expect(joined).toEqual(expected)
    }
  })
  it('need the marker of the run and a kind there is', () => {
    expect(read([`\n${'beef'.repeat(8)} z ${base64('{}')}\n`]).join('')).toMatch(/^stdout>/u)
    expect(read([frame('q', base64('x'))]).every((said) => said.startsWith('stdout>'))).toBe(true)
    expect(read([frame('r', '"broken')]).every((said) => said.startsWith('stdout>'))).toBe(true)
  })
  it('are not waited for without end', () => {
    expect(read([`\n${MARKER} o ${'A'.repeat(100_000)}`]).every((said) => said.startsWith('stdout>'))).toBe(
      true,
    )
  })
})

describe('archives', () => {
  it('keep paths and bytes, also long ones', () => {
    const files = [
      { path: 'a/b/c.bin', content: Buffer.from([0, 255, 1]) },
      { path: `${'long/'.repeat(40)}é.txt`, content: Buffer.alloc(1_025, 7) },
      { path: 'empty', content: Buffer.alloc(0) },
    ]
    const unpacked = unpackArchive(packArchive(files), 1_000_000)
    expect(unpacked.map(({ path, content }) => [path, Buffer.from(content)])).toEqual(
      files.map(({ path, content }) => [path, content]),
    )
  })
  it('are refused when they unpack to more than is wanted', () => {
    const packed = packArchive([{ path: 'zeros', content: Buffer.alloc(1_000_000) }])
    expect(() => unpackArchive(packed, 10_000)).toThrow(/./u)
  })
})

/** `(import "wasi" "sock_open" (func (param i32) (result i32)))`, called by an exported function. */
const MODULE = Buffer.from(
  '0061736d0100000001060160017f017f02120104776173690973' +
    '6f636b5f6f70656e0000030201000707010372756e00010a08010600200010000b',
  'hex',
)

describe('modules', () => {
  it('are given a name section once', () => {
    const named = addNameSection(MODULE)
    expect(named.length).toBe(MODULE.length + 7)
    expect(addNameSection(named).equals(named)).toBe(true)
    expect(wasm.validate(new Uint8Array(named))).toBe(true)
  })
  it('lose what only debuggers use', () => {
    const debug = Buffer.from([0, 9, 7, ...Buffer.from('.debug_'), 1])
    const named = addNameSection(MODULE)
    expect(stripDebugInfo(Buffer.concat([named, debug])).equals(named)).toBe(true)
  })
  it('call a stub in place of what a node does not have', () => {
    const { module, stub } = divertImports(MODULE, 'sock_', 'stub.wasm')
    const stubs = new wasm.Instance(new wasm.Module(new Uint8Array(stub)), {})
    const { exports } = new wasm.Instance(new wasm.Module(new Uint8Array(module)), {
      'stub.wasm': stubs.exports,
    })
    expect((exports['run'] as (value: number) => number)(1)).toBe(58)
  })
})

describe('a history', () => {
  const item = (executionId: string, topic: string, message: string, atMs: number) => ({
    executionId,
    topic,
    message,
    newState: topic === 'State Update' ? message : null,
    atMs,
  })
  it('tells queue, run and end apart', () => {
    const progress = readProgress([
      item('', 'Submission', 'Job submitted', 10),
      item('e-1', 'Scheduling', 'Requested execution on n', 11),
      item('e-1', 'Execution', 'Running', 30),
      item('', 'State Update', 'Completed', 90),
    ])
    expect(progress).toEqual({
      executionIds: ['e-1'],
      submittedAtMs: 10,
      runningAtMs: 30,
      completedAtMs: 90,
      reason: null,
    })
  })
  it('tells why a job waits, and of a second try', () => {
    const waiting = [
      item('', 'Submission', 'Job submitted', 1),
      item('', 'Queueing', 'Node n: does not support docker', 2),
    ]
    expect(readProgress(waiting).reason).toBe('Node n: does not support docker')
    expect(
      readProgress([item('e-1', 'Execution', 'x', 1), item('e-2', 'Scheduling', 'y', 2)]).executionIds,
    ).toHaveLength(2)
  })
})

describe('a route', () => {
  const node = (engines: string[], change: object = {}) => ({
    id: 'n',
    engines,
    publishers: ['noop'],
    labels: {},
    version: 'v1.9.3',
    ...change,
  })
  it('prefers nodes that stream, then those that publish, then says what is missing', () => {
    const streams = node(['wasm'], { labels: { 'exectrail-streams': 'true' } })
    const publishes = node(['wasm'], { publishers: ['local'] })
    expect(routeLanguage([publishes, streams], 'python', 'auto')).toMatchObject({ channel: 'stream' })
    expect(routeLanguage([publishes], 'python', 'auto')).toMatchObject({ channel: 'published' })
    expect(routeLanguage([node(['wasm'])], 'python', 'auto')).toHaveProperty('missing')
    expect(routeLanguage([streams], 'bash', 'auto')).toHaveProperty('missing')
    expect(routeLanguage([streams, node(['docker'])], 'bash', 'auto')).toMatchObject({ engine: 'docker' })
  })
})
