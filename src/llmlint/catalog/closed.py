"""Models that cannot be downloaded, told apart from unknown ones by the family that their name begins with."""

from __future__ import annotations

from llmlint.catalog.index import data_file, rows
from llmlint.catalog.keys import key, words
from llmlint.catalog.rows import Match, Model

PUBLISHERS = {
    "openai": ("openai",),
    "anthropic": ("anthropic",),
    "google": ("google", "gemini", "vertex_ai"),
    "xai": ("xai", "x-ai"),
    "qwen": ("qwen", "alibaba", "dashscope"),
}
"""Organisations under which a family's name still means the family; a model of another publisher is its own."""


def closed(name: str) -> Match[Model] | None:
    """The closed model of that name: its family, alone or followed by a variant (`gpt-4`, `gpt-4-turbo`)."""
    publisher, _, plain = name.rpartition("/")
    plain_key = "-".join(words(plain))
    for row in rows(data_file("closed.jsonl")):
        family = key(row["family"])
        if publisher and publisher.lower() not in PUBLISHERS[row["vendor"]]:
            continue
        if plain_key == family or plain_key.startswith(f"{family}-"):
            model = Model(row["family"], downloadable=False, quality="A", prov=("memory",), notes=(row["why"],))
            return Match(name, model, "catalogue", why=row["why"])
    return None
