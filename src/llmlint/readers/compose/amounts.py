"""Sizes, durations and counts as Compose writes them, and the resources that are given in them."""

from __future__ import annotations

import re

from llmlint.quantity import scaled
from llmlint.readers.compose.service import Service
from llmlint.unit import Amounts, Said, Unit

SIZE = r"(\d{1,15}(?:\.\d{1,9})?)\s*([bkmgtp]?)i?b?"
"""`16gb`, `512m`, `1.5GiB`: all binary, as Docker reads them (docker/go-units, RAMInBytes)."""
DURATION = r"(\d{1,9}(?:\.\d{1,9})?)(h|ms|m|us|s|ns)"
SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


def size(text: str) -> int | None:
    """Bytes; None where it is no size."""
    found = re.fullmatch(SIZE, text.strip().lower())
    if found is None:
        return None
    power = " kmgtp".index(found[2]) if found[2] in tuple("kmgtp") else 0
    return scaled(found[1], 1024**power)


def seconds(text: str) -> float | None:
    """`1m30s` in seconds; None where it is no duration."""
    parts = re.findall(DURATION, text)
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * SECONDS[unit] for number, unit in parts)


def whole(text: str) -> int | None:
    """A whole number; None where it is none."""
    return int(text) if re.fullmatch(r"\d{1,15}", text.strip()) else None


def sized(service: Service, *paths: tuple[str, ...]) -> Said[int] | None:
    """The first of the paths at which a size stands."""
    for path in paths:
        said = service.said(*path)
        found = size(said.value) if said is not None else None
        if said is not None and found:  # 0 is Docker's word for no limit
            return Said(found, said.spot)
    return None


def resources(unit: Unit, service: Service) -> None:
    """Limits and reservations, in the keys of either age."""
    of_deploy = ("deploy", "resources")
    unit.limits = Amounts(
        cpu=_number(service, (*of_deploy, "limits", "cpus"), ("cpus",)),
        memory=sized(service, (*of_deploy, "limits", "memory"), ("mem_limit",)),
    )
    unit.requests = Amounts(
        cpu=_number(service, (*of_deploy, "reservations", "cpus")),
        memory=sized(service, (*of_deploy, "reservations", "memory"), ("mem_reservation",)),
    )
    for path in (("scale",), ("deploy", "replicas")):
        said = service.said(*path)
        count = whole(said.value) if said is not None else None
        if said is not None and count is not None:
            unit.replicas = Said(count, said.spot)


def _number(service: Service, *paths: tuple[str, ...]) -> Said[float] | None:
    for path in paths:
        said = service.said(*path)
        if said is not None and re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", said.value.strip()):
            return Said(float(said.value), said.spot)
    return None
