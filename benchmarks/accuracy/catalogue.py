"""Models of the catalogue for the differential runs: one for each structure of layers."""

from __future__ import annotations

import json
from collections.abc import Iterator

from llmlint.catalog import decoding
from llmlint.catalog.index import data_file
from llmlint.catalog.rows import Model


def shapes() -> Iterator[Model]:
    """Models whose layers are known, the first of those that are built alike."""
    seen = set()
    with open(data_file("models.jsonl"), encoding="utf-8") as file:
        for line in file:
            model = decoding.model(json.loads(line))
            shape = model.groups, model.hidden, model.vocab
            if model.groups is not None and model.kv16 is not None and shape not in seen:
                seen.add(shape)
                yield model
