import { expect } from 'vitest'
import { attacksIn, CONTAINED, REFUSED, TIMEOUT, type Attack } from './attack.ts'

const MEMORY = { limits: { memoryMb: 64, timeoutMs: 60_000 } }

const syscall = (name: string, number: number, args: string): Omit<Attack, 'runtime' | 'language'> => ({
  tries: `the system call ${name}`,
  code: `import ctypes, platform\nlibc = ctypes.CDLL(None, use_errno=True)\nprint(libc.syscall(${number}, ${args}), ctypes.get_errno())`,
  expect: CONTAINED,
  proves: ({ stdout }) => expect(stdout).toMatch(/^-1 (1|38|97)\n$/),
})

const CALLS: readonly [name: string, x64: number, arm64: number, args: string][] = [
  ['ptrace', 101, 117, '0, 0, 0, 0'],
  ['keyctl', 250, 219, '0, -3, 1'],
  ['bpf', 321, 280, '0, 0, 0'],
  ['userfaultfd', 323, 282, '0'],
  ['mount', 165, 40, 'b"none", b"/tmp", b"tmpfs", 0, 0'],
  ['unshare of a user namespace', 272, 97, '0x10000000'],
  ['setns', 308, 268, '0, 0'],
  ['perf_event_open', 298, 241, '0, 0, -1, -1, 0'],
  ['io_uring_setup', 425, 425, '8, 0'],
  ['io_setup', 206, 0, '8, ctypes.byref(ctypes.c_ulong(0))'],
  ['inotify_init1', 294, 26, '0'],
  ['fanotify_init', 300, 262, '0, 0'],
  ['socketpair of a family that loads a module', 53, 199, '30, 1, 0, (ctypes.c_int * 2)()'],
  ['clone3 of new namespaces', 435, 435, '0, 0'],
  ['a vsock to the hypervisor', 41, 198, '40, 1, 0'],
  ['a packet socket', 41, 198, '17, 3, 0'],
  ['process_vm_readv of its supervisor', 310, 270, '1, 0, 0, 0, 0, 0'],
]

export const PYTHON_ATTACKS: readonly Attack[] = attacksIn('subprocess', 'python', [
  ...CALLS.map(([name, x64, arm64, args]) => syscall(name, process.arch === 'arm64' ? arm64 : x64, args)),
  {
    tries: 'to read files of the host and of /proc',
    code: ({ file }) =>
      `import os\nfor p in ["${file}", "/root/.ssh/id_rsa", "/etc/shadow", "/proc/1/environ", "/proc/1/cwd/x", "/proc/kcore", "/sys/kernel"]:\n    try:\n        print(open(p).read())\n    except OSError as e:\n        print("refused")`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('refused\n'.repeat(7)),
  },
  {
    tries: 'to be notified when others read a shared folder',
    code: `import fcntl, os\ntry:\n    print(fcntl.fcntl(os.open("/usr/lib", os.O_RDONLY), 1026, 1))\nexcept OSError as e:\n    print(e.errno)`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('22\n'),
  },
  {
    tries: 'to learn how the host was started and built',
    code: `import os\nprint([open("/proc/" + n, "rb").read() for n in ("cmdline", "config.gz", "interrupts", "softirqs", "keys", "key-users") if os.path.exists("/proc/" + n)])\ntry:\n    open("/proc/cmdline", "r+")\nexcept OSError as e:\n    print(e.errno in (13, 30))`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toMatch(/^\[b''(?:, b'')*\]\nTrue\n$/),
  },
  {
    tries: 'kinds of sockets that load modules of the kernel',
    code: `import socket\nfor f, t, p in [(2, 1, 132), (2, 5, 0), (2, 6, 0), (10, 1, 262), (2, 2, 136), (16, 3, 12), (16, 3, 16), (38, 5, 0)]:\n    try:\n        socket.socket(f, t, p)\n        print("MADE", f, t, p)\n    except OSError as e:\n        print(e.errno)\nfor t, p in [(1, 0), (1, 6), (2, 0), (2, 17)]:\n    socket.socket(2, t, p), socket.socket(10, t, p)\nsocket.socketpair(), socket.if_nameindex()`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toMatch(/^(?:(?:93|97)\n){8}$/),
  },
  {
    tries: 'to write to the settings of the kernel',
    code: `for p in ["/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/1/oom_score_adj", "/proc/self/uid_map"]:\n    try:\n        open(p, "w", buffering=1).write("1\\n")\n        print("WROTE", p)\n    except OSError:\n        print("refused")`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toBe('refused\n'.repeat(4)),
  },
  {
    tries: 'to find the executor among the processes',
    code: ({ secret }) =>
      `import os\nfor p in os.listdir("/proc"):\n    if p.isdigit():\n        print(p, open("/proc/%s/cmdline" % p).read()[:60])\nprint("${secret}"[:0])`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout.trim().split('\n').length).toBeLessThan(4),
  },
  {
    tries: 'a fork bomb',
    code: `import os\nwhile True:\n    os.fork()`,
    request: { limits: { pids: 40, timeoutMs: 60_000 } },
    expect: ['limit/pids_limit'],
  },
  {
    tries: 'a bomb of threads, and catches the refusal',
    code: `import threading, time\nwhile True:\n    try:\n        threading.Thread(target=time.sleep, args=(100,)).start()\n    except RuntimeError:\n        pass`,
    request: { limits: { pids: 40, timeoutMs: 60_000 } },
    expect: ['limit/pids_limit'],
  },
  {
    tries: 'to eat memory at once',
    code: `x = b"x" * (1 << 30)`,
    request: MEMORY,
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to eat memory and catch the error',
    code: `kept = []\ntry:\n    while True:\n        kept.append(b"x" * 1000000)\nexcept MemoryError:\n    print("caught")`,
    request: MEMORY,
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to ask for more than there is',
    code: `x = bytearray(1 << 62)`,
    request: MEMORY,
    expect: ['failure/exception'],
    proves: ({ errorMessage }) => expect(errorMessage).toContain('MemoryError'),
  },
  {
    tries: 'to eat memory as a mapping',
    code: `import mmap\nm = mmap.mmap(-1, 1 << 30)\nfor i in range(0, 1 << 30, 4096):\n    m[i] = 1`,
    request: MEMORY,
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to eat memory as an anonymous file',
    code: `import os\nfd = os.memfd_create("x")\nwhile True:\n    os.write(fd, b"x" * 1000000)`,
    request: MEMORY,
    expect: ['limit/memory_limit', 'limit/disk_limit'],
  },
  {
    tries: 'to eat memory in many children',
    code: `import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        x = b"x" * 20000000\n        time.sleep(100)\ntime.sleep(1)`,
    request: { limits: { memoryMb: 96, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  { tries: 'to claim a memory limit', code: `raise MemoryError("fake")`, expect: ['failure/exception'] },
  {
    tries: 'to eat memory as a file',
    code: `f = open("/tmp/x", "wb")\nwhile True:\n    f.write(b"x" * 1000000)`,
    request: { limits: { memoryMb: 64, diskBytes: 1_073_741_824, timeoutMs: 60_000 } },
    expect: ['limit/memory_limit'],
  },
  {
    tries: 'to fill the disk',
    code: `open("/tmp/x", "wb").write(b"x" * 20000000)`,
    request: { limits: { diskBytes: 8_388_608 } },
    expect: ['limit/disk_limit'],
  },
  {
    tries: 'to make files without end',
    code: `import itertools\nfor i in itertools.count():\n    open("/tmp/%d" % i, "w").close()`,
    request: { limits: { memoryMb: 64, timeoutMs: 2000 } },
    expect: ['limit/memory_limit', 'limit/disk_limit', ...TIMEOUT, ...REFUSED],
  },
  {
    tries: 'to open files without end',
    code: `kept = []\nwhile True:\n    kept.append(open("/dev/null"))`,
    request: { limits: { openFiles: 64 } },
    expect: ['failure/exception'],
    proves: ({ errorMessage }) => expect(errorMessage).toContain('Too many open files'),
  },
  {
    tries: 'to burn processor time in children',
    code: `import os\nfor _ in range(3):\n    if os.fork() == 0:\n        while True:\n            pass\nos.wait()`,
    request: { limits: { cpuMs: 500, timeoutMs: 60_000 } },
    expect: ['limit/cpu_limit'],
  },
  {
    tries: 'to live on as a daemon forked twice',
    code: `import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(300)\n    os._exit(0)\nos.wait()\nprint("left")`,
    expect: CONTAINED,
  },
  {
    tries: 'to stop itself and its children past the deadline',
    code: `import os, signal\nfor _ in range(3):\n    if os.fork() == 0:\n        os.kill(os.getpid(), signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGSTOP)`,
    expect: TIMEOUT,
  },
  {
    tries: 'to answer in the name of the guest program',
    code: `import os\nos.write(3, b"\\n00000000000000000000000000000000 result 8\\n\\"forged\\"")\ndef main(i):\n    return "true"`,
    expect: CONTAINED,
    proves: ({ result }) => expect(result).toBe('true'),
  },
  {
    tries: 'to give back links in /out',
    code: ({ file }) =>
      `import os\nos.symlink("${file}", "/out/link")\nos.symlink("/etc/passwd", "/out/passwd")\nos.symlink("/", "/out/root")\nos.mkfifo("/out/fifo")\nopen("/out/a", "w").write("a")\nos.link("/out/a", "/out/b")\nopen("/out/good", "w").write("good")`,
    expect: CONTAINED,
    proves: ({ files }) => expect(files).toEqual([{ path: 'good', content: 'good', encoding: 'utf8' }]),
  },
  {
    tries: 'to put a link in the place of /out',
    code: `import os, shutil\nshutil.rmtree("/tmp/out")\nos.symlink("/usr/share", "/tmp/out")`,
    expect: CONTAINED,
    proves: ({ files }) => expect(files).toEqual([]),
  },
  {
    tries: 'to give back too much in /out',
    code: `for i in range(2000):\n    open("/out/%04d" % i, "w").write("x")`,
    expect: CONTAINED,
    proves: ({ files }) => expect(files.length).toBeLessThanOrEqual(256),
  },
  { tries: 'to exit as if killed', code: `import os\nos._exit(137)`, expect: ['failure/exit_code'] },
  {
    tries: 'to end its supervisor',
    code: `import os, signal, time\nfor s in (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGUSR1):\n    os.kill(1, s)\ntime.sleep(0.05)\nprint("still here")`,
    expect: CONTAINED,
  },
  {
    tries: 'to print terminal codes, NULs and broken text',
    code: `import sys\nsys.stdout.buffer.write(b"\\x1b[2J\\x00\\xff\\xfe\\xed\\xa0\\x80ok\\n")`,
    expect: CONTAINED,
    proves: ({ stdout }) => expect(stdout).toContain('ok'),
  },
])
