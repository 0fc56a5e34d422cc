# asyncio where there are neither sockets nor threads: timers, and calls made in turn.
import asyncio
import time


class Clockwork:
    """Stands where a selector would: waits for the next timer."""

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("every task waits for something that cannot happen here")
        if timeout > 0:
            time.sleep(timeout)
        return ()

    def close(self):
        pass


class TimerLoop(asyncio.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = Clockwork()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass

    def run_in_executor(self, executor, call, *args):
        """Makes the call at once, in place of in a thread."""
        future = self.create_future()
        try:
            future.set_result(call(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class Policy(asyncio.events.BaseDefaultEventLoopPolicy):
    _loop_factory = TimerLoop


asyncio.set_event_loop_policy(Policy())
