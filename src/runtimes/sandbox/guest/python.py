# Runs one program: the job comes on fd 5, frames go out on fd 3, each marked with a nonce, so that what the program
# writes to fd 3 by chance counts for nothing. One that looks for the nonce finds it: nothing that is sent once it
# runs is taken for more than its own word.
import os
import sys
import time

__builtins__ = vars(__import__("builtins")).copy()  # its own: a program may replace what is built in

from guests.ending import end_program
from guests.environment import apply_environment, start_again
from guests.library import bounded, describe, run_program
from guests.values import dumps, loads, to_bytes


def read_job():
    os.write(3, b"\n")  # started, waiting
    os.set_blocking(5, False)
    try:
        chunks = [os.read(5, 1 << 20)]
    except BlockingIOError:
        import json, traceback  # noqa: E401, F401 (nothing waits yet: what most programs need is loaded ahead)

        rehearse()
        chunks = []
    os.set_blocking(5, True)
    while chunks != [b""]:
        chunk = os.read(5, 1 << 20)
        if not chunk:
            break
        chunks.append(chunk)
    os.close(5)
    head, _, text = b"".join(chunks).partition(b"\n")
    return head, text


class Channel:
    place = None  # once the program runs, what fd 3 leads to

    def __init__(self, nonce, path, source):
        self.mark, self.path, self.source = b"\n%s " % nonce.encode(), path, source
        self.write, self.exit = os.write, os._exit
        self.pid, self.parent, self.kill, self.stat = os.getpid, os.getppid, os.kill, os.fstat

    def find_place(self):
        """None where fd 3 is closed."""
        try:
            found = self.stat(3)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def send(self, kind, data=b""):
        """False where fd 3 leads elsewhere by now, which may be to a file of the program."""
        if self.place is not None and self.find_place() != self.place:
            return False
        view = memoryview(self.mark + b"%s %d\n" % (kind.encode(), len(data)) + data)
        while view:
            view = view[self.write(3, view) :]
        return True

    def begin(self):
        self.send("running", b"m%d" % time.monotonic_ns())
        self.place = self.find_place()

    def result(self, data):
        if not self.send("result", data):
            raise OSError("the program closed or replaced the descriptor of its result, 3")

    def fail(self, kind, error):
        if getattr(error, "errno", None) == 24:
            os.closerange(10, 65536)  # it used up the descriptors; telling so takes a few
        described = describe(error, self.path, self.source)
        try:
            sys.stdout.flush()
        except BaseException:
            pass
        self.send(kind, to_bytes(dumps(bounded(described))))
        try:
            sys.stderr.write(described["stack"] or "")
            sys.stderr.flush()
        except BaseException:
            pass
        self.leave(1)

    def leave(self, status):
        end_program()
        self.send("over")  # so that the end is known
        if status == 0 and (self.pid(), self.parent()) == (2, 1):
            self.kill(1, 63)  # pid 1 of this sandbox need not wait until the memory is taken down
        self.exit(status)


def run(head, text, channel=Channel):
    job = loads(head)
    path = job["file"]
    os.environ.update(job["env"])
    start_again(job["env"], head, text)
    apply_environment(job["env"])
    home = os.path.dirname((getattr(sys, "orig_argv", None) or [__file__])[-1])
    sys.path[:] = [entry for entry in sys.path if entry != home]
    if "PYTHONSAFEPATH" not in job["env"]:
        sys.path.insert(0, os.getcwd())
    sys.argv = [path]
    sys.stdout.reconfigure(line_buffering=True)
    if "PYTHONIOENCODING" not in job["env"]:
        sys.stdout.reconfigure(errors="backslashreplace")
    with open(path, "rb") as file:
        source = file.read()
    run_program(path, source, text, channel(job["nonce"], path, source))


class Rehearsal(Channel):
    """Says nothing and ends nothing."""

    def __init__(self, nonce, path, source):
        super().__init__(nonce, path, source)
        self.write, self.exit, self.kill = (lambda fd, data: len(data)), (lambda status: None), (lambda pid, number: None)
        self.pid, self.parent = (lambda: 2), (lambda: 1)


def rehearse():
    """Runs a program of ours: what runs a second time is faster, and touches fewer pages in each fork that runs it."""
    kept = sys.modules["__main__"], list(sys.path), sys.argv
    source = b"def main(input):\n    return {'n': input}\n"
    run(b'{"nonce": "0", "env": {}, "file": "/dev/null"}', b'{"n": 1}', Rehearsal)
    run_program("main.py", source, b'{"n": 1}', Rehearsal("0", "main.py", source))
    sys.modules["__main__"], sys.path[:], sys.argv = kept


if __name__ == "__main__":
    run(*read_job())
