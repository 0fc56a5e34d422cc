import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packArchive, unpackArchive } from '../../src/runtimes/bacalhau/archive.ts'
import { FrameReader, type FrameSink } from '../../src/runtimes/bacalhau/frames.ts'
import { BrokenRelayError, RelayReader } from '../../src/runtimes/e2b/relay-frames.ts'
import { encodeFrame, FrameReader as AnswerReader } from '../../src/runtimes/compile/compile-job.ts'
import { parseFrames } from '../../src/runtimes/sandbox/wire/guest-report.ts'
import { parseSupervisorReport } from '../../src/runtimes/sandbox/wire/supervisor-report.ts'
import { decodeFrames, encodeFrame as encodeStored } from '../../src/telemetry/outbox/frames.ts'
import { fuzz, textOf } from './fuzz.ts'

const MARK = '\nnonce '
const bytes = (pieces: readonly string[]) => textOf(pieces).map((text) => Buffer.from(text, 'latin1'))

describe('frames of a guest', () => {
  it('of any bytes are read to the end, and nothing is made up', () =>
    fuzz(
      fc.property(
        bytes([
          MARK,
          'result ',
          'running ',
          'error ',
          'syntax ',
          '0\n',
          '5\n',
          '99999999999\n',
          '-1\n',
          '1e9\n',
          'NaN\n',
          '\n',
        ]),
        (given) => {
          const report = parseFrames(given, Buffer.from(MARK))
          const kept = [report.syntax, report.error, report.result].map((text) => text?.length ?? 0)
          expect(report.loose.length + Math.max(...kept)).toBeLessThanOrEqual(given.length)
        },
      ),
    ))

  it('of a supervisor, whatever they are, are read once', () =>
    fuzz(
      fc.property(
        bytes([
          'file ',
          'end ',
          'fault ',
          '0 ',
          '1 ',
          '-5 ',
          '-5\n',
          '3\n',
          '1e3 ',
          'Infinity\n',
          'abc',
          '\n',
        ]),
        (given) => {
          const report = parseSupervisorReport(given)
          expect(report === null || typeof report === 'string' || Array.isArray(report.files)).toBe(true)
        },
      ),
    ))

  it('in the log of a job come back complete or loose', () =>
    fuzz(
      fc.property(
        fc.array(textOf(['\nmark ', 'b ', 'o ', 'r ', 'f ', '"a"\n', 'AAAA\n', '\n', '{}'], 10), {
          maxLength: 6,
        }),
        (texts) => {
          const seen: string[] = []
          const sink: FrameSink = { frame: (kind) => void seen.push(kind), loose: () => undefined }
          const reader = new FrameReader('mark', sink)
          for (const text of texts) reader.push('stdout', text)
          expect(seen.length).toBeLessThanOrEqual(texts.join('').length)
        },
      ),
    ))

  it('of a relay are complete, or the stream is broken', () =>
    fuzz(
      fc.property(
        fc.array(textOf(['\u001Ename\n', 'b 0\n', 'o 3\nabc', 'r 99999\n', 'z -1\n', 'o 1e3\n', '\n'], 10), {
          maxLength: 6,
        }),
        (texts) => {
          const reader = new RelayReader('name')
          try {
            const frames = texts.flatMap((text) => reader.push(text))
            expect(frames.reduce((sum, frame) => sum + frame.bytes.length, 0)).toBeLessThanOrEqual(
              texts.join('').length,
            )
          } catch (error) {
            expect(error).toBeInstanceOf(BrokenRelayError)
          }
        },
      ),
    ))
})

describe('frames of the compiler', () => {
  it('come back as they were, however they are cut', () =>
    fuzz(
      fc.property(
        fc.jsonValue(),
        fc.string(),
        fc.array(fc.nat(40), { maxLength: 20 }),
        (value, text, sizes) => {
          const whole = encodeFrame(value, text)
          const reader = new AnswerReader()
          let at = 0
          let found = null
          for (const size of [...sizes, whole.length]) {
            if (at < whole.length) found = reader.push(whole.subarray(at, at + size))
            at += size
          }
          expect(found).toEqual({ value: JSON.parse(JSON.stringify(value)), text: text.toWellFormed() })
        },
      ),
    ))
})

describe('frames of the outbox', () => {
  const good = encodeStored({ kind: 'L', executionId: '', first: '{"a":1}', second: '{}' }, 1).toString(
    'latin1',
  )

  it('of any bytes are read to the end, and damage is named once', () =>
    fuzz(
      fc.property(
        bytes([good, good.slice(0, 4), good.slice(0, 15), good.slice(4), 'x', '\u00FF']),
        fc.nat(5),
        (given, following) => {
          const { frames, consumed, corrupt } = decodeFrames(given, { following })
          const read = frames.reduce((sum, frame) => sum + frame.bytes, 0)
          const damaged = corrupt.reduce((sum, { from, to }) => sum + to - from, 0)
          expect(read + damaged).toBe(consumed)
          expect(consumed).toBeLessThanOrEqual(given.length)
        },
      ),
    ))
})

describe('an archive', () => {
  it('of any bytes is unpacked or refused', () =>
    fuzz(
      fc.property(
        fc.array(
          fc.record({
            at: fc.nat(2000),
            text: fc.constantFrom('-0001000\0', '7777777', '\0', 'L', '0', '9', '\u00FF'),
          }),
          { maxLength: 6 },
        ),
        (changes) => {
          const archive = packArchive([
            { path: 'a', content: Buffer.from('abc') },
            { path: 'b'.repeat(120), content: Buffer.from('d') },
          ])
          const plain = gunzipSync(archive)
          for (const { at, text } of changes) plain.write(text, at % plain.length, 'latin1')
          try {
            const files = unpackArchive(gzipSync(plain, { level: 1 }), 1e6)
            expect(files.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(
              plain.length,
            )
          } catch (error) {
            expect(String(error)).toMatch(/archive is broken/u)
          }
        },
      ),
    ))
})
