"""Files that people lay over another with `-f` where there is a GPU: `docker-compose.gpu.yml` beside the plain one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from llmlint.readers.compose.service import other_services
from llmlint.readers.registry import Surroundings
from llmlint.readers.values import at
from llmlint.unit import Unit

NAMES = ("gpu", "nvidia", "cuda", "rocm", "amd")
"""What such files are called, behind the name of the other."""
ASKS = (
    ("deploy", "resources", "reservations", "devices"),
    ("gpus",),
    ("runtime",),
    ("devices",),
)


def of_overlays(units: Sequence[tuple[str, Unit]], surroundings: Surroundings) -> None:
    """Note of services without a GPU that another file gives it to them."""
    without = [(name, unit) for name, unit in units if unit.gpus is None]
    for asking in _asking(surroundings) if without else ():
        for name, unit in without:
            if name in asking:
                unit.supplies |= {"gpus"}


def _asking(surroundings: Surroundings) -> Iterator[frozenset[str]]:
    """The services that ask for devices, of each such file."""
    found = re.fullmatch(r"(?:.*/)?([^/]*compose[^/]*?)(\.ya?ml)", surroundings.file.replace("\\", "/"))
    for name in NAMES if found is not None else ():
        services = other_services(f"{found[1]}.{name}{found[2]}", surroundings) if found is not None else {}
        yield frozenset(key for key, one in services.items() if any(at(one, *path) is not None for path in ASKS))
