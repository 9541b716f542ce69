"""What a pull request to SchemaStore would hold: the schemas that editors need, in draft-07, and their entries.

SchemaStore's tools and many editors read draft-07 best (its CONTRIBUTING.md). Our own schemas are of draft 2020-12:
there a description may stand beside a `$ref`, in draft-07 it would be passed over. Keywords of our own (`x-…`) are left
out, since strict validators refuse them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = "docs/schemastore"
DIALECT = "http://json-schema.org/draft-07/schema#"
ADDRESS = "https://json.schemastore.org"
"""Where SchemaStore would serve them; nothing is served there yet."""
ENTRIES: tuple[dict[str, Any], ...] = (
    {
        "name": "llmlint deployment",
        "description": "A planned LLM inference deployment: model, precision, workload, engine, machine",
        "fileMatch": ["llmlint.yaml", "llmlint.yml", "*.llmlint.yaml", "*.llmlint.yml", "!.llmlint.yaml"],
        "url": f"{ADDRESS}/llmlint.json",
    },
    {
        "name": "llmlint configuration",
        "description": "Configuration of llmlint, a linter of LLM inference deployments",
        "fileMatch": [".llmlint.yaml"],
        "url": f"{ADDRESS}/llmlint-config.json",
    },
)
NAMED = ("$defs", "properties", "patternProperties")
"""Keywords whose keys are names."""
SOURCES = {"llmlint": "deployment", "llmlint-config": "config"}


def generated(root: Path) -> dict[str, bytes]:
    """docs/schemastore/: catalog.json and a schema for each of its entries."""
    files = {f"{FOLDER}/catalog.json": _bytes({"schemas": list(ENTRIES)})}
    for name, source in SOURCES.items():
        written = json.loads((root / "schemas" / f"{source}.json").read_text(encoding="utf-8"))
        files[f"{FOLDER}/{name}.json"] = _bytes(draft_07(written, f"{ADDRESS}/{name}.json"))
    return files


def draft_07(written: dict[str, Any], address: str) -> dict[str, Any]:
    """A schema of ours in draft-07, under an address."""
    converted: dict[str, Any] = _converted(written)
    return {"$schema": DIALECT, "$id": address} | {
        name: value for name, value in converted.items() if name not in ("$schema", "$id")
    }


def _converted(value: Any, *, names: bool = False) -> Any:
    """A part of a schema; `names`: its keys are those of a deployment, not keywords."""
    if isinstance(value, list):
        return [_converted(one) for one in value]
    if not isinstance(value, dict):
        return value
    if names:
        return {key: _converted(one) for key, one in value.items()}
    made = {
        "definitions" if key == "$defs" else key: _converted(
            one, names=key in ("$defs", "properties", "patternProperties")
        )
        for key, one in value.items()
        if not key.startswith("x-")
    }
    if "$ref" in made:
        made["$ref"] = made["$ref"].replace("#/$defs/", "#/definitions/")
        if len(made) > 1:
            made["allOf"] = [{"$ref": made.pop("$ref")}]
    return made


def _bytes(written: dict[str, Any]) -> bytes:
    return (json.dumps(written, indent=2, ensure_ascii=False) + "\n").encode()
