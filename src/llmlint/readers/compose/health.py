"""A service's healthcheck and its ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from llmlint.readers.compose.amounts import seconds, whole
from llmlint.readers.compose.service import Service
from llmlint.readers.values import items, text
from llmlint.readers.wording import plain
from llmlint.unit import Probe, Said, Unit

URL = r"(https?)://[^\s/:'\"$]+(?::(\d{1,5}))?(/[^\s'\"|)]*)?"
MOST_PORTS = 100
"""Of one service."""


def health(unit: Unit, service: Service) -> None:
    """The probe called `health`, or that there is to be none."""
    disable = service.said("healthcheck", "disable")
    test = service.first("healthcheck", "test")
    if test is None:
        unit.probes_disabled = disable is not None and disable.value == "true"
        return
    value, layer = test
    words = [plain(word) for word in value] if isinstance(value, list) else ["CMD-SHELL", plain(value)]
    if words[:1] == ["NONE"] or (disable is not None and disable.value == "true"):
        unit.probes_disabled = True
        return
    command = service.fill(" ".join(words[1:]))[:4_000]
    url = re.search(URL, command)
    unit.probes["health"] = Probe(
        layer.spot("healthcheck"),
        "exec",
        (url[3] or "/") if url else None,
        int(url[2] or (443 if url[1] == "https" else 80)) if url else None,
        _time(service, "start_period"),
        _time(service, "interval"),
        _time(service, "timeout"),
        _retries(service),
        command,
    )


def _time(service: Service, key: str) -> float | None:
    said = service.said("healthcheck", key)
    return seconds(said.value) if said is not None else None


def _retries(service: Service) -> int | None:
    said = service.said("healthcheck", "retries")
    return whole(said.value) if said is not None else None


def ports(unit: Unit, service: Service) -> None:
    """The ports of the container; and in a note the first that the host opens to others."""
    for value, layer in service.every("ports"):
        for index, item in enumerate(items({"": value}, "")[:MOST_PORTS]):
            spot = layer.spot("ports", index)
            published = _port(service, item)
            unit.ports += [Said(number, spot) for number in published[1]]
            if published[0] is not None and "published" not in unit.notes:
                unit.notes["published"] = Said(published[0], spot)
    for value, layer in service.every("expose"):
        for index, item in enumerate(items({"": value}, "")[:MOST_PORTS]):
            unit.ports += [Said(number, layer.spot("expose", index)) for number in _numbers(service.fill(plain(item)))]


def _port(service: Service, item: object) -> tuple[str | None, list[int]]:
    """The address that it is opened on (`0.0.0.0` for all; None where it is opened to nobody else), and the ports."""
    if isinstance(item, dict):
        address = service.fill(text(item, "host_ip") or "")
        return _address(address), _numbers(service.fill(text(item, "target") or ""))
    parts = re.findall(r"(?:\$\{[^}]*\}|\[[^\]]*\]|[^:])+", service.fill(plain(item))[:1_000])
    address = ":".join(parts[:-2]) if len(parts) > 2 else ""
    return _address(address), _numbers(parts[-1]) if parts else []


def _address(written: str) -> str | None:
    """An address of the host itself is nobody else's."""
    bare = written.strip("[]")
    return None if bare.startswith("127.") or bare in ("localhost", "::1") or "$" in bare else bare or "0.0.0.0"


def _numbers(written: str) -> list[int]:
    """`8000`, `8000/tcp`, `8000-8002`."""
    found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?(?:/\w+)?", written.strip())
    if found is None:
        return []
    first, last = int(found[1]), int(found[2] or found[1])
    return list(range(first, min(last, first + MOST_PORTS) + 1))


def awaited(names: set[str], services: Sequence[Service]) -> Iterator[tuple[str, Said[str]]]:
    """Which of the services another waits for until they are healthy: its name, and the other's at the condition."""
    for service in services:
        found = service.first("depends_on")
        for name, entry in found[0].items() if found is not None and isinstance(found[0], dict) else ():
            if name in names and text(entry, "condition") == "service_healthy" and found is not None:
                yield name, Said(service.name, found[1].spot("depends_on", name, "condition"))
