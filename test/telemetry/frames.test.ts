import { randomUUID } from 'node:crypto'
import { array, assert, constantFrom, integer, json, nat, property, record, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrames, encodeFrame, type Frame, type StoredFrame } from '../../src/telemetry/outbox/frames.ts'

const ID = randomUUID()
const NOW = 1_700_000_000_000.5

const frame = record({ kind: constantFrom('B', 'C', 'L', 'S', 'E'), first: json(), second: json() }).map(
  ({ kind, first, second }): Frame => ({
    kind: kind === 'B' || kind === 'C' || kind === 'E' || kind === 'L' ? kind : 'S',
    executionId: kind === 'L' || kind === 'S' ? '' : ID,
    first: first.toWellFormed(),
    second: second.toWellFormed(),
  }),
)
const frames = array(frame, { minLength: 1, maxLength: 8 })

const encode = (list: readonly Frame[]): Buffer => Buffer.concat(list.map((one) => encodeFrame(one, NOW)))
const plain = ({ kind, executionId, first, second }: StoredFrame): Frame => ({
  kind,
  executionId,
  first: first.toString('utf8'),
  second: second.toString('utf8'),
})

describe('frames', () => {
  it('come back as they were written, with the time', () => {
    assert(
      property(frames, (written) => {
        const { frames: found, consumed, corrupt } = decodeFrames(encode(written))
        expect(found.map(plain)).toEqual(written)
        expect(found.every(({ writtenMs }) => writtenMs === NOW)).toBe(true)
        expect(corrupt).toEqual([])
        expect(consumed).toBe(encode(written).length)
      }),
    )
  })

  it('cut anywhere give the complete ones before the cut and no other', () => {
    assert(
      property(frames, nat(), (written, seed) => {
        const bytes = encode(written)
        const cut = seed % bytes.length
        const { frames: found, corrupt } = decodeFrames(bytes.subarray(0, cut))
        let whole = 0
        let end = 0
        for (const one of written) {
          end += encodeFrame(one, NOW).length
          if (end <= cut) whole += 1
        }
        expect(found.map(plain)).toEqual(written.slice(0, whole))
        expect(corrupt).toEqual([])
      }),
    )
  })

  it('with one byte changed never give a wrong one, and all the others', () => {
    assert(
      property(frames, nat(), integer({ min: 1, max: 255 }), (written, seed, flip) => {
        const good = encodeFrame({ kind: 'L', executionId: '', first: '{}', second: '{}' }, NOW)
        const bytes = Buffer.concat([encode(written), good])
        const at = seed % (bytes.length - good.length)
        bytes[at] = (bytes[at] ?? 0) ^ flip
        const { frames: found, corrupt } = decodeFrames(bytes)
        let end = 0
        const hit = written.findIndex((one) => (end += encodeFrame(one, NOW).length) > at)
        const others = [...written.slice(0, hit), ...written.slice(hit + 1)]
        expect(found.map(plain)).toEqual([
          ...others,
          { kind: 'L', executionId: '', first: '{}', second: '{}' },
        ])
        expect(corrupt.length).toBe(1)
      }),
    )
  })

  it('of any bytes at all give none that was not written, and end', () => {
    assert(
      property(array(nat(255)), tuple(frames), (noise, [written]) => {
        const bytes = Buffer.concat([Buffer.from(noise), encode(written)])
        const { frames: found } = decodeFrames(bytes)
        for (const one of found.map(plain)) expect(written).toContainEqual(one)
      }),
    )
  })
})
