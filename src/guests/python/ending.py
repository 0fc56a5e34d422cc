# What an interpreter does before it ends: it waits for threads, ends the program's objects and writes its files.
import os
import sys

before = {"descriptors": 0}  # the program began


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
