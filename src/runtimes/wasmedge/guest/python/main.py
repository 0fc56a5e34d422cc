# Runs one program on CPython for WASI: the job lies in the channel directory, frames go out through its pipe,
# each marked with a nonce the program does not learn. Imports are kept to what is frozen into the interpreter:
# `json` alone would cost 70 ms.
import os
import sys

CHANNEL = "/run/exectrail"
KEPT = 131072  # characters, from each end of what an error says
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


def make_json():
    """`loads` and `dumps` on the C parts of the json package."""
    import _json

    class Context:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float, parse_int = float, int
        parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__
        memo = {}

    scan = _json.make_scanner(Context())

    def refuse(value):
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    def dumps(value):
        encoder = _json.make_encoder({}, refuse, _json.encode_basestring, None, ": ", ", ", False, False, False)
        return "".join(encoder(value, 0))

    def loads(text):
        text = text.decode("utf-8", "surrogatepass")
        start = len(text) - len(text.lstrip(" \t\r\n"))
        return scan(text, start)[0]

    return loads, dumps


def cut(text):
    """The first and last of what is long; all of it goes to stderr."""
    left = len(text) - 2 * KEPT
    return text if left <= 0 else "%s\n[%d more characters]\n%s" % (text[:KEPT], left, text[-KEPT:])


def describe(error):
    name, message, stack = type(error).__name__, "", None
    try:
        message = str(error)
    except BaseException:
        message = "an error whose text cannot be shown"
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    error.__traceback__ = trace
    try:
        import traceback

        stack = "".join(traceback.format_exception(type(error), error, trace)).replace(LIBRARY_AS_BUILT, "/lib/python/")
    except BaseException:
        stack = None
    errno = getattr(error, "errno", None)
    return {"name": name, "message": message, "stack": stack, "code": str(errno or "")}


def unsupported(value, where, seen):
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "%s is %r" % (where, value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return None
    if id(value) in seen:
        return "%s refers back to itself" % where
    if isinstance(value, dict):
        items = [("%s[%r]" % (where, key), item) for key, item in value.items()]
        for key in value:
            if not isinstance(key, (str, int, float, bool, type(None))):
                return "%s has a key of type %s" % (where, type(key).__name__)
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


class LoopImports:
    """There are no sockets here, so asyncio's own loops do not start: puts a loop of timers in their place."""

    def find_spec(self, name, path=None, target=None):
        if name != "asyncio":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec, module_from_spec, spec_from_file_location

        spec = find_spec(name)
        run_module = spec.loader.exec_module

        def run_and_patch(asyncio):
            run_module(asyncio)
            loop = spec_from_file_location("exectrail_loop", os.path.dirname(__file__) + "/loop.py")
            loop.loader.exec_module(module_from_spec(loop))

        spec.loader.exec_module = run_and_patch
        return spec


def leave(status):
    try:
        if "threading" in sys.modules:
            sys.modules["threading"]._shutdown()
        import atexit

        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        pass
    os._exit(status)


def run():
    channel = os.open(CHANNEL + "/result", os.O_WRONLY)
    head, text = read_job(channel)
    loads, dumps = make_json()
    job = loads(head)
    nonce, path = job["nonce"].encode(), job["file"]
    write = os.write

    def send(kind, data):
        view = memoryview(b"\n%s %s %d\n" % (nonce, kind, len(data)) + data)
        while view:
            view = view[write(channel, view) :]

    def fail(kind, error):
        data, stack = OUT_OF_MEMORY, None
        try:
            if isinstance(error, MemoryError):
                module.__dict__.clear()  # what the program holds is what is missing
            described = describe(error)
            stack = described["stack"]
            data = dumps({key: value and cut(value) for key, value in described.items()}).encode("utf-8", "surrogatepass")
            sys.stdout.flush()
        except BaseException:
            pass
        send(kind, data)
        try:
            sys.stderr.write(stack or "")
        except BaseException:
            pass
        leave(1)

    import builtins

    os.environ.clear()
    os.environ.update(job["env"])
    sys.path[:] = [entry for entry in sys.path if entry == "/lib/python"]
    sys.path.insert(0, "/")
    sys.argv = [path]
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    sys.meta_path.insert(0, LoopImports())
    with open("/" + path, "rb") as file:
        source = file.read()
    module = type(sys)("__main__")
    module.__file__ = path
    module.__builtins__ = builtins
    sys.modules["__main__"] = module
    try:
        code = compile(source, path, "exec", dont_inherit=True)
    except BaseException as error:  # also of code that is nested too deeply, or too large
        fail(b"syntax", error)
    send(b"running", b"")
    try:
        exec(code, module.__dict__)
        main = module.__dict__.get("main")
        if callable(main):
            value = main(loads(text))
            if hasattr(value, "__await__"):
                import asyncio

                async def settle():
                    return await value

                value = asyncio.run(settle())
            if value is not None:
                send(b"result", encode(value, dumps).encode("utf-8", "surrogatepass"))
        leave(0)
    except SystemExit as error:
        status = error.code
        if status is not None and not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
        leave((status or 0) & 255)
    except BaseException as error:
        fail(b"error", error)


run()
