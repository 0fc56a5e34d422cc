# Runs one program: the job comes on fd 5, frames go out on fd 3, each marked with a nonce, so that what the program
# writes to fd 3 by chance counts for nothing. One that looks for the nonce finds it: nothing that is sent once it
# runs is taken for more than its own word.
import os
import sys

KEPT = 131072  # characters, from each end of what an error says


def read_job():
    os.write(3, b"\n")  # started, waiting
    os.set_blocking(5, False)
    try:
        chunks = [os.read(5, 1 << 20)]
    except BlockingIOError:
        import json, traceback  # noqa: E401, F401 (nothing waits yet: what most programs need is loaded ahead)

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


def make_json():
    """loads and dumps from the C part alone: the json package costs 8 ms, most of it for re."""
    import _json

    class Context:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float, parse_int, memo = float, int, {}
        parse_constant = float

    def refuse(value):
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)

    scan = _json.make_scanner(Context)
    encode = _json.make_encoder

    def loads(text):
        return scan(text.decode("utf-8").strip(), 0)[0]

    def dumps(value):
        steps = encode({}, refuse, _json.encode_basestring, None, ": ", ", ", False, False, False)
        return "".join(steps(value, 0))

    return loads, dumps


write_trace = None  # the fork server has loaded it


def load_write_trace():
    """From the program beside this one, which only who fails needs."""
    names = {}
    with open(os.path.dirname(__file__) + "/write_trace.py", "rb") as file:
        exec(compile(file.read(), "write_trace.py", "exec", dont_inherit=True), names)
    return names["write_trace"]


def run(head, text):
    import builtins

    loads, dumps = make_json()
    job = loads(head)
    nonce = job["nonce"]
    write, path = os.write, job["file"]

    def send(kind, body):
        data = body.encode("utf-8", "backslashreplace")  # half a surrogate pair as JSON writes it
        frame = b"\n%s %s %d\n" % (nonce.encode(), kind.encode(), len(data)) + data
        view = memoryview(frame)
        while view:
            view = view[write(3, view):]

    def describe(error):
        name, message, stack = type(error).__name__, "", None
        try:
            message = str(error)
        except BaseException:
            message = "an error whose text cannot be shown"
        try:
            stack = (write_trace or load_write_trace())(error, path, source)
        except BaseException:
            stack = None
        errno = getattr(error, "errno", None)
        return {"name": name, "message": message, "stack": stack, "code": str(errno or "")}

    def bounded(described):
        """The first and last of what is long; all of it goes to stderr."""
        return {key: value and cut(value) for key, value in described.items()}

    def cut(text):
        left = len(text) - 2 * KEPT
        return text if left <= 0 else "%s\n[%d more characters]\n%s" % (text[:KEPT], left, text[-KEPT:])

    def fail(kind, error):
        if getattr(error, "errno", None) == 24:
            os.closerange(10, 65536)  # it used up the descriptors; telling so takes a few
        described = describe(error)
        try:
            sys.stdout.flush()
        except BaseException:
            pass
        send(kind, dumps(bounded(described)))
        if described["stack"]:
            try:
                sys.stderr.write(described["stack"])
                sys.stderr.flush()
            except BaseException:
                pass
        leave(1)

    def leave(status):
        try:
            if "threading" in sys.modules:  # else there are no threads to wait for
                sys.modules["threading"]._shutdown()
            import atexit

            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            pass
        os._exit(status)

    def settle(value):
        async def wait():
            return await value

        if "asyncio" in sys.modules or b"asyncio" in source:
            import asyncio

            return asyncio.run(wait())
        steps = wait()  # importing asyncio costs 60 ms, and who does not import it needs no loop
        while True:
            try:
                steps.send(None)
            except StopIteration as done:
                return done.value

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

    def leave_program(code=None):
        raise SystemExit(code)

    def takes_nothing(main):
        code = getattr(main, "__code__", None)
        return code is not None and code.co_argcount == 0 and not code.co_flags & 4  # *args

    def calls_main(code):
        """The script calls its own main(), as under `if __name__ == "__main__"`: it is a plain script."""
        import dis

        return any(step.opname == "LOAD_NAME" and step.argval == "main" for step in dis.get_instructions(code))

    def encode(value):
        try:
            return dumps(value)
        except (ValueError, TypeError, RecursionError) as error:
            try:
                found = unsupported(value, "the result", frozenset())
            except RecursionError:
                found = "the result is nested too deeply"
            raise TypeError("main returned a value JSON cannot carry: %s" % (found or error)) from None

    os.environ.update(job["env"])
    sys.path.insert(0, os.getcwd())
    sys.argv = [path]
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    with open(path, "rb") as file:
        source = file.read()
    module = type(sys)("__main__")
    module.__file__ = path
    module.__builtins__ = builtins
    builtins.exit = builtins.quit = leave_program  # the site module is not loaded
    sys.modules["__main__"] = module
    try:
        code = compile(source, path, "exec", dont_inherit=True)
    except BaseException as error:  # also of code that is nested too deeply, or too large
        fail("syntax", error)
    send("running", "")
    try:
        exec(code, module.__dict__)
        main = module.__dict__.get("main")
        if callable(main) and not (takes_nothing(main) and calls_main(code)):
            value = main() if takes_nothing(main) else main(loads(text))
            if hasattr(value, "__await__"):
                value = settle(value)
            if value is not None:
                send("result", encode(value))
            leave(0)
    except SystemExit as error:
        code = error.code
        if code is not None and not isinstance(code, int):
            print(code, file=sys.stderr)
            code = 1
        leave((code or 0) & 255)
    except BaseException as error:
        fail("error", error)
    leave(0)


if __name__ == "__main__":
    run(*read_job())
