# The caller's variables that an interpreter reads when it starts. Ours has started before it learns them: it applies
# what it can, and for the rest starts once more.
import os
import sys

STARTED_WITH = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": None, "PYTHONHASHSEED": "random"}
"""Values that change nothing; None for any."""
READ_LATER = {"PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONBREAKPOINT", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONNOUSERSITE"}


def is_read_at_start(name, value):
    if not name.startswith(("PYTHON", "LC_")) and name not in ("LANG", "LANGUAGE"):
        return False
    if value == "" or name in READ_LATER:
        return False
    return name not in STARTED_WITH or STARTED_WITH[name] not in (None, value)


def start_again(env, head, text):
    """Becomes an interpreter that has started with `env`, which finds the same job on fd 5. It does so once."""
    words = getattr(sys, "orig_argv", None)  # since Python 3.10
    if not sys.flags.ignore_environment or words is None:
        return
    if not any(is_read_at_start(*item) for item in env.items()):
        return
    job = os.memfd_create("job")
    view = memoryview(head + b"\n" + text)
    while view:
        view = view[os.write(job, view) :]
    os.lseek(job, 0, os.SEEK_SET)
    os.dup2(job, 5)  # what dup2 makes is inherited
    kept = [word for word in words[1:] if word not in ("-I", "-E")]
    os.execv(sys.executable, [sys.executable, "-s", *kept])


def apply_environment(env):
    """What can be applied while an interpreter runs."""
    if "TZ" in env:
        import time

        if hasattr(time, "tzset"):
            time.tzset()
    if env.get("PYTHONUNBUFFERED"):
        sys.stdout.reconfigure(write_through=True)
        sys.stderr.reconfigure(write_through=True)
    if env.get("PYTHONPATH"):
        given = [os.path.abspath(entry) for entry in env["PYTHONPATH"].split(os.pathsep)]
        sys.path[:0] = [entry for entry in given if entry not in sys.path]
