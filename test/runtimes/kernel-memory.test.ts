/** What a program can have the kernel keep for it, beside its own memory: counted, bounded or refused. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

const MIB = 1_048_576
const LIMIT_MIB = 64
/** The limit, a quarter of it in buffers, and what comes about between two looks on a busy machine. */
const HOST_MIB = 320
const runtime = subprocess(localOptions({ pool: { cap: 0 } }))
afterAll(() => runtime.close())

const PYTHON = `import os, socket, struct, time
kept, held = [], 0
def fill(sender, step=65536):
    global held
    sender.setblocking(False)
    try:
        while True: held += sender.send(b"x" * step)
    except BlockingIOError: pass
`
const hold = '\ntime.sleep(0.3)\nprint(held)'

const HOARDS: readonly [what: string, language: Language, code: string][] = [
  [
    'TCP buffers of its own loopback',
    'python',
    `${PYTHON}
listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen(1000)
for _ in range(110):
    one = socket.socket(); one.setsockopt(1, 7, 1 << 22); one.connect(listener.getsockname())
    other, _ = listener.accept(); other.setsockopt(1, 8, 1 << 22); kept += [one, other]; fill(one)${hold}`,
  ],
  [
    'TCP buffers of its own loopback',
    'javascript',
    `const net = require('node:net')
exports.main = () => new Promise((resolve) => {
  let held = 0
  const server = net.createServer((socket) => socket.pause()).listen(0, '127.0.0.1', () => {
    for (let index = 0; index < 80; index += 1) {
      const socket = net.connect(server.address().port, '127.0.0.1', () => {
        while (socket.write(Buffer.alloc(65536)) || socket.writableLength === 0) held += 65536
      })
    }
    setTimeout(() => { console.log(held); resolve(held); process.exit(0) }, 1500)
  })
})`,
  ],
  [
    'TCP buffers of its own loopback',
    'bash',
    `perl -MSocket -e '
socket(my $l, PF_INET, SOCK_STREAM, 0); bind($l, sockaddr_in(0, INADDR_LOOPBACK)); listen($l, 1000);
my ($n, @k) = (0);
for (1 .. 100) {
  socket(my $c, PF_INET, SOCK_STREAM, 0); connect($c, getsockname $l); accept(my $a, $l); push @k, $c, $a;
  while (defined(my $sent = send $c, "x" x 65536, 0x4040)) { $n += $sent }
}
select undef, undef, undef, 0.3; print "$n\\n"'`,
  ],
  [
    'connections that it does not accept',
    'python',
    `${PYTHON}
for port in range(5000, 5020):
    listener = socket.socket(); listener.setsockopt(1, 8, 1 << 22); listener.bind(("127.0.0.1", port)); listener.listen(4096); kept.append(listener)
    for _ in range(100):
        one = socket.socket(); one.connect(("127.0.0.1", port)); fill(one); one.close()${hold}`,
  ],
  [
    'datagrams',
    'python',
    `${PYTHON}
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(200):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); one.setsockopt(1, 8, 1 << 22); one.bind(("127.0.0.1", 0)); kept.append(one)
    for _ in range(140): sender.sendto(b"x" * 60000, one.getsockname())${hold}`,
  ],
  [
    'answers of netlink',
    'python',
    `${PYTHON}
for _ in range(220):
    one = socket.socket(16, socket.SOCK_RAW, 0); one.setsockopt(1, 8, 1 << 22); one.bind((0, 0)); one.setblocking(False); kept.append(one)
    for index in range(500): one.send(struct.pack("IHHII", 20, 18, 1, index, 0) + bytes(4))${hold}`,
  ],
  [
    'buffers of Unix sockets',
    'python',
    `${PYTHON}
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for _ in range(60):
        one, other = socket.socketpair(socket.AF_UNIX, kind); one.setsockopt(1, 7, 1 << 22); kept += [one, other]; fill(one)${hold}`,
  ],
  [
    'pipes',
    'python',
    `${PYTHON}import fcntl
for _ in range(120):
    reader, writer = os.pipe(); kept.append(reader); os.set_blocking(writer, False)
    try: fcntl.fcntl(writer, 1031, 1 << 20)
    except OSError: pass
    try:
        while True: held += os.write(writer, b"x" * 65536)
    except BlockingIOError: pass${hold}`,
  ],
  [
    'keys of TCP, filters of sockets and rings of asynchronous files',
    'python',
    `${PYTHON}import ctypes, platform
def tries(level, option, value):
    try: socket.socket().setsockopt(level, option, value)
    except OSError as error: return error.errno
    return 0
key = struct.pack("HH4s120xBBHi80s", 2, 0, bytes([10, 0, 0, 1]), 0, 0, 8, 0, bytes(80))
libc = ctypes.CDLL(None, use_errno=True)
ring = libc.syscall(0 if platform.machine() == "aarch64" else 206, 128, ctypes.byref(ctypes.c_ulong(0)))
assert [tries(6, 14, key), tries(6, 31, b"tls"), tries(1, 26, bytes(16)), tries(1, 50, bytes(4)), ring] == [92, 92, 92, 92, -1]${hold}`,
  ],
]

/** MiB that TCP and UDP keep, of the whole host. */
function socketMib(): number {
  const text = readFileSync('/proc/net/sockstat', 'utf8')
  const pages = [...text.matchAll(/ mem (\d+)/g)].map(([, count]) => Number(count))
  return (pages.reduce((sum, count) => sum + count, 0) * 4096) / MIB
}

describe('a program with 64 MiB', () => {
  it.for(HOARDS)('holds no more of the host by %s (%s)', async ([, language, code], context) => {
    const before = socketMib()
    let most = before
    const timer = setInterval(() => {
      most = Math.max(most, socketMib())
    }, 5)
    const { exit, stdout } = await record(
      runtime,
      makeRequest(language, code, { limits: { memoryBytes: LIMIT_MIB * MIB, timeoutMs: 20_000 } }),
    )
    clearInterval(timer)
    expect([exit.fault, exit.syntaxError]).toEqual([null, false])
    context.skip(exit.memorySource !== 'cgroup', 'only a control group counts what the kernel keeps')
    expect(most - before).toBeLessThan(HOST_MIB)
    if (exit.limit === 'memory') return
    expect([exit.limit, exit.uncaught, exit.exitCode]).toEqual([null, null, 0])
    const held = stdout === '' ? 0 : Number(stdout)
    expect(exit.memoryPeakBytes ?? 0).toBeGreaterThan(held)
    expect(held).toBeLessThan((LIMIT_MIB * MIB * 5) / 4)
  })
})
