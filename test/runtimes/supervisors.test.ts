import { afterAll, describe, expect, it } from 'vitest'
import type { RuntimeExit } from '../../src/runtimes/runtime.ts'
import { closeMade, isForked, make, makeForking } from '../support/forking.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

afterAll(closeMade)

/** What a program does, and what either supervisor has to report of it. */
const PROGRAMS: readonly (readonly [does: string, code: string, expected: Partial<RuntimeExit>])[] = [
  ['ends well', 'def main(input): return [1]', { exitCode: 0, signal: null, result: '[1]' }],
  ['exits with a code', 'import sys; sys.exit(7)', { exitCode: 7, signal: null }],
  ['raises', 'raise ValueError("bad")', { exitCode: 1, signal: null }],
  ['ends itself by a signal', 'import os; os.kill(os.getpid(), 15)', { exitCode: null, signal: 'SIGTERM' }],
  ['ends itself by SIGKILL', 'import os; os.kill(os.getpid(), 9)', { exitCode: null, signal: 'SIGKILL' }],
  [
    'leaves processes behind',
    'import os, time\nif os.fork() == 0:\n  os.setsid(); time.sleep(999)',
    { exitCode: 0, signal: null },
  ],
  [
    'writes files',
    'import os; os.makedirs("/out/a/b"); open("/out/a/b/c", "w").write("deep"); open("/out/z", "wb").write(b"\\xff")',
    {
      files: [
        { path: 'a/b/c', content: 'deep', encoding: 'utf8' },
        { path: 'z', content: '/w==', encoding: 'base64' },
      ],
      outFilesDropped: 0,
    },
  ],
  [
    'writes what is no file of its own',
    'import os; os.symlink("/etc/passwd", "/out/link"); os.mkfifo("/out/pipe"); open("/out/one", "w").close(); os.link("/out/one", "/out/two")',
    { files: [], outFilesDropped: 4 },
  ],
  [
    'writes too many files',
    'for n in range(300): open("/out/%03d" % n, "w").close()',
    { outFilesDropped: 44, exitCode: 0 },
  ],
  [
    'puts a link in place of /out',
    'import os, shutil; shutil.rmtree("/tmp/out"); os.symlink("/usr", "/tmp/out")',
    { files: [] },
  ],
  [
    'removes its directories',
    'import shutil; shutil.rmtree("/tmp/work"); shutil.rmtree("/tmp/out")',
    { files: [] },
  ],
  ['fills the disk', 'open("big", "wb").write(b"x" * 8_000_000)', { limit: 'disk', exitCode: 1 }],
]

describe('the supervisors', () => {
  it.each(PROGRAMS)('report alike of a program that %s', async (_, code, expected) => {
    const request = () => {
      const made = makeRequest('python', code)
      return { ...made, limits: { ...made.limits, diskBytes: 4_194_304 } }
    }
    const exits = await Promise.all(
      [forked, cold].map(async (runtime) => (await record(await runtime(), request())).exit),
    )
    const [ofPython, ofPerl] = exits.map((exit) => toComparable(exit))
    expect(ofPython).toMatchObject(expected)
    expect(ofPython).toEqual(ofPerl)
  })

  it('were two: one forked an interpreter, the other started it', async () => {
    expect(await isForked(await forked(), 'python')).toBe(true)
    expect(await isForked(await cold(), 'python')).toBe(false)
  })
})

let forking: ReturnType<typeof makeForking> | undefined
const forked = () => (forking ??= makeForking('python', 'pass'))
let starting: ReturnType<typeof make> | undefined
const cold = async () => (starting ??= make({ forkServer: 'off' }))

/** Without what differs from run to run. */
function toComparable({
  exitCode,
  signal,
  result,
  limit,
  fault,
  uncaught,
  files,
  outFilesDropped,
}: RuntimeExit) {
  return { exitCode, signal, result, limit, fault, uncaught: uncaught?.message, files, outFilesDropped }
}
