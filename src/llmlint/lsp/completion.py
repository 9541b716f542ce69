"""Completion: keys and words of the schema, names of the catalogue, options of the engine, ids in comments."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache

from lsprotocol import types

from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.engines.flag_table import GRAMMARS, Option, table
from llmlint.finding import Path
from llmlint.lsp.analysis import Analysis
from llmlint.lsp.cursor import Cursor, cursor
from llmlint.lsp.positions import Positions
from llmlint.lsp.schema import Schema, schema
from llmlint.suppression import LOUD

MOST = 200
"""Names of the catalogue that are offered at once; more are found by typing on."""
CONFIGURATION = ".llmlint.yaml"
_NATIVE = re.compile(r"^(?:model|precision|workload|engine|machine)\s*:", re.MULTILINE)
_MANIFEST = re.compile(r"^(?:apiVersion|services|kind)\s*:", re.MULTILINE)
_OPTION = re.compile(r"(?:^|[\s\"'\[,])(-{1,2}[\w.-]*)$")


def completions(analysis: Analysis, position: types.Position) -> types.CompletionList:
    """What may be written at a position; nothing in texts that are not ours."""
    positions = analysis.positions
    line, column = positions.place(position)
    lines = re.split(r"\r\n|\r|\n", positions.text)
    here = cursor(lines, line - 1, column - 1)
    before = lines[line - 1][: column - 1]
    found = list(_offers(analysis, here, before))
    typed = _typed(here, before)
    items = [_item(one, positions, line, column, typed) for one in found]
    return types.CompletionList(is_incomplete=len(items) >= MOST, items=items[: 2 * MOST])


def _offer(
    word: str, kind: types.CompletionItemKind, detail: str = "", documentation: str = "", text: str = ""
) -> types.CompletionItem:
    return types.CompletionItem(
        word, kind=kind, detail=detail or None, documentation=documentation or None, insert_text=text or word
    )


def _item(
    offer: types.CompletionItem, positions: Positions, line: int, column: int, typed: str
) -> types.CompletionItem:
    """With the edit that puts it in place of what is typed."""
    start = positions.position(line, column - len(typed))
    text = offer.insert_text or offer.label
    offer.text_edit = types.TextEdit(types.Range(start, positions.position(line, column)), text)
    offer.filter_text, offer.insert_text = offer.label, None
    return offer


def _typed(here: Cursor | None, before: str) -> str:
    """The part of the line that an item takes the place of."""
    option = _OPTION.search(before)
    if option is not None:
        return option[1]
    if here is not None and not here.comment:
        return here.typed.lstrip("\"'")
    return re.split(r"[\[\s,=]", before)[-1]


def _offers(analysis: Analysis, here: Cursor | None, before: str) -> Iterator[types.CompletionItem]:
    if here is not None and here.comment:
        yield from _in_comment(here.comment)
        return
    if here is not None and os.path.basename(analysis.path) == CONFIGURATION:
        yield from _by_schema(schema("config"), here)
        return
    option = _OPTION.search(before)
    engines = _engines(analysis)
    if option is not None and (here is None or not here.path or here.in_value):
        yield from _options([one for one in engines if not GRAMMARS[one].bare])
        return
    if here is not None and _is_native(analysis.positions.text):
        yield from _native(here, engines)


def _is_native(text: str) -> bool:
    """Whether a text is, or may become, a deployment of the native format."""
    if _MANIFEST.search(text):
        return False
    return _NATIVE.search(text) is not None or len(text.split()) < 4


def _engines(analysis: Analysis) -> list[str]:
    """The engines of the document that have a table of options."""
    named: list[str] = [facts.deployment.engine.name for facts in analysis.facts if facts.deployment.engine is not None]
    named += [name for name in GRAMMARS if re.search(rf"\b{re.escape(name)}\b", analysis.positions.text.lower())]
    return [name for name in dict.fromkeys(named) if name in GRAMMARS]


def _native(here: Cursor, engines: Sequence[str]) -> Iterator[types.CompletionItem]:
    steps = tuple(step for step in here.path if not isinstance(step, int))
    if steps == ("engine", "args") and not here.in_value:
        yield from _arguments(engines, here.siblings)
    elif here.in_value:
        yield from _names(steps, here.typed.strip("\"'"))
    yield from _by_schema(schema("deployment"), here)


def _by_schema(known: Schema, here: Cursor) -> Iterator[types.CompletionItem]:
    if here.in_value:
        for word in known.values(here.path):
            yield _offer(word, types.CompletionItemKind.EnumMember)
    if not here.in_value or (here.path and isinstance(here.path[-1], int)):
        for key in known.keys(here.path):
            if key.name not in here.siblings:
                text = f"{key.name}:" if key.holds_block else f"{key.name}: "
                yield _offer(key.name, types.CompletionItemKind.Property, documentation=key.description, text=text)


KINDS: dict[Path, tuple[str, ...]] = {
    ("model",): ("model",),
    ("model", "id"): ("model",),
    ("machine",): ("machine",),
    ("machine", "instance"): ("machine",),
    ("machine", "gpus"): ("accelerator",),
    ("machine", "gpus", "name"): ("accelerator",),
}
"""Which names of the catalogue may stand at a path, indices left out."""


def _names(steps: Path, typed: str) -> Iterator[types.CompletionItem]:
    for kind in KINDS.get(steps, ()):
        wanted = _bare(typed)
        found = [(name, detail) for name, detail in known_names(kind) if wanted in _bare(name)]
        found.sort(key=lambda one: (not _bare(one[0]).startswith(wanted), one[0].lower()))
        for name, detail in found[:MOST]:
            yield _offer(name, types.CompletionItemKind.Value, detail)


def _bare(name: str) -> str:
    """A name without what people leave out: `rtx4090`."""
    return name.lower().replace(" ", "").replace("-", "").replace("_", "")


@cache
def known_names(kind: str) -> tuple[tuple[str, str], ...]:
    """Names of a kind of the catalogue's rows, each with what it stands for."""
    catalogue = Catalogue(reads_files=False)
    if kind == "model":
        return tuple((row.id, row.category or "") for row in catalogue.search("model", []))  # type: ignore[union-attr]
    if kind == "accelerator":
        rows = catalogue.search("accelerator", [])
        return tuple((row.name, f"{(row.memory_bytes or 0) >> 30} GiB") for row in rows)  # type: ignore[union-attr]
    rows = catalogue.search("machine", [])
    return tuple((row.id, f"{row.count} × {row.accelerator}") for row in rows)  # type: ignore[union-attr]


def _options(engines: Sequence[str]) -> Iterator[types.CompletionItem]:
    for engine in engines:
        for name, option in _written(engine):
            yield _offer(name, types.CompletionItemKind.Field, engine, option_text(option))


def _arguments(engines: Sequence[str], siblings: Sequence[str]) -> Iterator[types.CompletionItem]:
    """Options as keys of a mapping."""
    for engine in engines[:1]:
        for name, option in _written(engine):
            key = name.lstrip("-")
            if key not in siblings and name not in siblings:
                yield _offer(key, types.CompletionItemKind.Field, engine, option_text(option), f"{key}: ")


@cache
def _written(engine: str) -> tuple[tuple[str, Option], ...]:
    """The options that the newest version knows, as its users type them."""
    known = table(engine)
    if known is None:
        return ()
    return tuple((known.written(one.name), one) for one in known.all() if known.alive(one, None))


def option_text(option: Option) -> str:
    """What a table says of an option."""
    default = f", default {option.default}" if option.default not in ("", "?") else ""
    allowed = f": {option.allowed.replace('|', ' | ')}" if option.allowed else ""
    return f"{option.kind}{allowed}{default}"


def _in_comment(comment: str) -> Iterator[types.CompletionItem]:
    """Ids of rules in `ignore[…`, machines behind `machine=`, else the directives."""
    words = comment.partition("llmlint:")
    if not words[1]:
        return
    said = words[2]
    if "ignore[" in said and "]" not in said:
        for rule in RULES:
            yield _offer(rule.id, types.CompletionItemKind.EnumMember, rule.severity, rule.summary)
        yield from (_offer(name, types.CompletionItemKind.EnumMember) for name in BUILT_IN if name not in LOUD)
    elif "machine=" in said:
        typed = said.rpartition("=")[2]
        for kind in ("machine", "accelerator"):
            yield from _names(("machine",) if kind == "machine" else ("machine", "gpus"), typed)
    elif not said.strip().startswith(("ignore", "file-ignore", "machine")):
        for word in ("ignore[", "file-ignore[", "machine="):
            yield _offer(word, types.CompletionItemKind.Keyword)
