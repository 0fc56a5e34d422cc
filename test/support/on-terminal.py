"""Runs a command on a terminal of its own and hands on what it printed there; ends with its exit code."""

import os
import pty
import sys

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        printed = os.read(terminal, 65536)
    except OSError:  # no process has it open any more
        break
    if not printed:
        break
    sys.stdout.buffer.write(printed)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
