"""Runs one command and writes what it took, a figure a line: wall, user and system seconds, peak KiB, exit code.

    python -I -S launcher.py FIGURES OUTPUT PROGRAM [ARGUMENT…]

A process inherits the peak memory of the one that starts it, so the benchmark does not start commands itself: this
interpreter is as small as one can be. Times are of the command alone, with all processes that it waited for; the peak
is that of the largest of them. OUTPUT takes what the command prints.
"""

import os
import sys
import time


def main() -> int:
    figures, output, *command = sys.argv[1:]
    start = time.perf_counter()
    process = os.posix_spawn(
        command[0],
        command,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    with open(figures, "w", encoding="ascii") as file:
        file.write(f"{wall}\n{used.ru_utime}\n{used.ru_stime}\n{used.ru_maxrss}\n{code}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
