import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { descendants, pidsOf } from '../support/descendants.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

const GUEST = fileURLToPath(new URL('../../src/runtimes/sandbox/guest/', import.meta.url))
const made: Runtime[] = []

function make(change: Parameters<typeof localOptions>[0] = {}): Runtime {
  const runtime = subprocess(localOptions(change))
  made.push(runtime)
  return runtime
}

afterAll(async () => {
  await Promise.all(made.map((runtime) => runtime.close()))
})

describe('the guest programs', () => {
  it.each(globSync('*.pl', { cwd: GUEST }))('%s compiles under strict and warnings', (name) => {
    const checked = spawnSync('perl', ['-Mstrict', '-Mwarnings', '-c', `${GUEST}${name}`], {
      encoding: 'utf8',
    })
    expect(checked.stderr).toMatch(/^\S+ syntax OK\n$/)
  })
})

describe('a sandbox', () => {
  it('refuses to run where isolation is required and unavailable', async () => {
    const lines: string[] = []
    const runtime = make({ namespaces: 'off', requireIsolation: true, report: (line) => lines.push(line) })
    const { exit, begun } = await record(runtime, makeRequest('bash', 'echo ran'))
    expect(exit.fault?.kind).toBe('runtime_unavailable')
    expect(exit.fault?.message).toContain('isolation is required')
    expect(begun).toBe(0)
    await record(runtime, makeRequest('bash', 'echo ran'))
    expect(lines).toHaveLength(1)
  })

  it('says what isolation truly held', async () => {
    const strong = await record(make(), makeRequest('bash', 'true'))
    const weak = await record(make({ namespaces: 'off' }), makeRequest('bash', 'true'))
    expect([strong.exit.isolation, weak.exit.isolation]).toEqual(['namespace', 'process'])
  })

  it('that is none is said to hold neither files nor network back', async () => {
    const { ready, isolation, notes } = await make({ namespaces: 'off' }).check()
    expect([ready, isolation]).toEqual([true, 'process'])
    expect(notes[0]).toMatch(/host’s network, also with network "none"$/)
  })

  it('proves each limit it claims by breaking it', async () => {
    const { enforces, notes } = await make().check()
    expect([...enforces].toSorted()).toEqual(['cpu', 'disk', 'files', 'memory', 'output', 'pids', 'time'])
    expect(notes).toEqual([])
  })

  it('has a file that would leave the working directory refused', async () => {
    const files = [{ path: '../../etc/x', content: 'x' }]
    const { exit } = await record(make(), makeRequest('bash', 'true', { files }))
    expect(exit.fault?.message).toContain('leaves the working directory')
  })

  it('measures memory and processor time as the kernel does', async () => {
    const runtime = make()
    const hungry = await record(runtime, makeRequest('python', 'x = b"x" * 100_000_000'))
    expect(hungry.exit).toMatchObject({ memorySource: 'cgroup', fault: null })
    expect(hungry.exit.memoryPeakBytes).toBeGreaterThan(100_000_000)
    expect(hungry.exit.memoryPeakBytes).toBeLessThan(112_000_000)
    const code =
      'import resource\nfor i in range(20_000_000):\n    pass\ndef main(input):\n    u = resource.getrusage(resource.RUSAGE_SELF)\n    return (u.ru_utime + u.ru_stime) * 1000'
    const busy = await record(runtime, makeRequest('python', code))
    const own = Number(busy.exit.result)
    expect(Math.abs((busy.exit.cpuMs ?? 0) - own)).toBeLessThan(own * 0.1)
  })
})

/** The slot whose sandbox has a process with that command line. */
function slotOf(command: RegExp): number {
  const all = new Map(descendants().map((each) => [each.pid, each]))
  let found = [...all.values()].find((each) => command.test(each.command))
  while (found !== undefined && !found.command.startsWith('exectrail slot')) found = all.get(found.parent)
  if (found === undefined) throw new Error(`no slot has a process ${command}`)
  return found.pid
}

describe('when a part dies', () => {
  it('a run whose slot dies is the runtime’s fault, and the next one runs', async () => {
    const runtime = make()
    await record(runtime, makeRequest('bash', 'true'))
    const before = new Set(pidsOf(/^exectrail slot/))
    expect(before.size).toBeGreaterThan(0)
    // Not that of another sandbox, which may wait for the next run.
    const running = record(runtime, makeRequest('bash', 'echo here; exec sleep 30'), {
      onOutput: async () => {
        await waitFor(() => pidsOf(/^sleep 30/).length > 0, { what: 'the program' })
        process.kill(slotOf(/^sleep 30/), 'SIGKILL')
      },
    })
    expect((await running).exit.fault?.kind).toBe('runtime_error')
    const next = await record(runtime, makeRequest('bash', 'main() { result 2; }'))
    expect(next.exit).toMatchObject({ result: '2', fault: null })
  })

  it('everything goes with the executor, killed or not', async () => {
    const script = `
      import { subprocess } from ${JSON.stringify(new URL('../../src/runtimes/subprocess.ts', import.meta.url).href)}
      const runtime = subprocess({ path: process.env.PATH, requireIsolation: false })
      const request = ${JSON.stringify(makeRequest('bash', 'setsid sleep 4242 & sleep 4242'))}
      await runtime.run(request, { signal: new AbortController().signal, onOutput() {}, onRunning() { process.kill(process.pid, 'SIGKILL') } })`
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { env: process.env })
    expect(ended.signal).toBe('SIGKILL')
    const left = () => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes('sleep 4242')
    await waitFor(() => !left(), { what: 'the orphans to be gone' })
    expect(left()).toBe(false)
  })
})

describe('runs cancelled at any moment', () => {
  it('leave no process, descriptor or control group behind', async () => {
    const runtime = make()
    await record(runtime, makeRequest('bash', 'true'))
    const descriptors = () => readdirSync('/proc/self/fd').length
    const slots = () => pidsOf(/^exectrail slot/).length
    const [before, slotsBefore] = [descriptors(), slots()]
    const delays = Array.from({ length: 60 }, (_, index) => index / 3)
    await Promise.all(
      [0, 1].map(async (lane) => {
        for (const delay of delays.filter((_, index) => index % 2 === lane)) {
          const controller = new AbortController()
          setTimeout(() => controller.abort(), delay)
          const { exit } = await record(runtime, makeRequest('bash', 'setsid sleep 777 & sleep 777'), {
            signal: controller.signal,
          })
          expect(exit.fault).toBeNull()
        }
      }),
    )
    await waitFor(() => pidsOf(/sleep 777/).length === 0, {
      what: 'all programs to be gone',
    })
    // Two lanes, four that the pool may keep waiting, and those whose runs were still being cleared away.
    expect(slots() - slotsBefore).toBeLessThanOrEqual(20)
    await waitFor(() => descriptors() - before <= 7 * (slots() - slotsBefore + 1), {
      what: () => `no more descriptors than the next pipes of each slot: ${descriptors()}, ${before} before`,
    })
    const launcher = pidsOf(/launcher\.pl/)
    await runtime.close()
    await waitFor(
      () =>
        launcher.every(
          (pid) => !existsSync(`/proc/${pid}`) || pidsOf(/launcher\.pl/).length < launcher.length,
        ),
      { what: 'the launcher to be gone' },
    )
  })

  it('are dead within a tenth of a second of the deadline, whatever they ignore', async () => {
    const runtime = make()
    const code =
      'import os, signal, time\nfor s in (15, 2, 1):\n    signal.signal(s, signal.SIG_IGN)\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.kill(os.getpid(), signal.SIGSTOP)\ntime.sleep(100)'
    const took: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const controller = new AbortController()
      let abortedAt = 0
      const { exit } = await record(runtime, makeRequest('python', code), {
        signal: controller.signal,
        onRunning: () => {
          setTimeout(() => {
            abortedAt = performance.now()
            controller.abort()
          }, 100)
        },
      })
      took.push(performance.now() - abortedAt)
      expect(exit.signal).toBe('SIGKILL')
    }
    // The suite shares its cores, so rounds may be held up by others; the kill itself takes a few ms.
    expect(Math.min(...took), took.join(' ')).toBeLessThan(100)
  })
})
