"""The shipped catalogue: every row recomputes, every name leads to one row, and known conflicts stay settled."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llmlint.catalog import Catalogue, decoding
from llmlint.catalog.counting import cache, state, text_parameters
from llmlint.catalog.index import DATA, data_file, keys, rows
from llmlint.catalog.keys import key
from llmlint.catalog.rows import Model

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("models", "accelerators", "machines", "cpus")
MIB = 2**20


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue()


def raw(kind: str) -> list[dict[str, Any]]:
    return rows(data_file(f"{kind}.jsonl"))


def test_generated_indexes_are_current() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from generation.catalogue import generated

    for name, content in generated(ROOT).items():
        assert (ROOT / name).read_bytes() == content, f"{name}: run tools/generate.py"


def test_models_recompute() -> None:
    assert [problem for row in raw("models") for problem in problems(row)] == []


def problems(row: dict[str, Any]) -> Iterator[str]:
    model, counts = decoding.model(row), row["params"]
    if model.groups is None or model.hidden is None:
        if model.quality not in {"P", "E"} or model.kv16 is not None:
            yield f"{model.id}: known by its size only, yet quality {model.quality} or a cache"
        return
    text = text_parameters(model) or 0
    total = text + sum(counts[part] or 0 for part in ("vision", "mtp", "extra"))
    if (text, total, text_parameters(model, active=True)) != (counts["text"], counts["total"], counts["active"]):
        yield f"{model.id}: counts to {text}, {total}"
    if model.parameters != text + (counts["vision"] or 0):
        yield f"{model.id}: {model.parameters} are loaded"
    allowed = {"exact": 0.0, "close": 0.005}.get(model.check)
    if allowed is not None and abs(total - counts["published"]) > allowed * counts["published"]:
        yield f"{model.id}: {total} is not {model.check} to the published {counts['published']}"
    if model.kv16 is not None and (cache(model.groups), state(model.groups, model.hidden)) != (
        model.kv16,
        model.state32,
    ):
        yield f"{model.id}: its cache is {cache(model.groups)}"


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_sorted_and_founded(kind: str) -> None:
    sources = json.loads(Path(data_file("sources.json")).read_text(encoding="utf-8"))
    found = raw(kind)
    ids = [row["id"] for row in found]
    assert ids == sorted(ids, key=str.encode)
    assert len({one.lower() for one in ids}) == len(ids)
    for row in found:
        assert row["quality"]
        assert row["prov"]
        assert {one.partition("#")[0] for one in row["prov"]} <= sources.keys(), row["id"]
        assert all(row.get("notes", ["x"])), f"{row['id']}: an empty note"


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_unique(kind: str) -> None:
    owner: dict[str, str] = {}
    for row in raw(kind):
        for name in [row["id"], *row.get("aliases", []), *row.get("ollama", [])]:
            assert owner.setdefault(key(name), row["id"]) == row["id"], name


def test_references_exist(catalogue: Catalogue) -> None:
    accelerators = {row["id"] for row in raw("accelerators")}
    models = {row["id"] for row in raw("models")}
    assert {row["accelerator"] for row in raw("machines")} <= accelerators
    for row in rows(data_file("ambiguous.jsonl")):
        assert set(row["candidates"]) <= (models if row["kind"] == "model" else accelerators)
        assert len(row["candidates"]) > 1
        assert row["why"]


def test_every_row_is_found_by_its_id(catalogue: Catalogue) -> None:
    for row in raw("models"):
        match = catalogue.model(row["id"])
        assert (match.basis, match.row) == ("catalogue", decoding.model(row))
    for row in raw("accelerators"):
        assert catalogue.accelerator(row["id"]).row == decoding.accelerator(row)
        assert catalogue.accelerator(row["name"]).row == decoding.accelerator(row), row["name"]
    for row in raw("machines"):
        assert catalogue.machine(row["id"]).row == decoding.machine(row)
        assert catalogue.machine(row["id"].partition("/")[2]).row == decoding.machine(row)


def test_every_other_name_leads_to_its_row(catalogue: Catalogue) -> None:
    for row in raw("models"):
        for name in [*row["aliases"], *row.get("ollama", [])]:
            match = catalogue.model(name)
            assert row["id"] in {one.id for one in (*match.candidates, match.row) if one is not None}, name
    for row in raw("accelerators"):
        labels = [label for names in row.get("labels", {}).values() for label in names]
        for name in [*row.get("aliases", []), *labels]:
            found = catalogue.accelerator(name)
            assert row["id"] in {one.id for one in (*found.candidates, found.row) if one is not None}, name


def test_quantities_are_plausible() -> None:
    for row in raw("accelerators"):
        one = decoding.accelerator(row)
        if one.memory_bytes is not None:
            assert one.usable_bytes is not None
            assert 0.85 * one.memory_bytes < one.usable_bytes < 1.01 * one.memory_bytes, one.id
        assert one.memory_bytes is not None or one.unified, one.id
        assert one.name


def accelerator(name: str) -> Any:
    row = Catalogue().accelerator(name).row
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("name", "gigabytes", "gigabytes_a_second", "watts"),
    [
        ("b200", 180, 7700, 1000),  # not one die: 90 GB, 4100 GB/s
        ("b300", 288, 7750, 1100),  # not 144 GB
        ("mi300a", 128, None, None),  # not 192 GB
        ("mi325x", 256, None, None),  # not 288 GB
        ("mi300x", 192, 5300, 750),  # not 10300 GB/s
        ("a10g", 24, 600.2, 300),  # not 150 W
        ("l40s", 48, 864, 350),  # not 300 W
        ("trainium2", 96, None, None),  # not 524288 MiB
    ],
)
def test_accelerators_that_tables_get_wrong(
    name: str, gigabytes: int, gigabytes_a_second: float | None, watts: int | None
) -> None:
    row = accelerator(name)
    assert row.memory_bytes == gigabytes * 2**30
    if gigabytes_a_second is not None:
        assert row.bandwidth == pytest.approx(gigabytes_a_second * 1e9, rel=0.01)
    if watts is not None:
        assert row.tdp_w == watts


@pytest.mark.parametrize(
    ("name", "mebibytes"), [("t4", 15360), ("l40s", 46068), ("rtx-6000-ada", 46068), ("a40", 46068)]
)
def test_error_correction_is_on(name: str, mebibytes: int) -> None:
    assert accelerator(name).reported_bytes == mebibytes * MIB


@pytest.mark.parametrize(
    ("machine", "reported"),
    [("aws/g6.xlarge", 23034), ("aws/g6e.xlarge", 46068), ("aws/g7e.2xlarge", 97887), ("aws/g4dn.xlarge", 15360)],
)
def test_the_driver_is_believed_not_the_cloud(catalogue: Catalogue, machine: str, reported: int) -> None:
    row = catalogue.machine(machine).row
    assert row is not None
    assert accelerator(row.accelerator).reported_bytes == reported * MIB


def test_fractions_of_a_gpu_are_marked(catalogue: Catalogue) -> None:
    shares = {name: catalogue.machine(f"aws/{name}").row for name in ("g6f.large", "g6f.2xlarge", "g6f.4xlarge")}
    assert [row.partition for row in shares.values() if row is not None] == [0.125, 0.25, 0.5]


def test_cards_of_several_devices() -> None:
    assert (accelerator("mi250").devices_per_card, accelerator("mi250").memory_bytes) == (2, 128 * 2**30)
    assert accelerator("mi250x").usable_bytes == 2 * 65520 * MIB


def test_a_stated_intermediate_size_wins(catalogue: Catalogue) -> None:
    row = catalogue.model("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B").row
    assert row is not None
    assert row.groups is not None
    assert row.groups[0].ffn.inter == 13824


def test_recurrent_state_is_what_engines_log(catalogue: Catalogue) -> None:
    sizes = [("Qwen/Qwen3.5-27B", 149.625), ("Qwen/Qwen3.5-35B-A3B", 62.8125)]
    for name, mebibytes in sizes:
        row = catalogue.model(name).row
        assert row is not None
        assert row.state32 == mebibytes * MIB


def test_an_unseen_context_is_unknown() -> None:
    assert sum(row["groups"] is not None and row["max_ctx"] is None for row in raw("models")) >= 60


def test_size_of_the_data() -> None:
    """What the wheel carries stays under 150 kB, and what lies on the disk about a megabyte."""
    files = [path.read_bytes() for path in Path(DATA).iterdir()]
    assert sum(map(len, files)) < 1_050_000
    assert sum(len(zlib.compress(content)) for content in files) < 150_000


def test_row_is_a_model() -> None:
    assert isinstance(decoding.model(raw("models")[0]), Model)
    assert len(keys(data_file("models.index"))) > 2000


def test_a_row_inherits_a_quantised_checkpoint_only_within_its_family() -> None:
    """Layers may come from a sibling; that the sibling's repository is a quantised copy says nothing of this one."""
    for row in raw("models"):
        siblings = [source.partition("#")[2] for source in row["prov"] if source.startswith("same-geometry#")]
        if row.get("quant") and siblings and not row["id"].lower().endswith("fp8"):
            assert siblings[0].partition("/")[0] == row["id"].partition("/")[0], row["id"]
        if row["id"].upper().endswith("BF16"):
            assert not row.get("quant"), row["id"]
