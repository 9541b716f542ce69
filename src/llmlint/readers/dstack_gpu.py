"""GPUs as dstack writes them: `H100:8`, `24GB..80GB:2`, `A100,H100:80GB:1..2`, or a mapping of the same parts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.quantity import scaled
from llmlint.readers.values import text
from llmlint.readers.wording import plain
from llmlint.tuples import NamedTuple
from llmlint.unit import GpuRequest, Said, Unit

if TYPE_CHECKING:
    from llmlint.document import Document

SIZE = r"(\d{1,9}(?:\.\d{1,6})?)\s*(MB|GB|TB)"
COUNT = r"\d{1,5}(?:\.\.(?:\d{1,5})?)?|\.\.\d{1,5}"
VENDORS = {
    "nvidia": "nvidia",
    "amd": "amd",
    "intel": "other",
    "google": "other",
    "tpu": "other",
    "tenstorrent": "other",
}
"""What may stand in front of the names; of Intel it has Gaudi alone."""
AMD = r"(?i)mi\d{2,3}x?|rx.*|radeon.*"
OTHERS = r"(?i)(?:tpu|v\d[a-z]*(?:lite|pod)|v\dp|gaudi|n\d{3}|wormhole).*"
POWERS = {"MB": 2, "GB": 3, "TB": 4}


class Wish(NamedTuple):
    """What is asked for."""

    names: tuple[str, ...] = ()
    memory: int | None = None
    """Bytes of one, the least that would do."""
    number: int | None = 1
    """None for a range."""
    vendor: str = ""


def gpus(unit: Unit, document: Document, path: Path, value: object) -> None:
    """Fill in number, names and memory of the GPUs at a path."""
    wish = _of_mapping(value) if isinstance(value, dict) else _of_text(text({"": value}, "") or "")
    if wish is None or wish.number == 0:
        return
    spot = Spot(document, path)

    def at_key(key: str) -> Spot:
        return Spot(document, (*path, key)) if isinstance(value, dict) and key in value else spot

    unit.gpus = GpuRequest(wish.number, wish.vendor or _vendor(wish.names), at_key("count"))
    unit.gpu_names = tuple(Said(name, at_key("name")) for name in wish.names)
    unit.gpu_memory = Said(wish.memory, at_key("memory")) if wish.memory is not None else None


def _vendor(names: tuple[str, ...]) -> str:
    first = names[0] if names else ""
    return "amd" if re.fullmatch(AMD, first) else "other" if re.fullmatch(OTHERS, first) else "nvidia"


def _of_text(written: str) -> Wish | None:
    """Parts between colons, in any order."""
    if not written.strip():
        return None
    wish = Wish()
    for part in map(str.strip, written[:500].split(":")):
        if part.lower() in VENDORS:
            wish = wish._replace(vendor=VENDORS[part.lower()])
        elif re.fullmatch(COUNT, part):
            wish = wish._replace(number=_count(part))
        elif re.search(r"\d\s*[MGT]B", part, re.IGNORECASE):
            wish = wish._replace(memory=least(part, 1024))
        elif part:
            wish = wish._replace(names=tuple(name.strip() for name in part.split(",") if name.strip()))
    return wish


def _of_mapping(data: dict[str, Any]) -> Wish | None:
    name, count = data.get("name"), data.get("count", 1)
    names = [plain(one) for one in name] if isinstance(name, list) else plain(name).split(",")
    if isinstance(count, dict):
        count = f"{plain(count.get('min'))}..{plain(count.get('max'))}"
    memory = data.get("memory")
    if isinstance(memory, dict):
        memory = f"{plain(memory.get('min'))}.."
    vendor = VENDORS.get(plain(data.get("vendor")).lower(), "")
    return Wish(
        tuple(one.strip() for one in names if one.strip()), least(plain(memory), 1024), _count(plain(count)), vendor
    )


def _count(written: str) -> int | None:
    """The number, where it is one: of a range dstack may take any."""
    first, dots, last = written.partition("..")
    if not dots or first == last:
        return int(first) if re.fullmatch(r"\d{1,5}", first) else None
    return None


def least(written: str, thousand: int) -> int | None:
    """Bytes of the lower bound of `24GB`, `24GB..80GB`, `24GB..`; None where there is none."""
    found = re.match(SIZE, written.strip().upper())
    if found is None:
        return None
    factor: int = thousand ** POWERS[found[2]]
    return scaled(found[1], factor)
