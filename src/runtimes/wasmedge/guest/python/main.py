# Runs one program on CPython for WASI: the job lies in the channel directory, frames go out through its pipe,
# each marked with a nonce the program does not learn.
import os
import sys

__builtins__ = vars(__import__("builtins")).copy()  # its own: a program may replace what is built in

from guests.ending import end_program
from guests.environment import apply_environment
from guests.library import bounded, describe, run_program
from guests.loop_imports import LoopImports
from guests.values import dumps, loads, to_bytes

CHANNEL = "/run/exectrail"
LIBRARY_AS_BUILT = "/wlr/build-staging/python/v3.12.0-aio/checkout/Lib/"
OUT_OF_MEMORY = b'{"name":"MemoryError","message":"","stack":null,"code":""}'


def read_job(channel):
    """The head and the input; what most programs need is loaded while the job is on its way."""
    os.write(channel, b"\n")  # started, waiting
    job = os.open(CHANNEL + "/job", os.O_RDONLY)
    if not waits(job):
        import json, traceback  # noqa: E401, F401

    length, data = os.read(job, 65536).split(b"\n", 1)
    parts, left = [data], int(length) - len(data)
    while left:
        parts.append(os.read(job, min(left, 1 << 20)))
        left -= len(parts[-1])
    os.close(job)
    head, _, text = b"".join(parts).partition(b"\n")
    return head, text


def waits(job):
    """True where the job is there already."""
    import select

    return bool(select.select([job], [], [], 0)[0])


class Channel:
    def __init__(self, descriptor, nonce, path, source):
        self.descriptor, self.mark = descriptor, b"\n%s " % nonce.encode()
        self.path, self.source = path, source
        self.write, self.exit = os.write, os._exit

    def send(self, kind, data=b""):
        view = memoryview(self.mark + b"%s %d\n" % (kind.encode(), len(data)) + data)
        while view:
            view = view[self.write(self.descriptor, view) :]

    def begin(self):
        self.send("running")

    def result(self, data):
        self.send("result", data)

    def fail(self, kind, error):
        data, stack = OUT_OF_MEMORY, None
        try:
            if isinstance(error, MemoryError):
                sys.modules["__main__"].__dict__.clear()  # what the program holds is what is missing
            described = describe(error, self.path, self.source)
            stack = (described["stack"] or "").replace(LIBRARY_AS_BUILT, "/lib/python/")
            data = to_bytes(dumps(bounded({**described, "stack": stack or None})))
            sys.stdout.flush()
        except BaseException:
            pass
        self.send(kind, data)
        try:
            sys.stderr.write(stack or "")
        except BaseException:
            pass
        self.leave(1)

    def leave(self, status):
        end_program()
        self.send("over")  # so that the end is known
        self.exit(status)


def run():
    descriptor = os.open(CHANNEL + "/result", os.O_WRONLY)
    head, text = read_job(descriptor)
    job = loads(head)
    path = job["file"]
    os.environ.clear()
    os.environ.update(job["env"])
    sys.path[:] = [entry for entry in sys.path if entry == "/lib/python"]
    apply_environment(job["env"])
    sys.path.insert(0, "/")
    sys.argv = [path]
    sys.stdout.reconfigure(line_buffering=True)
    if "PYTHONIOENCODING" not in job["env"]:
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.meta_path.insert(0, LoopImports())
    with open("/" + path, "rb") as file:
        source = file.read()
    run_program(path, source, text, Channel(descriptor, job["nonce"], path, source))


run()
