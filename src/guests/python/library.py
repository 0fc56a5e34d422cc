# What every Python guest program does once it has its job: it runs the program, calls its main and describes an error.
# Imports are kept to what an interpreter has ready.
import builtins
import os
import sys

from guests.ending import before, count_descriptors
from guests.main import CallWatch, call_main
from guests.values import encode, loads

KEPT = 131072  # characters, from each end of what an error says
failure = None  # failure.py, once it is loaded


def cut(text):
    """The first and last of what is long; all of it goes to stderr."""
    left = len(text) - 2 * KEPT
    return text if left <= 0 else "%s\n[%d more characters]\n%s" % (text[:KEPT], left, text[-KEPT:])


def load_failure():
    """From the program beside this one, which only who fails needs."""
    names = {}
    with open(os.path.dirname(__file__) + "/failure.py", "rb") as file:
        exec(compile(file.read(), "failure.py", "exec", dont_inherit=True), names)
    return names


def describe(error, path, source):
    """Name, message, stack and code of anything raised."""
    name, message, stack = type(error).__name__, "", None
    try:
        message = str(error)
    except BaseException:
        message = "an error whose text cannot be shown"
    try:
        stack = (failure or load_failure())["write_trace"](error, path, source)
    except BaseException:
        pass
    errno = getattr(error, "errno", None)
    return {"name": name, "message": message, "stack": stack, "code": str(errno or "")}


def bounded(described):
    return {key: value and cut(value) for key, value in described.items()}


def leave_program(code=None):
    raise SystemExit(code)


def make_module(path):
    """The module that the program runs as; the site module, which is not loaded, would define exit and quit."""
    module = type(sys)("__main__")
    module.__file__ = path
    module.__builtins__ = builtins
    builtins.exit = builtins.quit = leave_program
    sys.modules["__main__"] = module
    return module


def settle(value, source):
    """What an awaitable comes to. Who does not import asyncio needs no loop, and importing it costs 60 ms."""

    async def wait():
        return await value

    if not hasattr(value, "__await__"):
        return value
    if "asyncio" in sys.modules or b"asyncio" in source:
        import asyncio

        return asyncio.run(wait())
    steps = wait()
    while True:
        try:
            steps.send(None)
        except StopIteration as done:
            return done.value


def exit_status(error):
    """Of SystemExit, as Python does it: what is no number is printed and means 1."""
    status = error.code
    if status is not None and not isinstance(status, int):
        print(status, file=sys.stderr)
        status = 1
    return (status or 0) & 255


def run_program(path, source, text, channel):
    """Runs `source`, calls its main with the JSON `text`, and reports to `channel`: begin(), result(bytes), then either
    fail(kind, error), with kind "syntax" or "error", or leave(status)."""
    module = make_module(path)
    try:
        # As text: a line such as `# coding: latin-1` says nothing of code that did not come as a file.
        written = source.decode("utf-8")  # not utf-8-sig, which is loaded from a file first
        code = compile(written[1:] if written[:1] == "\ufeff" else written, path, "exec", dont_inherit=True)
    except BaseException as error:  # also of code that is nested too deeply, or too large
        return channel.fail("syntax", error)
    watch = CallWatch(module.__dict__, code, source)
    before["descriptors"] = count_descriptors()
    channel.begin()
    try:
        watch.run(code)
        if watch.main is not None:
            value = settle(call_main(watch.main, loads(text)), source)
            if value is not None:
                channel.result(encode(value))
        status = 0
    except SystemExit as error:
        status = exit_status(error)
    except BaseException as error:
        return channel.fail("error", error)
    channel.leave(status)
