"""Files that people lay over another with `-f` where there is a GPU: `docker-compose.gpu.yml` beside the plain one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any

from llmlint.readers.compose.others import Others
from llmlint.readers.values import at
from llmlint.unit import Supplied, Unit

NAMES = ("gpu", "nvidia", "cuda", "rocm", "amd")
"""What such files are called, behind the name of the other."""
ASKS = (
    ("deploy", "resources", "reservations", "devices"),
    ("gpus",),
    ("runtime",),
    ("devices",),
)


GIVES: tuple[tuple[Supplied, tuple[str, ...]], ...] = (
    ("shared-memory", ("shm_size", "ipc")),
    ("probes", ("healthcheck",)),
    ("storage", ("volumes",)),
)
"""What else such a file may give a service, by its keys."""


def of_overlays(units: Sequence[tuple[str, Unit]], others: Others) -> None:
    """Note of services without a GPU that another file gives it to them, and what it gives them beside."""
    without = [(name, unit) for name, unit in units if unit.gpus is None]
    for asking in _asking(others) if without else ():
        for name, unit in without:
            if name in asking:
                given = {what for what, keys in GIVES if not asking[name].keys().isdisjoint(keys)}
                unit.supplies |= {"gpus", *given}


def _asking(others: Others) -> Iterator[dict[str, dict[str, Any]]]:
    """The services that ask for devices, of each such file."""
    found = re.fullmatch(r"([^/]*compose[^/]*?)(\.ya?ml)", posixpath.basename(others.surroundings.file))
    if found is None:
        return
    pattern = rf"{re.escape(found[1])}[._-](?:{'|'.join(NAMES)})\b.*"
    usual = [f"{found[1]}.{name}{found[2]}" for name in NAMES]
    for file in [name for name in others.surroundings.names() if re.fullmatch(pattern, name)] or usual:
        services = others.services(file)
        yield {
            key: one
            for key, one in services.items()
            if isinstance(one, dict) and any(at(one, *path) is not None for path in ASKS)
        }
