"""A user's own catalogue file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llmlint.catalog import Catalogue
from llmlint.catalog.user import InvalidCatalogue, user_rows
from llmlint.document import read

GIB = 2**30
LAYERS = [
    {
        "n": 32,
        "mixer": {"kind": "gqa", "heads": 32, "kv_heads": 8, "head_dim": 128},
        "ffn": {"kind": "dense", "inter": 14336},
    }
]


def with_own(data: dict[str, Any]) -> Catalogue:
    return Catalogue([user_rows(data)])


def test_a_model_of_ones_own() -> None:
    catalogue = with_own({"models": [{"id": "ours/big-34b", "aliases": "big", "params": "34B", "category": "coding"}]})
    for name in ("ours/big-34b", "big", "OURS/Big-34B"):
        match = catalogue.model(name)
        assert match.row is not None
        assert (match.basis, match.row.parameters, match.row.category) == ("user", 34_000_000_000, "coding")
    copy = catalogue.model("bartowski/big-34b-GGUF:Q4_K_M")
    assert copy.row is not None
    assert (copy.row.id, copy.basis, copy.precision) == ("ours/big-34b", "derived-from-name", "q4_k_m")
    assert catalogue.suggest_models("ours/bug-34b") == ("ours/big-34b",)
    assert [row.id for row in catalogue.search("model", ["ours"])] == ["ours/big-34b"]


def test_layers_are_counted() -> None:
    shape = {"hidden": 4096, "vocab": 128256, "tied": False, "max_ctx": 8192, "groups": LAYERS}
    row = with_own({"models": [{"id": "ours/8b", **shape}]}).model("ours/8b").row
    assert row is not None
    assert (row.parameters, row.layers, row.max_ctx) == (8_030_261_248, 32, 8192)
    assert row.kv16 is not None
    assert row.kv16.full == 131072


def test_a_known_model_keeps_what_is_not_stated() -> None:
    catalogue = with_own({"models": [{"id": "qwen/qwen3-8b", "max_ctx": 131072, "aliases": ["our-qwen"]}]})
    for name in ("Qwen/Qwen3-8B", "qwen3:8b", "our-qwen"):
        match = catalogue.model(name)
        assert match.row is not None
        assert (match.basis, match.row.id, match.row.max_ctx) == ("user", "Qwen/Qwen3-8B", 131072)
        assert match.row.parameters == 8_190_735_360


def test_an_accelerator_of_ones_own() -> None:
    catalogue = with_own({"accelerators": [{"id": "rtx-4090-48gb", "memory": "48GB", "tdp_w": 450, "bw_gbs": 1008}]})
    row = catalogue.accelerator("RTX 4090 48GB").row
    assert row is not None
    assert (row.memory_bytes, row.tdp_w, row.bandwidth, row.name) == (48 * GIB, 450, 1008e9, "rtx-4090-48gb")
    assert row.usable_bytes is not None
    assert row.usable_bytes < 48 * GIB


def test_a_machine_of_ones_own() -> None:
    machine = {"id": "lab/box", "accelerator": "RTX 4090", "count": 2, "ram": "128GB", "local_disk_gb": 2000}
    catalogue = with_own({"machines": [machine]})
    row = catalogue.machine("box").row
    assert row is not None
    assert (row.count, row.ram_bytes, row.disk_bytes) == (2, 128 * GIB, 2 * 10**12)
    assert catalogue.accelerator(row.accelerator).row is not None


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"models": [{"params": "8B"}]}, ("models", 0)),
        ({"models": [{"id": "x", "parms": "8B"}]}, ("models", 0, "parms")),
        ({"accelerators": [{"id": "x", "memory": "48"}]}, ("accelerators", 0, "memory")),
        (
            {"models": [{"id": "x", "groups": [{"n": 1, "mixer": {"kind": "gqa"}, "ffn": {"kind": "none"}}]}]},
            ("models", 0, "groups"),
        ),
        ([], ()),
        ("text", ()),
    ],
)
def test_mistakes_have_a_place(data: object, path: tuple[str | int, ...]) -> None:
    with pytest.raises(InvalidCatalogue) as raised:
        user_rows(data)
    place, message = raised.value.problems[0]
    assert place == path
    assert message


def test_nothing_is_a_catalogue_too() -> None:
    assert with_own({}).model("Qwen/Qwen3-8B").basis == "catalogue"


def test_the_documented_example() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0]
    (document,) = read(example.encode()).documents
    catalogue = Catalogue([user_rows(document.data)])
    assert catalogue.model("assistant").basis == "user"
    assert catalogue.accelerator("rtx-4090-48gb").basis == "user"
    assert catalogue.machine("lab/box").basis == "user"
