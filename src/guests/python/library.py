# What every Python guest program does once it has its job: it runs the program, calls its main, encodes the result and
# describes an error. Imports are kept to what an interpreter has ready: `json` alone costs 8 ms, under WASI 70.
import builtins
import os
import sys

from guests.main import CallWatch, call_main

KEPT = 131072  # characters, from each end of what an error says
NAMES_OF_DATA = (str, int, float, bool, type(None))
TEXTS, FLAT = {str}, {str, int, float, bool, type(None)}
before = {"descriptors": 0}  # the program began
failure = None  # failure.py, once it is loaded


def make_json():
    """loads, of UTF-8, and dumps on the C parts of the json package."""
    try:
        import _json
    except ImportError:
        import json

        return json.loads, lambda value: json.dumps(value, allow_nan=False, ensure_ascii=False)

    class Context:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float = parse_constant = float
        parse_int, memo = int, {}

    scan, make_encoder, write_text = _json.make_scanner(Context), _json.make_encoder, _json.encode_basestring

    def refuse(value):
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    def loads(text):
        return scan(text.decode("utf-8", "surrogatepass").strip(), 0)[0]

    def dumps(value):
        return "".join(make_encoder({}, refuse, write_text, None, ": ", ", ", False, False, False)(value, 0))

    return loads, dumps


loads, dumps = make_json()


def to_bytes(text):
    """UTF-8 of JSON text; half a surrogate pair as JSON writes it."""
    return text.encode("utf-8", "backslashreplace")


def find_unsupported(value, where, seen):
    """Says where in a result a value sits that JSON would change or refuse."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "%s is %r" % (where, value)
    if isinstance(value, NAMES_OF_DATA):
        return None
    if id(value) in seen:
        return "%s refers back to itself" % where
    if isinstance(value, dict):
        items = [("%s[%r]" % (where, key), item) for key, item in value.items()]
        names = {}
        for key in value:
            if not isinstance(key, NAMES_OF_DATA):
                return "%s has a key of type %s" % (where, type(key).__name__)
            if isinstance(key, float) and (key != key or key in (float("inf"), float("-inf"))):
                return "%s has the key %r" % (where, key)
            name = key_in_json(key)
            if name in names:
                return "%s has the keys %r and %r, which are the same in JSON" % (where, names[name], key)
            names[name] = key
    elif isinstance(value, (list, tuple)):
        items = [("%s[%d]" % (where, index), item) for index, item in enumerate(value)]
    else:
        return "%s is of type %s" % (where, type(value).__name__)
    for name, item in items:
        found = find_unsupported(item, name, seen | {id(value)})
        if found:
            return found
    return None


def key_in_json(key):
    return key if isinstance(key, str) else dumps({key: 0})[1:-4].strip('"')


def has_like_keys(value):
    """True where two keys of a dict are the same in JSON, of which its readers would keep one."""
    left = [value]
    while left:
        at = left.pop()
        if isinstance(at, dict):
            if set(map(type, at)) - TEXTS and len(at) != len(set(map(key_in_json, at))):
                return True
            at = at.values()
        if set(map(type, at)) - FLAT:
            left.extend(item for item in at if isinstance(item, (dict, list, tuple)))
    return False


def encode(value):
    """The JSON of what main returned, as UTF-8. Raises TypeError, which names what JSON cannot carry."""
    try:
        data = to_bytes(dumps(value))
        if not isinstance(value, (dict, list, tuple)) or not has_like_keys(value):
            return data
        error = None
    except (ValueError, TypeError, RecursionError) as refused:
        error = refused
    try:
        found = find_unsupported(value, "the result", frozenset())
    except RecursionError:
        found = "the result is nested too deeply"
    raise TypeError("main returned a value JSON cannot carry: %s" % (found or error)) from None


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


def let_go():
    """Drops what the program holds, so that its objects end and its files are written, as an interpreter does."""
    names = sys.modules["__main__"].__dict__
    kept = (type(sys), type, type(let_go))  # modules, classes and functions: what ends may need them
    own = [name for name, value in names.items() if not isinstance(value, kept) and name != "__builtins__"]
    for name in sorted(own, key=lambda name: name[:1] != "_" or name[:2] == "__"):
        names[name] = None


def count_descriptors():
    """Open ones; where the kernel does not list them, of the first few."""
    try:
        return len(os.listdir("/proc/self/fd"))
    except OSError:
        count = 0
        for descriptor in range(32):
            try:
                os.fstat(descriptor)
                count += 1
            except OSError:
                pass
        return count


def flush_files():
    """Writes what open files still hold; they are looked for among all objects, which takes its time."""
    if count_descriptors() <= before["descriptors"]:
        return
    import _io
    import gc

    kinds = (_io.TextIOWrapper, _io.BufferedWriter, _io.BufferedRandom)
    found = [thing for thing in gc.get_objects() if issubclass(type(thing), kinds)]
    for kind in kinds:  # a text file first, which writes into another
        for file in found:
            if issubclass(type(file), kind):
                try:
                    file.flush()
                except BaseException:
                    pass  # closed, or full


def end_program():
    """What an interpreter does before it ends."""
    try:
        if "threading" in sys.modules:  # else there are no threads to wait for
            sys.modules["threading"]._shutdown()
        import atexit

        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        import _thread

        if _thread._count() == 0:  # others would find nothing left
            let_go()
        flush_files()
    except BaseException:
        pass


def run_program(path, source, text, channel):
    """Runs `source`, calls its main with the JSON `text`, and tells `channel`: begin(), result(bytes), then either
    fail(kind, error), with kind "syntax" or "error", or leave(status)."""
    module = make_module(path)
    try:
        # As text: a line such as `# coding: latin-1` says nothing of code that did not come as a file.
        code = compile(source.decode("utf-8-sig"), path, "exec", dont_inherit=True)
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
