import { describe, expect, it } from 'vitest'
import { parseFrames } from '../../src/runtimes/sandbox/wire/guest-report.ts'
import { readExit } from '../../src/runtimes/sandbox/read-exit.ts'
import { makeRequest } from '../support/run-recorder.ts'

const ENDED = {
  exitCode: 0,
  signal: 0,
  cpuMs: 1,
  maxRssBytes: 1,
  diskFull: false,
  killed: false,
  watchedPeakBytes: 0,
  broke: null,
  endedAt: 0,
  files: [],
  outFilesDropped: 0,
}
const SLOT = { status: 0, oomKills: 0, pidsRefused: 0, peakBytes: 0, cpuUs: 0 }

function read(
  channel: string,
  ended: Partial<typeof ENDED> = {},
  { memoryBytes = 268_435_456, peakBytes = 0 } = {},
): ReturnType<typeof readExit> {
  const guest = { ...parseFrames(Buffer.from(channel), Buffer.from('\nN0 ')), tooLarge: false, lastAt: 0 }
  return readExit(
    {
      supervisor: { ...ENDED, ...ended },
      guest,
      slot: { ...SLOT, peakBytes },
      aborted: false,
      broke: null,
      launcherLost: false,
      setupStderr: '',
      durationMs: 1,
    },
    makeRequest('javascript', '', { limits: { memoryBytes } }),
    'namespace',
    { workDir: '/work', guestDir: '/guest' },
  )
}

describe('the exit of a run', () => {
  it('carries the result that arrived completely', () => {
    expect(read('\nN0 running 0\n\nN0 result 3\n[1]')).toMatchObject({ result: '[1]', uncaught: null })
  })
  it('is no success when the result was cut off on its way', () => {
    const exit = read('\nN0 running 0\n\nN0 result 30\n[1')
    expect(exit.result).toBeNull()
    expect(exit.uncaught).toMatchObject({
      name: 'ResultError',
      message: expect.stringContaining('cut off') as string,
    })
  })
  it('says only how the program died when it died while it wrote', () => {
    const exit = read('\nN0 running 0\n\nN0 result 30\n[1', { signal: 9, exitCode: 0 })
    expect(exit).toMatchObject({ signal: 'SIGKILL', uncaught: null, result: null })
  })
  it('tells an abort of V8 early where no control group counts', () => {
    const ended = { signal: 6, maxRssBytes: 200_000_000 }
    expect(read('\nN0 running 0\n', ended)).toMatchObject({ limit: 'memory', signal: 'SIGABRT' })
  })
  it.each([
    ['near the limit of memory', 268_435_456, 250_000_000, 'memory'],
    ['by its own will with half of its memory used', 268_435_456, 200_000_000, null],
    ['at its own limit, far below that of the run', 16_000_000_000, 4_400_000_000, 'memory'],
    ['with hardly any memory used, as by process.abort()', 268_435_456, 40_000_000, null],
  ])('tells an abort of V8 %s', (_when, memoryBytes, peakBytes, limit) => {
    const exit = read('\nN0 running 0\n', { signal: 6 }, { memoryBytes, peakBytes })
    expect(exit).toMatchObject({ limit, signal: 'SIGABRT', fault: null })
  })
  const error = (body: string): string => `\nN0 running 0\n\nN0 error ${body.length}\n${body}`
  const STACK = '{"name":"x","message":"y","code":"","stack":"'
  it.each([
    ['frames', '\nN0 x 0\n'.repeat(800_000)],
    ['results', '\nN0 result 1\n1'.repeat(700_000)],
    ['lines of a stack', error(`${STACK}${'\\n'.repeat(4_000_000)}"}`)],
    ['lists in the report of an error', error(`[${'[],'.repeat(2_000_000)}0]`)],
    ['texts in the report of an error', error(`[${'"",'.repeat(2_000_000)}0]`)],
    ['megabytes in the report of an error', error(`{"name":"${'x'.repeat(20_000_000)}"}`)],
  ])('is read in little time, however many %s a program sends', (_what, channel) => {
    const since = process.cpuUsage()
    expect(read(channel, { exitCode: 1 })).toMatchObject({ exitCode: 1, fault: null, limit: null })
    const { user, system } = process.cpuUsage(since)
    expect((user + system) / 1000).toBeLessThan(250)
  })
})
