# Where a program has its main, and whether it calls it by itself: then it is a script, and is let end as one.
import sys

ENTRY_NAMES = ("main", "handler", "lambda_handler")
BY_TEXT = ("exec", "eval")
TOOL = 4  # of sys.monitoring; no tool is known to take it


def code_of(function):
    """The code that runs first when `function` is called, as far as it is Python's."""
    while hasattr(function, "func"):  # of functools.partial
        function = function.func
    function = getattr(function, "__func__", function)
    return getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)


def is_lambda_handler(function):
    """As AWS Lambda calls it, which no handler of a signal or of a library is taken for."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_argcount == 2 and code.co_varnames[:2] == ("event", "context")


def find_main(names):
    """The function to call; None where there is none."""
    main = names.get("main")
    if callable(main):
        return main
    for name in ENTRY_NAMES[1:]:
        if is_lambda_handler(names.get(name)):
            return names[name]
    return None


def may_call(code, names):
    """True where `code`, or a function in it, has a way to what is called one of `names`."""
    texts = [text for text in code.co_consts if isinstance(text, str)]
    if any(text == name or name + "(" in text for text in texts for name in names):
        return True
    if any(name in code.co_names for name in BY_TEXT):
        return True
    if code.co_name == "<module>":
        load_name, steps = compile("x", "", "eval").co_code[-4], code.co_code  # the opcode module costs 1 s under WASI
        if len(code.co_names) > 256:
            return True
        for at in range(0, len(steps), 2):
            if steps[at] == load_name and code.co_names[steps[at + 1]] in names:
                return True
    elif any(name in names for name in code.co_names):
        return True
    return any(may_call(part, names) for part in code.co_consts if isinstance(part, type(code)))


class CallWatch:
    """Runs a program and sees whether it begins its main; what it finds, unless it did, is in `main`."""

    def __init__(self, names, code, source):
        self.names, self.main, self.begun, self.look = names, None, False, None
        self.used = [name for name in ENTRY_NAMES if name in code.co_names]
        functions = [part for part in code.co_consts if isinstance(part, type(code))]
        self.entries = [function for function in functions if function.co_name in self.used]
        # Else main is another's name, as in `main = run`.
        self.is_own = all(any(entry.co_name == name for entry in self.entries) for name in self.used)
        text = source.replace(b"__main__", b"")
        is_named_again = any(text.count(name.encode()) > 1 for name in self.used)
        is_member = any(b"." + name.encode() in text for name in self.used)
        self.is_called = is_named_again and (is_member or may_call(code, self.used))
        self.watches = bool(self.used) and (not self.is_own or self.is_called)
        self.has_threads = b"thread" in source or b"concurrent" in source
        self.shared = None  # what processes that are forked see
        if self.watches and any(word in source for word in (b"fork", b"rocess")):
            self.share()

    def run(self, code):
        try:
            if self.watches and self.is_own and hasattr(sys, "monitoring"):
                self.monitor()
            elif self.watches:
                self.profile()
            exec(code, self.names)
        finally:
            self.stop()
        main = find_main(self.names)
        if self.shared is not None and self.shared[0]:
            self.begun = True
        self.main = None if main is None or self.begun or self.is_started(main) else main

    def share(self):
        try:
            import mmap
        except ImportError:  # WASI has no processes
            return
        self.shared = mmap.mmap(-1, 1)

    def begin(self):
        self.begun = True
        if self.shared is not None:
            self.shared[0] = 1

    def monitor(self):
        """Where Python reports the start of single functions (3.12), which costs nothing."""
        monitoring = sys.monitoring

        def begin(code, offset):
            self.begin()
            return monitoring.DISABLE

        monitoring.use_tool_id(TOOL, "exectrail")
        monitoring.register_callback(TOOL, monitoring.events.PY_START, begin)
        for entry in self.entries:
            monitoring.set_local_events(TOOL, entry, monitoring.events.PY_START)

    def profile(self):
        """By a profile function, which costs 0.2 us a call until main begins."""
        names = self.names

        def look(frame, event, argument):
            if event != "call" or self.look is None:
                return
            code = frame.f_code
            is_used = code.co_name in self.used and frame.f_globals is names  # also under a decorator
            is_used = is_used and getattr(code, "co_qualname", code.co_name) in self.used
            if is_used or "main" in names and code is code_of(names["main"]):
                self.begin()
                self.stop()

        self.look = look
        sys.setprofile(look)
        if self.has_threads:
            import threading

            threading.setprofile(look)

    def stop(self):
        if self.look is None:
            if hasattr(sys, "monitoring") and sys.monitoring.get_tool(TOOL) == "exectrail":
                for entry in self.entries:
                    sys.monitoring.set_local_events(TOOL, entry, 0)
                sys.monitoring.free_tool_id(TOOL)
            return
        if sys.getprofile() is self.look:
            sys.setprofile(None)
        elif self.is_called:  # a profiler of the program took its place, and saw main instead
            self.begun = True
        if self.has_threads:
            sys.modules["threading"].setprofile(None)
        self.look = None

    def is_started(self, main):
        """A thread, or a timer, is about to call it."""
        threading = sys.modules.get("threading")
        return threading is not None and any(
            main in (getattr(thread, "_target", None), getattr(thread, "function", None))
            for thread in threading.enumerate()
        )


def parameters_of(main):
    """The function whose parameters `main` has, and how many of them have their value; None where that is not known."""
    given = 0
    for _ in range(100):  # what is wrapped may hold itself
        if isinstance(main, type):
            break
        if hasattr(main, "__func__"):  # of an object
            main, given = main.__func__, given + 1
        elif hasattr(main, "__code__"):
            return main, given
        elif hasattr(main, "func") and not main.keywords:  # of functools.partial
            main, given = main.func, given + len(main.args)
        elif hasattr(main, "__wrapped__"):  # of functools.cache
            main = main.__wrapped__
        elif hasattr(type(main).__call__, "__code__"):
            main, given = type(main).__call__, given + 1
        else:
            break
    return None, 0


def takes_nothing(function, given):
    """True where a function has no parameters left, nor what it wraps and hands all of its arguments."""
    code = function.__code__
    if code.co_flags & 4 and code.co_argcount <= given and hasattr(function, "__wrapped__"):
        inner, more = parameters_of(function.__wrapped__)
        return inner is not None and takes_nothing(inner, given + more)
    return code.co_argcount <= given and not code.co_kwonlyargcount and not code.co_flags & 12


def call_main(main, value):
    """What main returns. It takes the input, or nothing, or the input's members by name. Raises TypeError, which says
    how main is called, where it takes neither."""
    function, given = parameters_of(main)
    if function is None:
        return main(value)
    if takes_nothing(function, given):
        return main()
    code = function.__code__
    names = code.co_varnames[given : code.co_argcount]
    required = names[: max(0, len(names) - len(function.__defaults__ or ()))]
    named_only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    required_only = [name for name in named_only if name not in (function.__kwdefaults__ or {})]
    positional = max(0, code.co_posonlyargcount - given)
    takes_rest, takes_named = code.co_flags & 4, code.co_flags & 8
    if is_lambda_handler(main) and not (isinstance(value, dict) and "context" in value):
        return main(value, None)
    if len(required) < 2 and not required_only and (names or takes_rest):
        return main(value)
    if not isinstance(value, dict):
        if not required and not required_only:
            return main()
    elif all(name in value for name in (*required[positional:], *required_only)) and (
        takes_named or all(name in (*names, *named_only) for name in value)
    ):
        if positional == 0:
            return main(**value)
    elif not required and not required_only:
        return main()
    raise TypeError(
        "main takes %s, and is called with one argument, the input: define main(input), or give an input object with"
        " these names" % ", ".join((*required, *required_only))
    )
