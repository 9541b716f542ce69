"""The machines of a SkyPilot task: accelerators of which any may be given, sizes, image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.quantity import scaled
from llmlint.readers.values import items, mapping, text, whole
from llmlint.readers.wording import plain
from llmlint.unit import GpuRequest, Said, Unit

if TYPE_CHECKING:
    from llmlint.document import Document

AMOUNT = r"(\d{1,9}(?:\.\d{1,6})?)\s*(MB|GB|TB|MI|GI|TI)?B?\s*\+?"
"""`64`, `64+`, `64GB+`; without a unit GB. Multiples of the number of CPUs (`4x`) tell no size."""
POWERS = {"M": 2, "G": 3, "T": 4}
DISKS = {"low": "hdd", "medium": "ssd", "high": "ssd", "best": "ssd", "ultra": "ssd"}
"""Tiers as SkyPilot maps them on the disks of clouds."""
OTHERS = ("tpu", "inferentia", "trainium", "gaudi", "neuron")
AMD = r"(?i)(?:amd-?)?(?:mi\d{2,3}|instinct|radeon).*"
CLOUDS: tuple[tuple[str, str], ...] = (
    (r"Standard_.+", "azure"),
    (r"(?:a2|a3|a4|g2|g4|n1)-.+", "gcp"),
    (r"[a-z][a-z0-9-]*\.(?:\d*x?large|metal.*)", "aws"),
)
"""Names of instance types that tell their cloud."""


def resources(unit: Unit, document: Document) -> None:
    """Fill in what `resources` says; alternatives under `any_of` and `ordered` add their accelerators."""
    base: Path = ("resources",)
    data = mapping(document.data, *base)
    _accelerators(unit, document, base, data)
    _image(unit, document, base, data)
    memory = _amount(data, "memory", 1024)
    unit.ram = Said(memory, Spot(document, (*base, "memory"))) if memory is not None else None
    disk = _amount(data, "disk_size", 1000)
    unit.disk = Said(disk, Spot(document, (*base, "disk_size"))) if disk is not None else None
    unit.disk_kind = DISKS.get(text(data, "disk_tier") or "", "")
    _instance(unit, document, base, data)
    unit.ports = list(_ports(document, base, data))


def _accelerators(unit: Unit, document: Document, base: Path, data: dict[str, Any]) -> None:
    found = list(_offers(document, (*base, "accelerators"), data.get("accelerators")))
    for key in ("any_of", "ordered"):
        for index, item in enumerate(items(data, key)):
            path = (*base, key, index, "accelerators")
            found += _offers(document, path, mapping({"": item}, "").get("accelerators"))
    offers = [one for one in found if one[0]]
    if not offers:
        return
    numbers = {number for _, number, _ in offers}
    name, first, spot = offers[0]
    whole_number = int(first) if len(numbers) == 1 and first is not None and first >= 1 else None
    fraction = any(number is not None and number % 1 for number in numbers)
    unit.gpus = GpuRequest(whole_number, _vendor(name), spot, fraction)
    memories = [re.fullmatch(r"(\d{1,4})GB\+?", name, re.IGNORECASE) for name, _, _ in offers]
    if len(offers) == 1 and memories[0] is not None:
        unit.gpu_memory = Said(int(memories[0][1]) * 2**30, spot)
    named = [one for one, memory in zip(offers, memories, strict=True) if memory is None]
    unit.gpu_names = tuple(Said(name, spot) for name, _, spot in named)
    counts = [int(number) for _, number, _ in named if number is not None and number >= 1 and not number % 1]
    if len(numbers) > 1 and len(counts) == len(offers):
        unit.gpu_numbers = tuple(counts)


def _vendor(name: str) -> str:
    if name.lower().startswith(OTHERS):
        return "other"
    return "amd" if re.fullmatch(AMD, name) else "nvidia"


def _offers(document: Document, path: Path, value: object) -> Iterator[tuple[str, float | None, Spot]]:
    """Name and number of each kind that would do: `A100:8`, a mapping, a set, a list."""
    if isinstance(value, dict):
        for key, count in list(value.items())[:64]:
            name, number = _offer(key if count is None else f"{key}:{plain(count)}")
            yield name, number, Spot(document, (*path, key), key=count is None)
    elif isinstance(value, list):
        for index, item in enumerate(value[:64]):
            yield (*_offer(plain(item) if not isinstance(item, (dict, list)) else ""), Spot(document, (*path, index)))
    elif isinstance(value, str):
        yield (*_offer(value), Spot(document, path))


def _offer(written: str) -> tuple[str, float | None]:
    """Name and number; without a number one, and None where it cannot be told."""
    name, colon, count = written.strip().partition(":")
    if not colon:
        return name.strip(), 1.0
    found = re.fullmatch(r"\d{1,5}(?:\.\d{1,3})?", count.strip())
    return name.strip(), float(count) if found is not None else None


def _amount(data: dict[str, Any], key: str, thousand: int) -> int | None:
    found = re.fullmatch(AMOUNT, (text(data, key) or "").strip(), re.IGNORECASE)
    if found is None:
        return None
    factor: int = thousand ** POWERS[(found[2] or "GB")[0].upper()]
    return scaled(found[1], factor)


def _image(unit: Unit, document: Document, base: Path, data: dict[str, Any]) -> None:
    """Only a container image tells of an engine; a machine image does not."""
    image = text(data, "image_id")
    if image is not None and image.startswith("docker:"):
        unit.image = Said(image.removeprefix("docker:"), Spot(document, (*base, "image_id")))


def _instance(unit: Unit, document: Document, base: Path, data: dict[str, Any]) -> None:
    name = text(data, "instance_type")
    if name is None:
        return
    told = (text(data, "infra") or text(data, "cloud") or "").partition("/")[0].lower()
    cloud = told or next((cloud for pattern, cloud in CLOUDS if re.fullmatch(pattern, name)), "")
    if cloud:
        unit.instance = Said(f"{cloud}/{name}", Spot(document, (*base, "instance_type")))


def _ports(document: Document, base: Path, data: dict[str, Any]) -> Iterator[Said[int]]:
    value = data.get("ports")
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        found = whole({"": item}, "")
        if found is not None:
            path = (*base, "ports", index) if isinstance(value, list) else (*base, "ports")
            yield Said(found, Spot(document, path))
