import { afterAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { pidsOf } from '../support/descendants.ts'
import { closeMade, FORK_SERVER, forkServers, isForked, make, makeForking } from '../support/forking.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

afterAll(closeMade)

const runPython = (runtime: Runtime, code: string): Promise<Recording> =>
  record(runtime, makeRequest('python', code))

describe('a forked interpreter', () => {
  it('shows what one from nothing shows', async () => {
    const code = `
import os, signal, sys
print(sorted(os.listdir("/proc/self/fd")), os.getpid(), os.getppid(), os.getcwd(), os.listdir("."))
print(sys.flags, sys.argv, sys.orig_argv, sys.path, __name__, __file__, sorted(globals()))
for stream in (sys.stdin, sys.stdout, sys.stderr):
    print(stream, stream.seekable(), stream.isatty(), stream.line_buffering, stream.errors, stream.fileno())
print([signal.getsignal(n) for n in (signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE, signal.SIGTERM)])
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), sorted(os.environ.items()), os.getuid(), os.umask(0))
print([line for line in open("/proc/self/status") if line.startswith(("Cap", "NoNew", "Secc", "Sig", "Uid", "Groups"))])
`
    const runtime = await makeForking('python', 'pass')
    const forked = await runPython(runtime, code)
    const cold = make({ pool: { cap: 0 }, forkServer: 'off' })
    const { stdout } = await runPython(cold, code)
    expect(forked.stderr).toBe('')
    expect(forked.stdout).toBe(stdout)
    expect(await isForked(runtime, 'python')).toBe(true)
  })

  it('cannot change what the next one finds', async () => {
    const runtime = await makeForking('python', 'pass')
    const spoil = `
import builtins, gc, json, os, sys, traceback, threading
builtins.print = builtins.open = None
json.dumps = json.loads = traceback.format_exception = threading._shutdown = os.write = None
sys.modules.clear()
frame = sys._getframe()
while frame:
    for values in (frame.f_globals, frame.f_locals):
        for name in list(values):
            if not name.startswith("__"):
                values[name] = None
    frame = frame.f_back
for thing in gc.get_objects():
    if isinstance(thing, dict):
        thing.clear()
`
    await runPython(runtime, spoil)
    const { exit, stdout } = await runPython(runtime, 'print("fine")\ndef main(input):\n    return [1]')
    expect(exit).toMatchObject({ result: '[1]', exitCode: 0, fault: null })
    expect(stdout).toBe('fine\n')
    expect(await isForked(runtime, 'python')).toBe(true)
  })

  it('holds no way to its fork server', async () => {
    const runtime = await makeForking('python', 'pass')
    const { stdout } = await runPython(
      runtime,
      `
import ctypes, gc, os, socket, sys, _socket
frame, found = sys._getframe(), []
while frame:
    for value in [*frame.f_globals.values(), *frame.f_locals.values()]:
        if isinstance(value, _socket.socket) and value.fileno() >= 0:
            found.append(value)
    frame = frame.f_back
print(found, [t for t in gc.get_objects() if isinstance(t, _socket.socket) and t.fileno() >= 0])
libc = ctypes.CDLL(None, use_errno=True)
def refused(*call):
    return libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in call]) < 0
print(refused(165, b"tmpfs", b"/tmp", b"tmpfs", 0, 0), refused(166, b"/tmp", 2), refused(272, 0x10000000))
print(refused(56, 0x20000000 | 17, 0, 0, 0, 0), refused(308, 0, 0), refused(101, 16, 1, 0, 0), refused(157, 23, 21, 0, 0) or libc.prctl(23, 21) == 0)
for path in ("/proc/1/mem", "/proc/1/fd", "/proc/1/environ", "/proc/1/root", "/proc/1/cwd", "/proc/1/maps", "/proc/1/ns/pid"):
    try:
        os.listdir(path) if path.endswith("fd") else os.readlink(path) if path.endswith(("root", "cwd", "pid")) else open(path).read(1)
        print(path)
    except OSError:
        pass
print(sorted(n for n in os.listdir("/proc") if n.isdigit()))
`,
    )
    expect(stdout).toBe("[] []\nTrue True True\nTrue True True True\n['1', '2']\n")
  })

  it('cannot reach its fork server by signals', async () => {
    const runtime = await makeForking('python', 'pass')
    const before = forkServers()
    for (const call of ['kill(-1, 9)', 'kill(0, 9)', 'killpg(os.getpgid(0), 9)', 'kill(1, 9)']) {
      const { exit } = await runPython(runtime, `import os, time\nos.${call}\ntime.sleep(0.05)`)
      expect(exit.fault).toBeNull()
    }
    expect(await isForked(runtime, 'python')).toBe(true)
    expect(forkServers()).toEqual(expect.arrayContaining(before))
  })

  it('shares no chance with the one before it', async () => {
    const runtime = await makeForking('python', 'pass')
    const code =
      'import os, random, uuid\ndef main(input):\n    return [random.random(), os.urandom(8).hex(), str(uuid.uuid4())]'
    const seen = new Set<unknown>()
    for (let index = 0; index < 4; index += 1) {
      const { exit } = await runPython(runtime, code)
      for (const value of JSON.parse(exit.result ?? '[]') as unknown[]) seen.add(value)
    }
    expect(seen.size).toBe(12)
  })

  it('neither sees nor reaches one that runs beside it', async () => {
    const runtime = await makeForking('python', 'pass')
    const resident = `
import mmap, os, socket, time
from multiprocessing import shared_memory
open("/tmp/secret", "w").write("secret")
shared = shared_memory.SharedMemory("secret", create=True, size=64)
server = socket.socket(socket.AF_UNIX); server.bind("\\0secret"); server.listen()
port = socket.socket(); port.bind(("127.0.0.1", 4477)); port.listen()
def main(input):
    time.sleep(0.6)
    return "alive"
`
    const prowler = `
import os, socket
from multiprocessing import shared_memory
def works(try_it):
    try:
        try_it()
        return True
    except OSError:
        return False
def main(input):
    return [os.path.exists("/tmp/secret"), works(lambda: shared_memory.SharedMemory("secret")),
        works(lambda: socket.socket(socket.AF_UNIX).connect("\\0secret")),
        works(lambda: socket.socket().connect(("127.0.0.1", 4477))),
        len([n for n in os.listdir("/proc") if n.isdigit()]), works(lambda: os.kill(-1, 9))]
`
    const staying = runPython(runtime, resident)
    await waitFor(() => pidsOf(FORK_SERVER).length > 0, { what: 'the resident' })
    const seen: unknown[] = []
    for (let index = 0; index < 4; index += 1)
      seen.push(JSON.parse((await runPython(runtime, prowler)).exit.result ?? 'null'))
    expect(seen).toEqual(Array.from({ length: 4 }, () => [false, false, false, false, 2, false]))
    expect((await staying).exit.result).toBe('"alive"')
  })

  it('is ended by a limit that it exceeds before its first step, and is counted completely', async () => {
    const runtime = await makeForking('python', 'pass')
    const limits = { memoryBytes: 6_000_000 }
    const { exit } = await record(runtime, makeRequest('python', 'x = bytearray(100_000_000)', { limits }))
    expect(exit.limit).toBe('memory')
    const whole = await runPython(runtime, 'x = b"x" * 30_000_000')
    expect(whole.exit.memoryPeakBytes).toBeGreaterThan(36_000_000)
    expect(whole.exit.memoryPeakBytes).toBeLessThan(46_000_000)
  })

  it('starts from nothing where the fork server cannot have a control group', async () => {
    const runtime = make({ pool: { cap: 0 }, cgroups: 'off' })
    for (let index = 0; index < 4; index += 1)
      expect((await runPython(runtime, 'def main(input): return 1')).exit.result).toBe('1')
  })
})
