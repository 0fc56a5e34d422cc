import { existsSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { pidsOf } from '../support/descendants.ts'
import { closeMade, FORK_SERVER, forkServers, isForked, make, makeForking } from '../support/forking.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

afterAll(closeMade)

const run = (runtime: Runtime, code: string): Promise<Recording> => record(runtime, makeRequest('bash', code))

/** A child of one that was just killed may be gone by itself. */
function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}

describe('a forked sandbox', () => {
  it('shows what one from nothing shows', async () => {
    const code =
      'id; sed "s/uid=[0-9]*,gid=[0-9]*//" /proc/mounts | awk \'!/^(proc|devpts|tmpfs .(tmp|dev.shm) )/ || !seen[$2]++\' | sort -u; grep -E "^(Cap|NoNew|Seccomp|Groups|SigIgn|SigBlk|Uid)" /proc/self/status; ls /proc/self/fd /dev / /tmp /dev/shm; env | sort; ulimit -a; cat /proc/net/dev; hostname'
    const runtime = await makeForking('bash', 'true')
    const forked = await run(runtime, code)
    const cold = make({ pool: { cap: 0 } })
    const { stdout } = await run(cold, code)
    expect(forked.stdout).toBe(stdout)
  })

  it('keeps nothing of the run before it in the same place', async () => {
    const runtime = await makeForking('bash', 'true')
    const leave =
      'echo secret > /tmp/x; echo secret > /dev/shm/x; echo secret > x; (setsid sleep 999 &) ; umask 0; cat < /dev/tcp/127.0.0.1/1'
    await run(runtime, leave)
    const { stdout } = await run(
      runtime,
      'ls -A /tmp /tmp/work /dev/shm; umask; for f in /proc/[0-9]*/comm; do cat $f; done; grep -c . /proc/net/tcp',
    )
    expect(stdout).not.toContain('secret')
    expect(stdout).not.toContain('sleep')
    expect(stdout.split('\n').slice(0, 12)).toEqual([
      '/dev/shm:',
      '',
      '/tmp:',
      'out',
      'work',
      '',
      '/tmp/work:',
      'main.sh',
      '0022',
      expect.anything(),
      'bash',
      '1', // the heading alone
    ])
    expect(await isForked(runtime, 'bash')).toBe(true)
  })

  it('cannot reach its fork server by signals, and the next run is forked by the same', async () => {
    const runtime = await makeForking('bash', 'true')
    const before = forkServers()
    for (const code of ['kill -9 -1', 'kill -9 0', 'kill -9 1; kill -9 -- -1', 'kill -9 $PPID; sleep 0.1']) {
      const { exit } = await run(runtime, code)
      expect(exit.fault).toBeNull()
    }
    expect(await isForked(runtime, 'bash')).toBe(true)
    expect(forkServers()).toEqual(expect.arrayContaining(before))
  })

  it('cannot undo what holds it', async () => {
    const runtime = await makeForking('bash', 'true')
    const { stdout } = await run(
      runtime,
      'umount /tmp || mount -t tmpfs x /tmp || unshare -U true || unshare -m true || echo 5 > /proc/sys/user/max_user_namespaces || touch /x || touch /run/exectrail/x || echo held',
    )
    expect(stdout).toBe('held\n')
  })
})

describe('the fork server', () => {
  it.each(['bash', 'python'] as const)(
    'of %s is lost and replaced without a run noticing',
    async (language) => {
      const runtime = await makeForking(language, language === 'bash' ? 'true' : 'pass')
      const code = language === 'bash' ? 'main() { result 1; }' : 'def main(input): return 1'
      for (let index = 0; index < 5; index += 1) {
        killAll(pidsOf(FORK_SERVER))
        const { exit } = await record(runtime, makeRequest(language, code))
        expect(exit).toMatchObject({ result: '1', fault: null, exitCode: 0 })
      }
    },
  )

  it('is replaced when it died, and the run after its death starts from nothing at once', async () => {
    const runtime = await makeForking('bash', 'true')
    const dead = pidsOf(FORK_SERVER)
    killAll(dead)
    const { exit } = await run(runtime, 'main() { result 1; }')
    expect(exit).toMatchObject({ result: '1', fault: null, exitCode: 0 })
    await waitFor(() => pidsOf(FORK_SERVER).some((pid) => !dead.includes(pid)), {
      what: 'a new fork server',
    })
  })

  it('goes with the executor', async () => {
    await makeForking('bash', 'true')
    const pids = pidsOf(FORK_SERVER)
    expect(pids.length).toBeGreaterThan(0)
    await closeMade()
    const left = (): boolean => pids.some((pid) => existsSync(`/proc/${pid}`))
    await waitFor(() => !left(), { what: 'the fork servers to be gone' })
    expect(left()).toBe(false)
  })

  it('counts memory as a run from nothing does', async () => {
    const runtime = await makeForking('bash', 'true')
    const code = 'head -c 40000000 /dev/zero > /tmp/x'
    const { exit } = await run(runtime, code)
    expect(exit.memoryPeakBytes).toBeGreaterThan(40_000_000)
    expect(exit.memoryPeakBytes).toBeLessThan(48_000_000)
    const again = await run(runtime, 'true')
    expect(again.exit.memoryPeakBytes).toBeLessThan(8_000_000)
    expect(again.exit.memoryPeakBytes).toBeGreaterThan(1_000_000)
  })
})
