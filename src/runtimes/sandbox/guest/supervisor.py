# What supervisor.pl does, for a child of fork-server.py; in one file as well, its twin function by function.
# It is pid 1 of one run, which forks the interpreter it already is, hands the job on, ends the whole tree and reports on
# fd 4. Speaks the same records.
import os
import resource
import select
import stat
import struct
import sys
import time

import _signal as signal  # without the enumerations of the module above it, which touch many pages

LIMITS = {
    "cpu": resource.RLIMIT_CPU,
    "fsize": resource.RLIMIT_FSIZE,
    "data": resource.RLIMIT_DATA,
    "core": resource.RLIMIT_CORE,
    "nproc": resource.RLIMIT_NPROC,
    "nofile": resource.RLIMIT_NOFILE,
}
MAX_DEPTH = 16
MAX_NAMES = 10_000
MAX_COUNTED = 100_000
OVER_FD = 5  # takes a byte as soon as nothing of the program is left
SIG_LEAVING = 63  # a real-time signal, which no program sends by accident
PR_SET_DUMPABLE = 4


class Fault(Exception):
    """The run cannot be made as it was asked for."""


class Run:
    def __init__(self, work, child, job):
        self.work, self.child, self.job = work, child, job
        self.buffer = bytearray()
        self.ended = None  # wait status of the interpreter
        self.ended_ns = 0  # when, by the monotonic clock
        self.killed = False
        self.dying = False  # it had ended by its own word and was killed; it is not waited for
        self.user = self.system = self.maxrss = 0
        self.awaited = True  # the job has not come

    def reap(self):
        """Collects every child that is gone; true while some are left."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self.user += usage.ru_utime
            self.system += usage.ru_stime
            self.maxrss = max(self.maxrss, usage.ru_maxrss)
            if pid == self.child and self.ended is None:
                self.ended, self.ended_ns = status, time.monotonic_ns()

    def watch(self, wake):
        poll = select.poll()
        poll.register(0, select.POLLIN)
        poll.register(wake, select.POLLIN)
        rehearsed = False
        while self.ended is None and not self.killed:
            events = poll.poll(None if rehearsed or not self.awaited else 0)
            if not events:
                rehearsed = True
                rehearse()
            for fd, _ in events:
                if fd == wake:
                    signals = os.read(wake, 4096)
                    self.reap()
                    if self.ended is None and self.says_it_ended(signals):
                        self.end_at_its_word()
                    continue
                chunk = os.read(0, 1 << 20)
                if not chunk:
                    self.killed = True  # the executor is gone
                self.buffer += chunk
                while self.take_record():
                    pass

    def take_record(self):
        """`NAME LENGTH ARGUMENT\\n` and LENGTH bytes."""
        end = self.buffer.find(b"\n")
        if end < 0:
            return False
        name, length, argument = self.buffer[:end].decode("utf-8", "surrogateescape").split(" ", 2)
        after = end + 1 + int(length)
        if len(self.buffer) < after:
            return False
        body = bytes(self.buffer[end + 1 : after])
        del self.buffer[:after]
        if name == "limit":
            self.set_limit(*argument.split(" "))
        elif name == "file":
            self.write_file(argument, body)
        elif name == "job":
            self.hand_on(body)
        elif name == "kill":
            self.killed = True
        return True

    def set_limit(self, name, value):
        if name in LIMITS:
            try:
                resource.prlimit(self.child, LIMITS[name], (int(value), int(value)))
            except ProcessLookupError:
                pass  # it is gone; its status says why

    def write_file(self, path, content):
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise Fault("file %s leaves the working directory" % path)
        directory = self.work
        for part in parts[:-1]:
            directory += "/" + part
            if not os.path.isdir(directory):
                os.mkdir(directory, 0o700)
        try:
            with open(directory + "/" + parts[-1], "wb") as file:
                file.write(content)
            if content.startswith((b"#!", b"\x7fELF")):
                os.chmod(directory + "/" + parts[-1], 0o700)  # scripts and programs can be run
        except OSError as error:
            raise Fault("cannot write %s: %s" % (path, error.strerror)) from None

    def hand_on(self, body):
        view = memoryview(body)
        try:
            while view:
                view = view[os.write(self.job, view) :]
        except BrokenPipeError:
            pass  # the interpreter is gone; its status says why
        os.close(self.job)
        self.awaited = False

    def says_it_ended(self, signals):
        """The signal of an interpreter that leaves with status 0; whatever sends it ends its own program."""
        for at in range(0, len(signals), 128):
            number, _, _, sender = struct.unpack_from("IiiI", signals, at)
            if number == SIG_LEAVING and sender == self.child:
                return True
        return False

    def end_at_its_word(self):
        """Nothing of the program runs any further.

        Where the kernel can say what it used, it is only stopped: it dies with pid 1, and taking its memory down does
        not keep the processors from the report.
        """
        self.ended, self.ended_ns = 0, time.monotonic_ns()
        used = self.usage_of_lone_child()
        os.kill(-1, signal.SIGKILL if used is None else signal.SIGSTOP)
        if used is not None:
            self.user += used
            self.dying = True

    def usage_of_lone_child(self):
        """Processor time of the interpreter where it is alone and never had a child that it waited for; else None.

        Asked while it lives: whoever looks at one that dies takes down its memory for it.
        """
        if sum(name.isdigit() for name in os.listdir("/proc")) != 2:
            return None
        try:
            file = os.open("/proc/%d/stat" % self.child, os.O_RDONLY | os.O_CLOEXEC)
            children_faults = os.read(file, 4096).rpartition(b") ")[2].split(b" ")[8]
            os.close(file)
            return time.clock_gettime((~self.child << 3) | 2) if children_faults == b"0" else None
        except (OSError, IndexError):
            return None

    def end_all(self):
        """Ends everything and collects it; bounded, for what sleeps in the kernel cannot be waited out.

        True where nothing is left.
        """
        if self.dying:
            return True
        for _ in range(2000):
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                pass
            if not self.reap():
                return True
            time.sleep(0.001)
        return False

    def disk_full(self):
        # Not the working directory, which a program may remove.
        disks = [os.statvfs(where) for where in (os.path.dirname(self.work), "/dev/shm")]
        return any(disk.f_bavail * disk.f_frsize < 65536 for disk in disks)


def say_it_is_over():
    try:
        os.write(OVER_FD, b".")
    except BrokenPipeError:
        pass  # the slot is gone; the executor sees that itself


def collect(directory, prefix, depth, left):
    """Regular files with one link only, opened without following links and without blocking; others are counted.

    Of so many names that sorting and looking at them takes time, the first are looked at.
    """
    if depth >= MAX_DEPTH or os.path.islink(directory):
        left["out"] += 1  # a link: somebody put it in its place
        return
    try:
        names = read_names(directory, left)
    except OSError:
        left["out"] += depth > 0
        return
    for name in names:
        path = directory + b"/" + name
        try:
            seen = os.lstat(path)
            if stat.S_ISDIR(seen.st_mode):
                collect(path, prefix + name + b"/", depth + 1, left)
            elif not give_file(path, prefix + name, left, seen):
                left["out"] += 1
        except OSError:
            left["out"] += 1


def read_names(directory, left):
    names = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if left["out"] >= MAX_COUNTED:
                break
            if left["names"] > 0:
                left["names"] -= 1
                names.append(entry.name)
            else:
                left["out"] += 1
    return sorted(names)


def give_file(path, name, left, seen):
    if not stat.S_ISREG(seen.st_mode) or seen.st_nlink != 1:
        return False
    if seen.st_size > left["bytes"] or left["files"] < 1:
        return False
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(fd, "rb", buffering=0) as file:
        opened = os.fstat(fd)
        if (opened.st_ino, opened.st_dev) != (seen.st_ino, seen.st_dev):
            return False
        left["bytes"] -= seen.st_size
        left["files"] -= 1
        report(b"file %d %d\n%s" % (len(name), seen.st_size, name))
        pass_on(file, seen.st_size)
    return True


def pass_on(file, size):
    """In pieces: what is collected counts as memory of the run."""
    while size > 0:
        part = min(size, 65536)
        try:
            chunk = file.read(part)
        except OSError:
            chunk = b""
        chunk = chunk or b"\0" * part  # it cannot be read; its size is already announced
        report(chunk)
        size -= len(chunk)


def start(call, work, command, guest):
    """Forks the interpreter, which waits for its job; its pid, the end of the pipe for it, and our wake."""
    reader, writer = os.pipe()
    signals = [signal.SIGCHLD, SIG_LEAVING]
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    wanted = struct.pack("Q", sum(1 << (number - 1) for number in signals))
    wake = call("signalfd", -1, wanted, 8, os.O_CLOEXEC | os.O_NONBLOCK)
    pid = os.fork()
    if pid != 0:
        os.close(reader)
        os.close(3)
        return pid, writer, wake
    try:
        become(call, work, command, reader)
        guest["run"](*guest["read_job"]())
    except BaseException as error:
        os.write(2, ("%s: %s\n" % (type(error).__name__, error)).encode("utf-8", "backslashreplace"))
    finally:
        os._exit(1)


def become(call, work, command, reader):
    """The state an interpreter finds that was just started; it stays without rights."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD, SIG_LEAVING])
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # it may look at itself in /proc
    fd = os.open("/dev/null", os.O_RDONLY)
    os.dup2(fd, 0)
    os.dup2(reader, 5)
    os.close(4)
    call("close_range", 6, 0x7FFFFFFF, 0)
    os.chdir(work)
    sys.orig_argv = command


def supervise(call, words, guest):
    """The whole run; gives the exit status of this process."""
    _, _, work, out, max_files, max_bytes, *command = words
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for directory in (os.path.dirname(work), work, out):
            if not os.path.isdir(directory):
                os.mkdir(directory, 0o700)
        child, job, wake = start(call, work, command, guest)
        run = Run(work, child, job)
        run.watch(wake)
        if run.end_all():
            say_it_is_over()
        full = run.disk_full()
        left = {"files": int(max_files), "bytes": int(max_bytes), "names": MAX_NAMES, "out": 0}
        collect(os.fsencode(out), b"", 0, left)
        if run.ended is None:
            run.ended, run.ended_ns = 9, time.monotonic_ns()
        status = run.ended
        numbers = (
            (status >> 8) & 255,
            status & 127,
            int(run.user * 1e6),
            int(run.system * 1e6),
            run.maxrss,
            full,
            run.killed,
            0,
        )
        report(b"end %s  %d %d\n" % (" ".join(str(int(n)) for n in numbers).encode(), run.ended_ns, min(left["out"], MAX_COUNTED)))
        return 0
    except Exception as error:
        report(("fault %s\n" % error).encode("utf-8", "backslashreplace"))
        return 125


def rehearse():
    """Takes records that change nothing, and looks around: see `rehearse` of python.py.

    Where a job is not there yet, once more in the process that will take it, which then has its own pages.
    """
    run = Run("/dev", os.getpid(), os.open("/dev/null", os.O_WRONLY | os.O_CLOEXEC))
    run.buffer += b"limit 0 none 0\nfile 1 null\n0job 1 \n0"
    while run.take_record():
        pass
    run.says_it_ended(b"\0" * 128)
    run.usage_of_lone_child()
    run.disk_full()
    os.path.isdir(run.work)
    collect(b"/dev/null", b"", 0, {"files": 0, "bytes": 0, "names": 0, "out": 0})


def report(text):
    view = memoryview(text)
    while view:
        view = view[os.write(4, view) :]
