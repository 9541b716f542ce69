"""Processors by their names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmlint.catalog import Catalogue
from llmlint.catalog.index import data_file, rows
from llmlint.catalog.rows import Floor

FLOORS: tuple[Floor, ...] = ("cpu-entry", "gpu-mid", "professional")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.mark.parametrize("row", rows(data_file("cpus.jsonl")), ids=lambda row: str(row["id"]))
def test_listed(catalogue: Catalogue, row: dict[str, Any]) -> None:
    cpu = catalogue.cpu(row["name"])
    assert cpu is not None
    assert (cpu.series, cpu.tier, cpu.generation) == (
        f"{row['vendor']}.{row['series']}",
        row["tier"],
        row["generation"],
    )
    assert {floor: cpu.meets(floor) for floor in FLOORS} == row["meets"]
    assert cpu.tdp_w == row.get("tdp_w")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz", ("intel.core", 5, 10, True)),
        ("Core i5 10th generation", ("intel.core", 5, 10, True)),
        ("i5 10th gen", ("intel.core", 5, 10, True)),
        ("12th Gen Intel(R) Core(TM) i7-12700K", ("intel.core", 7, 12, True)),
        ("13th gen Intel Core i9", ("intel.core", 9, 13, True)),
        ("i7-9700K", ("intel.core", 7, 9, False)),
        ("i5-1135G7", ("intel.core", 5, 11, True)),
        ("Ryzen 7 2700X", ("amd.ryzen", 7, 2, False)),
        ("AMD Ryzen 9 7950X 16-Core Processor", ("amd.ryzen", 9, 7, True)),
        ("Core Ultra 7 155H", ("intel.core-ultra", 7, 15, True)),
        ("AMD EPYC 7R13 Processor", ("amd.epyc", 11, 3, True)),
        ("Xeon Platinum 8275CL", ("intel.xeon-scalable", 11, 2, True)),
        ("Apple M4 Max", ("apple.m", 9, 4, True)),
    ],
)
def test_names(catalogue: Catalogue, name: str, read: tuple[str, int, int, bool]) -> None:
    cpu = catalogue.cpu(name)
    assert cpu is not None
    assert (cpu.series, cpu.tier, cpu.generation, cpu.meets("cpu-entry")) == read


@pytest.mark.parametrize("name", ["Celeron N5105", "vCPU", "unknown", "", "Intel Core m3-8100Y", "i5" * 5000])
def test_unknown(catalogue: Catalogue, name: str) -> None:
    assert catalogue.cpu(name) is None


def test_rated_power(catalogue: Catalogue) -> None:
    for name in ("Ryzen 9 7950X", "AMD Ryzen 9 7950X 16-Core Processor", "ryzen 9 7950x"):
        cpu = catalogue.cpu(name)
        assert cpu is not None
        assert cpu.tdp_w == 170
    for name in ("i9-13900K", "Core i9-13900K", "13th Gen Intel(R) Core(TM) i9-13900K"):
        cpu = catalogue.cpu(name)
        assert cpu is not None
        assert cpu.generation == 13
    unlisted = catalogue.cpu("Ryzen 9 7945HX")
    assert unlisted is not None
    assert unlisted.tdp_w is None


def test_rules_meet_their_own_examples(catalogue: Catalogue) -> None:
    """A guard must not keep a rule from a name that its pattern matches."""
    for rule in json.loads(Path(data_file("cpu_rules.json")).read_text(encoding="utf-8"))["rules"]:
        for example in rule["example"].split("; "):
            cpu = catalogue.cpu(example.partition(" -> ")[0])
            assert cpu is not None, example
            assert cpu.series == f"{rule['vendor']}.{rule['series']}", example
