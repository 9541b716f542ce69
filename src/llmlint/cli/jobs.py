"""How many processes lint a run's files: as asked for, else by the processors that this one may use."""

from __future__ import annotations

import os
import sys

from llmlint.settings import Checkings, UsageError

MOST = 256
"""That may be asked for."""
MOST_UNASKED = 16
"""That are started without being asked for: beyond, the process that reports is what all wait for."""
FILES_EACH = 32
"""Files without which a process is not worth its start, which takes as long as a few of them."""
QUOTAS = ("/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")
"""What a container is given of the processors' time: a quota and its period; of version 1 in two files."""
AUTO = "auto"


def jobs(asked: str | None, checkings: Checkings, files: int) -> int:
    """How many processes are to be started beside this one, 0 for none; raises `UsageError`.

    `asked`: of the command line. A configuration, which may be a stranger's, gets no more than there are processors.
    """
    wanted = _number(asked)
    if not _can_fork() or files < 2:
        return 0
    if wanted is None:
        configured = checkings.jobs()
        usable = min(processors(), MOST_UNASKED)
        wanted = min(usable, files // FILES_EACH, *([configured] if configured is not None else []))
    return 0 if wanted < 2 else min(wanted, files)


def _number(asked: str | None) -> int | None:
    """The number that is asked for; None where it is left to the program."""
    if asked is None or asked == AUTO:
        return None
    if asked.isascii() and asked.isdecimal() and len(asked) < 10 and 1 <= int(asked) <= MOST:
        return int(asked)
    raise UsageError(f"{asked!r} is no number of processes: write 1 to {MOST}, or auto", "jobs")


def _can_fork() -> bool:
    """A process with threads is not copied: what another thread was about to do would never be done in the copy."""
    return hasattr(os, "fork") and threads() == 1


def threads() -> int:
    """Threads of this process."""
    return len(sys._current_frames())


def processors() -> int:
    """Processors that this process may use: those it is bound to, and no more than its container is given time of."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    given = _given()
    return bound if given is None else max(1, min(bound, given))


def _given() -> int | None:
    """Processors that a container's quota amounts to, rounded up; None without one."""
    words = [_text(path) for path in QUOTAS]
    quota, period = words[0].split() if len(words[0].split()) == 2 else (words[1].strip(), words[2].strip())
    if not (quota.isdecimal() and period.isdecimal() and int(period)):
        return None
    return -(-int(quota) // int(period))


def _text(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read(100)
    except (OSError, ValueError):
        return ""
