# As fork-server.pl, for Python: an interpreter that is booted and has the guest program loaded forks one sandbox
# for each run. It never sees a job and never runs one: what it hears comes from the slot on fd 0, the run's
# descriptors go to the child alone, and the child gives up all rights before it reads the job.
#
# usage: fork-server.py HOME ARCH FILTER    FILTER is the file of the seccomp program, '' for none
import array
import ctypes
import fcntl
import gc
import os
import signal
import struct
import sys

import _socket

# What most programs and the end of each run need: shared by all, instead of loaded by each. Neither threading
# nor random: their hooks cost every fork 0.5 ms.
import atexit, json, opcode, traceback  # noqa: E401, F401

REHEARSALS = 10  # the interpreter adapts code to what it does the first eight times, which changes the code

home, arch, filter_file = sys.argv[1:]
CALLS = {
    "x64": {"clone": 56, "mount": 165, "capset": 126, "prctl": 157, "close_range": 436, "signalfd": 289,
            "socket": 41, "ioctl": 16, "close": 3},
    "arm64": {"clone": 220, "mount": 40, "capset": 91, "prctl": 167, "close_range": 436, "signalfd": 74,
              "socket": 198, "ioctl": 29, "close": 57},
}[arch]
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_READ, PR_CAPBSET_DROP = 1, 4, 22, 23, 24
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
SECCOMP_MODE_FILTER, LINUX_CAPABILITY_VERSION_3, LAST_CAPABILITY = 2, 0x20080522, 40
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x08000000, 0x20000000, 0x40000000
NAMESPACES = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | int(signal.SIGCHLD)  # see fork-server.pl
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND = 2, 4, 8, 4096
AF_INET, SOCK_DGRAM, SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 2, 2, 0x8914, 0x1, 0x40
LOOPBACK_UP = struct.pack("16sh22x", b"lo", IFF_UP | IFF_RUNNING)

# Without releasing the interpreter's lock: a clone is a fork.
libc = ctypes.PyDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(name, *arguments):
    """One system call. Raises OSError."""
    raw = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    answer = libc.syscall(ctypes.c_long(CALLS[name]), *raw)
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (name, os.strerror(number)))
    return answer


def load(name):
    """The names a program beside this one defines, from its compiled form where there is one."""
    import marshal

    try:
        with open("%s/%s.pyc" % (home, name), "rb") as file:
            code = marshal.loads(file.read()[16:])
    except OSError:
        with open("%s/%s.py" % (home, name), "rb") as file:
            code = compile(file.read(), "%s.py" % name, "exec", dont_inherit=True)
    names = {"__name__": name, "__builtins__": __builtins__}
    exec(code, names)
    return names


def mount(kind, where, flags, options):
    call("mount", kind, where, kind, flags, options)


def enter_sandbox(disk):
    """The child's own session and file systems, and then no rights to change them."""
    call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)  # dies with the fork server
    os.setsid()
    mount(b"proc", b"/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, b"")
    for path in hidden:
        call("mount", empty, path, 0, MS_BIND, 0)  # a bind mount of a file that cannot be written
    mount(b"tmpfs", b"/tmp", MS_NOSUID | MS_NODEV, b"mode=0755,size=%d" % disk)
    mount(b"tmpfs", b"/dev/shm", MS_NOSUID | MS_NODEV, b"mode=0755,size=1048576")
    mount(b"devpts", b"/dev/pts", MS_NOSUID | MS_NOEXEC, b"newinstance,ptmxmode=0666,mode=620")
    any_socket = call("socket", AF_INET, SOCK_DGRAM, 0)
    call("ioctl", any_socket, SIOCSIFFLAGS, LOOPBACK_UP)  # a program may talk to itself
    call("close", any_socket)
    for capability in bounding:
        call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    call("capset", struct.pack("LL", LINUX_CAPABILITY_VERSION_3, 0)[:16], b"\0" * 24)
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if program is not None:
        call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0)


def take_descriptors(fds):
    """The run's descriptors become 0 to 5, and there are no others."""
    slot.detach()
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in fds]
    for target, fd in enumerate(high):
        os.dup2(fd, target)
    call("close_range", len(high), 0x7FFFFFFF, 0)


def fork_run(begin):
    """Forks a child in namespaces of its own that calls `begin` and does not come back.

    One thread that keeps the interpreter's lock: the interpreter needs no notice, and its hooks
    are for the fork that makes the program's process.
    """
    pid = libc.syscall(ctypes.c_long(CALLS["clone"]), *[ctypes.c_long(n) for n in (NAMESPACES, 0, 0, 0, 0)])
    if pid != 0:
        return pid
    status = 125
    try:
        status = begin()
    except BaseException as error:
        os.write(2, ("%s: %s" % (type(error).__name__, error)).encode()[:500])
    os._exit(status)


def serve(fds, disk, words):
    def begin():
        take_descriptors(fds)
        enter_sandbox(int(disk))
        return supervise(call, words, guest)

    pid = fork_run(begin)
    for fd in fds:
        os.close(fd)
    if pid < 0:
        return False
    slot.send(b"forked")
    slot.send(b"done %d" % os.waitpid(pid, 0)[1])
    return True


def renew_stdin():
    """As an interpreter has it that was started on /dev/null; the first one was made on the slot's socket."""
    fd = os.open("/dev/null", os.O_RDONLY)
    os.dup2(fd, 0)
    os.close(fd)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdin.buffer.raw.name = "<stdin>"


def load_filter():
    """The seccomp program as prctl takes it, and its bytes, which have to stay where they are."""
    if filter_file == "":
        return None, None
    with open(filter_file, "rb") as file:
        text = ctypes.create_string_buffer(file.read())
    return struct.pack("H6xQ", (len(text) - 1) // 8, ctypes.addressof(text)), text


slot = _socket.socket(fileno=fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 10))
call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)  # closes its /proc to others of the same user
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0\n")
program, filter_bytes = load_filter()
empty = os.fsencode(home + "/empty")
with open(home + "/hidden", "rb") as file:
    hidden = [path for path in (b"/proc/" + name for name in file.read().split()) if os.path.exists(path)]
prctl = ctypes.c_long(CALLS["prctl"])
bounding = [n for n in range(LAST_CAPABILITY + 1) if libc.syscall(prctl, PR_CAPBSET_READ, n, 0, 0, 0) == 1]
guest = load("python")
guest["failure"] = load("failure")
supervisor = load("supervisor")
supervise = supervisor["supervise"]
renew_stdin()
for _ in range(REHEARSALS):
    guest["rehearse"]()
    supervisor["rehearse"]()
os.environ.pop("PWD", None)  # bubblewrap's
gc.collect()
gc.freeze()  # a collection in a child would touch, and so copy, all of it

probe = fork_run(lambda: enter_sandbox(4096) or 0)
if probe < 0 or os.waitpid(probe, 0)[1] != 0:
    sys.exit(1)
slot.send(b"ready")
while True:
    data, ancillary, _, _ = slot.recvmsg(65536, _socket.CMSG_SPACE(6 * 4))
    if not data:
        break
    words = data.decode("utf-8", "surrogateescape").split("\0")
    if not serve(array.array("i", ancillary[0][2]).tolist(), words[0], words[1:]):
        break
os._exit(0)
