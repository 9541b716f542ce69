"""Series, class and generation of a processor from its name, by the rules of cpu_rules.json."""

from __future__ import annotations

from llmlint.catalog.index import data_file, find, loads, row_at
from llmlint.catalog.keys import LONGEST_NAME, device_key
from llmlint.catalog.rows import Cpu

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any

_NOISE = ("(r)", "(tm)", "®", "™", ",")
_IDLE_WORDS = {"cpu", "processor", "processors", "with", "radeon", "graphics"}


def plain(name: str) -> str:
    """A processor's name as the rules want it: `Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz` is intel core i5-10400."""
    text = name.lower().partition("@")[0]
    for mark in _NOISE:
        text = text.replace(mark, " ")
    return " ".join(word for word in text.split() if word not in _IDLE_WORDS and not word.endswith("-core"))


def spoken(name: str) -> str:
    """The key of a listed processor: vendor and `Core` before `i5` may be missing."""
    return device_key(plain(name)).removeprefix("core") if "ultra" not in name.lower() else device_key(plain(name))


class Processors:
    """The rules, read once and compiled one by one as names call for them."""

    def __init__(self) -> None:
        with open(data_file("cpu_rules.json"), "rb") as file:
            data = loads(file.read())
        self.rules: list[dict[str, Any]] = data["rules"]
        self.floors: dict[str, dict[str, list[int] | None]] = data["floors"]

    def read(self, name: str) -> Cpu | None:
        """What the name says; None where no rule knows it."""
        import re

        if len(name) > LONGEST_NAME:
            return None
        text = plain(name)
        for rule in self.rules:
            if any(guard in text for guard in rule["guards"]) and (found := re.search(rule["pattern"], text)):
                return self._cpu(rule, found, name)
        return None

    def _cpu(self, rule: dict[str, Any], found: re.Match[str], name: str) -> Cpu:
        series = f"{rule['vendor']}.{rule['series']}"
        groups = found.groupdict()
        written = groups.get("tier")
        tier = rule["tiers"][written or ""] if "tiers" in rule else rule.get("tier") or int(written or 0)
        generation = int(groups.get("gen") or 0) + rule.get("gen_plus", 0)
        floors = tuple((floor, _pair(least.get(series))) for floor, least in self.floors.items())
        return Cpu(series, tier, generation, name.strip(), _watts(name), floors)  # type: ignore[arg-type]  # their names


def _pair(least: list[int] | None) -> tuple[int, int] | None:
    return (least[0], least[1]) if least is not None else None


def _watts(name: str) -> int | None:
    """Rated power, where the processor is listed with it."""
    found = find(data_file("cpus.index"), spoken(name))
    if found is None:
        return None
    watts: int | None = row_at(data_file("cpus.jsonl"), int(found[1])).get("tdp_w")
    return watts
