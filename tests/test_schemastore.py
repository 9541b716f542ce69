"""The schemas as SchemaStore would take them say the same as ours, and every property tells what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from llmlint.document import read

from .cli.command import ROOT, llmlint

STORE = ROOT / "docs" / "schemastore"
CATALOG = json.loads((STORE / "catalog.json").read_text(encoding="utf-8"))["schemas"]
OURS = {"llmlint": "deployment", "llmlint-config": "config"}


def store(name: str) -> Any:
    return json.loads((STORE / f"{name}.json").read_text(encoding="utf-8"))


def properties(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        for name, own in part.get("properties", {}).items():
            yield f"{path}/{name}", own
        for name, below in part.items():
            yield from properties(below, f"{path}/{name}")
    elif isinstance(part, list):
        for number, below in enumerate(part):
            yield from properties(below, f"{path}/{number}")


@pytest.mark.parametrize("file", [*sorted((ROOT / "schemas").glob("*.json")), *sorted(STORE.glob("llmlint*.json"))])
def test_every_property_has_a_description(file: Path) -> None:
    """Editors show it when one points at a key."""
    found = list(properties(json.loads(file.read_text(encoding="utf-8"))))
    assert found
    assert [path for path, own in found if not str(own.get("description", "")).strip()] == []


@pytest.mark.parametrize("file", sorted((ROOT / "schemas").glob("*.json")), ids=lambda file: file.stem)
def test_every_schema_has_its_id_and_draft(file: Path) -> None:
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["$id"].startswith(f"urn:llmlint:schema:{file.stem}:")
    assert written["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", OURS)
def test_draft_07_is_what_it_says(name: str) -> None:
    written = store(name)
    Draft7Validator.check_schema(written)
    text = json.dumps(written)
    assert "$defs" not in text
    assert '"x-' not in text
    for part in _references(written):
        assert set(part) == {"$ref"}, "draft-07 passes over what stands beside a reference"


def _references(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part
        for below in part.values():
            yield from _references(below)
    elif isinstance(part, list):
        for below in part:
            yield from _references(below)


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("*/*.yaml")), ids=lambda file: file.stem)
def test_both_drafts_say_the_same(file: Path) -> None:
    ours = Draft202012Validator(json.loads((ROOT / "schemas" / "deployment.json").read_text(encoding="utf-8")))
    theirs = Draft7Validator(store("llmlint"))
    for document in read(file.read_bytes()).documents:
        data = document.data
        for changed in (data, {**data, "precision": "fp17"}, {**data, "machine": {"gpu": "L4"}}, {}):
            assert ours.is_valid(changed) == theirs.is_valid(changed)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("llmlint.yaml", "llmlint"),
        ("chat.llmlint.yaml", "llmlint"),
        (".llmlint.yaml", "llmlint-config"),
        ("deploy.yaml", ""),
    ],
)
def test_a_file_s_name_leads_to_one_entry(name: str, entry: str) -> None:
    found = [one["url"].rpartition("/")[2].removesuffix(".json") for one in CATALOG if _matches(one["fileMatch"], name)]
    assert found == ([entry] if entry else [])
    assert all((STORE / f"{one}.json").exists() for one in found)
    assert all(store(one)["$id"].endswith(f"/{one}.json") for one in found)


def _matches(patterns: list[str], name: str) -> bool:
    wanted = any(fnmatchcase(name, one) for one in patterns if not one.startswith("!"))
    return wanted and not any(fnmatchcase(name, one[1:]) for one in patterns if one.startswith("!"))


def test_init_writes_the_modeline_that_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        llmlint("init", "deploy.yaml", "--model", "Qwen/Qwen3-8B", "--precision", "fp16", "--engine", "vllm").code == 0
    )
    first = Path("deploy.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=.llmlint/deployment.schema.json"
    assert first in (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    assert json.loads(Path(".llmlint/deployment.schema.json").read_text(encoding="utf-8"))["title"] == "Deployment"
