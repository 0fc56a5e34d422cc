# For interpreters without sockets, where asyncio's own loops do not start.
class LoopImports:
    """Puts a loop of timers in their place once the program imports asyncio."""

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
        path = os.path.dirname(__file__) + "/timer_loop.py"
        with open(path, "rb") as file:
            exec(compile(file.read(), path, "exec"), {"__name__": "exectrail_loop"})

    def __getattr__(self, name):
        return getattr(self.loader, name)
