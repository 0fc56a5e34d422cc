/** What comes back from `/out`, by each way a run is started and each supervisor. */
import { afterAll, describe, expect, it } from 'vitest'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

const WAYS = {
  'by a fork server': subprocess(localOptions()),
  'from nothing': subprocess(localOptions({ forkServer: 'off' })),
}
afterAll(() => Promise.all(Object.values(WAYS).map((runtime) => runtime.close())))

describe.each(Object.entries(WAYS))('the files of /out of a run started %s', (_way, runtime) => {
  it('keep their names apart, UTF-8 or not', async () => {
    const code = `import os
for name in (b"\\xff", b"\\xfe", b"a\\xff", b"\\\\xff", "bücher".encode(), b"d\\xfe/f"):
    os.makedirs(b"/out/" + os.path.dirname(name), exist_ok=True)
    open(b"/out/" + name, "wb").write(name)`
    const { exit } = await record(runtime, makeRequest('python', code))
    expect([exit.uncaught, exit.outFilesDropped]).toEqual([null, 0])
    expect(exit.files.map(({ path }) => path).toSorted()).toEqual(
      ['\\x5cxff', '\\xfe', '\\xff', 'a\\xff', 'bücher', 'd\\xfe/f'].toSorted(),
    )
  })

  it.each([
    ['python', `for n in range(300): open("/out/%03d" % n, "w")`, 256, 44],
    ['python', `open("/out/a", "wb").truncate(20 << 20); open("/out/b", "wb").truncate(20 << 20)`, 1, 1],
    ['python', `import os\nfor n in range(12000): os.mknod("/out/%05d" % n)`, 256, 11_744],
    // Ten thousand names are looked at; the files below them, and the names after them, are counted alone.
    [
      'python',
      `import os\nfor n in range(10500): os.mkdir("/out/%d" % n); os.mknod("/out/%d/f" % n)`,
      0,
      10_500,
    ],
    ['bash', 'cd /out; for n in {001..300}; do : > $n; done', 256, 44],
    [
      'bash',
      'cd /out; ln -s /etc/passwd a; mkfifo b; echo x > c; ln c d; mkdir -p e/{1..2}; echo y > e/2/f',
      1,
      4,
    ],
    [
      'javascript',
      `const { mkdirSync, writeFileSync } = require('fs'); mkdirSync('/out/' + 'd/'.repeat(20), { recursive: true }); writeFileSync('/out/x', '')`,
      1,
      1,
    ],
    ['bash', 'rm -r /tmp/out 2> /dev/null; exit 0', 0, 0],
    ['bash', 'rmdir /tmp/out && ln -s /etc /tmp/out', 0, 1],
  ] as const)('are counted where they do not come back (%s: %s)', async (language, code, came, left) => {
    const { exit } = await record(runtime, makeRequest(language, code))
    expect([exit.uncaught, exit.exitCode, exit.files.length, exit.outFilesDropped]).toEqual([
      null,
      0,
      came,
      left,
    ])
  })
})
