# Runs one program on a node: the job lies beside this file, frames go out on standard output, each marked
# with a word from the arguments that the program does not find there any more. Serves CPython for WASI and
# in containers; imports are kept to what the interpreter has ready, `json` alone would cost 200 ms under WASI.
import io
import os
import sys
import time

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
        self.now = time.monotonic

    def writable(self):
        return True

    def fileno(self):
        return self.descriptor

    def write(self, data):
        data = bytes(data)
        if self.count + len(data) > OUTPUT_BYTES:
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


def make_json():
    """`loads` and `dumps` on the C parts of the json package."""
    try:
        import _json
    except ImportError:
        import json

        return json.loads, lambda value: json.dumps(value, allow_nan=False, ensure_ascii=False)

    class Context:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float, parse_int = float, int
        parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.get
        memo = {}

    scan = _json.make_scanner(Context())

    def refuse(value):
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    def dumps(value):
        text = _json.encode_basestring
        return "".join(_json.make_encoder({}, refuse, text, None, ": ", ", ", False, False, False)(value, 0))

    return (lambda text: scan(text.strip(), 0)[0]), dumps


def unsupported(value, where, seen):
    """Says where in a result a value sits that JSON would change or refuse."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "%s is %r" % (where, value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return None
    if id(value) in seen:
        return "%s refers back to itself" % where
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, (str, int, float, bool, type(None))):
                return "%s has a key of type %s" % (where, type(key).__name__)
        items = [("%s[%r]" % (where, key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        items = [("%s[%d]" % (where, index), item) for index, item in enumerate(value)]
    else:
        return "%s is of type %s" % (where, type(value).__name__)
    for name, item in items:
        found = unsupported(item, name, seen | {id(value)})
        if found:
            return found
    return None


def encode(value, dumps):
    try:
        return dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        try:
            found = unsupported(value, "the result", frozenset())
        except RecursionError:
            found = "the result is nested too deeply"
        raise TypeError("main returned a value JSON cannot carry: %s" % (found or error)) from None


def raised(error):
    """True when the program raised this itself, as against the interpreter."""
    trace = error.__traceback__
    if trace is None:
        return True
    while trace.tb_next is not None:
        trace = trace.tb_next
    import opcode

    return opcode.opname[trace.tb_frame.f_code.co_code[trace.tb_lasti]].startswith(("RAISE", "RERAISE"))


def describe(error, source):
    name, message, stack = type(error).__name__, "", None
    try:
        message = str(error)
    except BaseException:
        message = "an error whose text cannot be shown"
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    error.__traceback__ = trace
    out_of_memory = isinstance(error, MemoryError) and not raised(error)
    try:
        import linecache
        import traceback

        lines = source.decode("utf-8", "replace").splitlines(True)
        linecache.cache["main.py"] = (len(source), None, lines, "main.py")
        stack = "".join(traceback.format_exception(type(error), error, trace))
    except BaseException:
        pass
    return {"name": name, "message": message, "stack": stack}, out_of_memory


class LoopImports:
    """WASI has no sockets, so asyncio's own loops do not start there: puts a loop of timers in their place."""

    def find_spec(self, name, path=None, target=None):
        if name != "asyncio":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec

        spec = find_spec(name)
        spec.loader = LoopLoader(spec.loader)
        return spec


class LoopLoader:
    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return None

    def exec_module(self, asyncio):
        self.loader.exec_module(asyncio)
        path = os.path.dirname(__file__) + "/loop.py"
        with open(path, "rb") as file:
            exec(compile(file.read(), path, "exec"), {"__name__": "exectrail_loop"})

    def __getattr__(self, name):
        return getattr(self.loader, name)


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


def run_steps(waitable):
    """Awaits without asyncio, whose import costs a second: who does not import it needs no loop."""

    async def wait():
        return await waitable

    if "asyncio" in sys.modules:
        return sys.modules["asyncio"].run(wait())
    steps = wait()
    while True:
        try:
            steps.send(None)
        except StopIteration as done:
            return done.value


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


def run():
    marker = sys.argv[1]
    sys.argv = sys.orig_argv = ["main.py"]
    channel = Channel(marker)
    loads, dumps = make_json()
    with open(JOB + "/head.json", encoding="utf-8") as file:
        head = loads(file.read())
    with open(JOB + "/input.json", encoding="utf-8") as file:
        text = file.read()
    with open(JOB + "/work/main.py", "rb") as file:
        source = file.read()
    os.chdir(JOB + "/work")
    kept = {} if WASI else {name: os.environ[name] for name in KEPT_NAMES if name in os.environ}
    os.environ.clear()
    os.environ.update(kept | head["env"])
    sys.path.insert(0, JOB + "/work")
    streams = take_output(channel)
    if WASI:
        mend_wasi(head.get("seed"))
    module = type(sys)("__main__")
    module.__file__ = "main.py"
    sys.modules["__main__"] = module
    end = {"exitCode": 0, "syntax": False, "error": None, "limit": None, "note": None}
    begun = time.monotonic()

    def fail(error):
        end["exitCode"] = 1
        try:
            if isinstance(error, MemoryError):
                module.__dict__.clear()  # what the program holds is what is missing
            end["error"], out_of_memory = describe(error, source)
            if out_of_memory:
                end["limit"] = "memory"
            sys.stderr.write(end["error"]["stack"] or "")
        except BaseException:
            pass

    def leave():
        seconds = time.monotonic() - begun
        for step in (sys.stdout.flush, sys.stderr.flush, streams[0].send, streams[1].send):
            try:
                step()
            except BaseException:
                pass
        try:
            end["note"] = send_files(channel)
        except BaseException as error:
            end["note"] = "files of /out could not be read: %s" % error
        end["durationMs"] = seconds * 1000
        end["stdoutBytes"], end["stderrBytes"] = streams[0].count, streams[1].count
        channel.send(b"z", dumps(end).encode("utf-8", "surrogatepass"))

    bare_exit = os._exit

    def exit_now(status):
        end["exitCode"] = status & 255
        leave()
        bare_exit(status)

    os._exit = exit_now
    try:
        code = compile(source, "main.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        end["syntax"] = True
        fail(error)
        return leave()
    channel.send(b"b")
    begun = time.monotonic()
    try:
        exec(code, module.__dict__)
        main = module.__dict__.get("main")
        if callable(main):
            value = main(loads(text))
            if hasattr(value, "__await__"):
                value = run_steps(value)
            if value is not None:
                channel.send(b"r", encode(value, dumps).encode("utf-8", "surrogatepass"))
        finish()
    except SystemExit as error:
        status = error.code
        if status is not None and not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
        end["exitCode"] = (status or 0) & 255
    except OutputLimit:
        end["exitCode"], end["limit"] = 1, "output"
    except BaseException as error:
        fail(error)
    leave()
    # A module that returns ends at once; one that calls for its exit keeps a node busy for seconds.
    if not WASI:
        bare_exit(end["exitCode"])


def finish():
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    import atexit

    atexit._run_exitfuncs()


run()
