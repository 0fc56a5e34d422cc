# Runs one program on a node: the job lies beside this file, frames go out on standard output, each marked with a word
# from the arguments that the program does not find there any more. Serves CPython for WASI and in containers.
import io
import os
import sys
import time

__builtins__ = vars(__import__("builtins")).copy()  # its own: a program may replace what is built in

from guests.ending import end_program
from guests.library import bounded, describe, run_program
from guests.loop_imports import LoopImports
from guests.values import dumps, loads, to_bytes

JOB = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WASI = sys.platform == "wasi"
FRAME_BYTES = 18_000  # a node cuts longer writes off at 32 KiB
EAGER_FRAMES = 500  # so many flushes are sent at once; later ones when there is more, or time has passed
LAZY_SECONDS = 0.2
OUTPUT_BYTES = 67_108_864
FILES_BYTES = 8_388_608
KEPT_NAMES = ("PATH", "HOME", "LANG")


class OutputLimit(BaseException):
    """More was printed than a node can carry."""


class Channel:
    def __init__(self, marker):
        from binascii import b2a_base64

        self.mark = b"\n" + marker.encode() + b" "
        self.encode, self.write = b2a_base64, os.write
        self.frames = 0

    def send(self, kind, data=b""):
        view = memoryview(data)
        for at in range(0, len(view) or 1, FRAME_BYTES):
            line = self.mark + kind + b" " + self.encode(view[at : at + FRAME_BYTES])
            while line:
                line = line[self.write(1, line) :]
            self.frames += 1


class Output(io.BufferedIOBase):
    """One of the program's streams, gathered so that a flood is few writes and a single line is not held back."""

    def __init__(self, channel, kind, descriptor):
        self.channel, self.kind, self.descriptor = channel, kind, descriptor
        self.parts, self.held, self.count, self.sent_at = [], 0, 0, 0.0
        self.full = False
        self.now = time.monotonic

    def writable(self):
        return True

    def fileno(self):
        return self.descriptor

    def write(self, data):
        data = bytes(data)
        if self.count + len(data) > OUTPUT_BYTES:
            self.full = True
            raise OutputLimit()
        self.parts.append(data)
        self.held += len(data)
        self.count += len(data)
        if self.held >= FRAME_BYTES:
            self.send()
        return len(data)

    def flush(self):
        if self.channel.frames < EAGER_FRAMES or self.now() - self.sent_at > LAZY_SECONDS:
            self.send()

    def send(self):
        data, self.parts, self.held = b"".join(self.parts), [], 0
        self.sent_at = self.now()
        if data:
            self.channel.send(self.kind, data)


def take_output(channel):
    """Puts the two streams on the channel, also for what writes to their descriptors."""
    streams = []
    for name, kind, descriptor in (("stdout", b"o", 1), ("stderr", b"e", 2)):
        stream = Output(channel, kind, descriptor)
        errors = "backslashreplace"
        text = io.TextIOWrapper(stream, "utf-8", errors, newline="\n", line_buffering=True)
        setattr(sys, name, text)
        setattr(sys, "__%s__" % name, text)
        streams.append(stream)
    bare = os.write

    def write(descriptor, data):
        if descriptor not in (1, 2):
            return bare(descriptor, data)
        stream = streams[descriptor - 1]
        count = stream.write(data)
        stream.flush()
        return count

    os.write = write
    return streams


def raised(error):
    """True when the program raised this itself, as against the interpreter."""
    trace = error.__traceback__
    if trace is None:
        return True
    while trace.tb_next is not None:
        trace = trace.tb_next
    import opcode

    return opcode.opname[trace.tb_frame.f_code.co_code[trace.tb_lasti]].startswith(("RAISE", "RERAISE"))


def mend_wasi(seed):
    """What the node's WASI lacks: waits by absolute time, and, where it has none, chance."""
    import select

    def sleep(seconds):
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        select.select([], [], [], seconds)

    time.sleep = sleep
    sys.meta_path.insert(0, LoopImports())
    if seed is None:
        return
    from hashlib import blake2b

    state = {"key": bytes.fromhex(seed), "count": 0}

    def urandom(size):
        blocks = []
        for _ in range(0, size, 64):
            state["count"] += 1
            blocks.append(blake2b(state["count"].to_bytes(8, "big"), key=state["key"]).digest())
        return b"".join(blocks)[:size]

    os.urandom = urandom
    import random

    random.seed(urandom(32))


def send_files(channel):
    left = FILES_BYTES
    for folder, _, names in os.walk("/out") if os.path.isdir("/out") else ():
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                data = file.read(left + 1)
            left -= len(data)
            if left < 0:
                return "files of /out beyond %d bytes were left behind" % FILES_BYTES
            channel.send(b"f", os.path.relpath(path, "/out").encode("utf-8", "surrogateescape"))
            channel.send(b"d", data)
    return None


class Program:
    """One program's end: what became of it goes out in one frame."""

    def __init__(self, channel, streams, source):
        self.channel, self.streams, self.source = channel, streams, source
        self.end = {"exitCode": 0, "syntax": False, "error": None, "limit": None, "note": None}
        self.clock = time.monotonic
        self.begun = self.clock()
        self.exit = os._exit
        os._exit = self.exit_now

    def begin(self):
        self.channel.send(b"b")
        self.begun = self.clock()

    def result(self, data):
        self.channel.send(b"r", data)

    def fail(self, kind, error):
        self.end["exitCode"], self.end["syntax"] = 1, kind == "syntax"
        if not isinstance(error, OutputLimit):
            self.describe(error)
        self.leave(1)

    def describe(self, error):
        try:
            if isinstance(error, MemoryError):
                sys.modules["__main__"].__dict__.clear()  # what the program holds is what is missing
                if not raised(error):
                    self.end["limit"] = "memory"
            described = describe(error, "main.py", self.source)
            self.end["error"] = bounded(described)
            sys.stderr.write(described["stack"] or "")
        except BaseException:
            pass

    def leave(self, status):
        self.end["exitCode"] = status
        end_program()
        self.send_end()
        # A module that returns ends at once; one that calls for its exit keeps a node busy for seconds.
        if not WASI:
            self.exit(status)

    def send_end(self):
        seconds = self.clock() - self.begun
        for step in (sys.stdout.flush, sys.stderr.flush, *(stream.send for stream in self.streams)):
            try:
                step()
            except BaseException:
                pass
        try:
            self.end["note"] = send_files(self.channel)
        except BaseException as error:
            self.end["note"] = "files of /out could not be read: %s" % error
        if any(stream.full for stream in self.streams):
            self.end["limit"] = "output"
        self.end["durationMs"] = seconds * 1000
        self.end["stdoutBytes"], self.end["stderrBytes"] = (stream.count for stream in self.streams)
        self.channel.send(b"z", to_bytes(dumps(self.end)))

    def exit_now(self, status):
        self.end["exitCode"] = status & 255
        self.send_end()
        self.exit(status)


def read(name):
    with open(JOB + name, "rb") as file:
        return file.read()


def run():
    channel = Channel(sys.argv[1])
    sys.argv = sys.orig_argv = ["main.py"]
    head, text, source = loads(read("/head.json")), read("/input.json"), read("/work/main.py")
    os.chdir(JOB + "/work")
    kept = {} if WASI else {name: os.environ[name] for name in KEPT_NAMES if name in os.environ}
    os.environ.clear()
    os.environ.update(kept | head["env"])
    sys.path.insert(0, JOB + "/work")
    streams = take_output(channel)
    if WASI:
        mend_wasi(head.get("seed"))
    run_program("main.py", source, text, Program(channel, streams, source))


run()
