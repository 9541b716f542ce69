"""What a finding is recognised by when its file has changed: never a line, never words of a message.

The document is named as Kubernetes does, or by its own `name`, else by its index; the path goes from item to item of a
list by what names them: `name`, the option of a command line, the variable of an assignment. What is added before it
or moved does not change it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from llmlint import document
from llmlint.finding import FileResult, Finding, Path
from llmlint.linting import MOST_FINDINGS
from llmlint.tuples import NamedTuple

NEVER = frozenset({"syntax", "internal-error"})
"""Behind these, nothing else of the file was checked: what is held back would hide whatever comes."""
_ASSIGNED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?==)")
_OPTION = re.compile(r"--?[A-Za-z0-9][^\s=]*")


class Key(NamedTuple):
    """A finding, or several that nothing tells apart."""

    file: str
    """Relative to the folder of the baseline."""
    document: str
    path: str
    rule: str


def keys(result: FileResult, data: bytes, file: str) -> list[Key | None]:
    """The keys of a file's findings, in their order; None for what no baseline holds back."""
    if not result.findings:
        return []
    documents = {one.index: one.data for one in document.read(data).documents}
    names = _named(documents)
    lines = result.text.splitlines()
    paths = Paths()
    found: list[Key | None] = []
    for one in result.findings:
        if one.rule in NEVER:
            found.append(None)
            continue
        place = paths.of(documents.get(one.document), one.path) + _word(one, documents.get(one.document), lines)
        found.append(Key(file, names.get(one.document, str(one.document)), place, one.rule))
    if len(found) > MOST_FINDINGS:
        found[-1] = None  # says that there are more, which nobody has seen
    return found


def _named(documents: Mapping[int, Any]) -> dict[int, str]:
    """Names of documents; the second of a name has #2 behind it."""
    plain = {index: _identity(data) or str(index) for index, data in documents.items()}
    return dict(zip(plain, _numbered(list(plain.values())), strict=True))


def _identity(data: Any) -> str:
    if not isinstance(data, dict):
        return ""
    version, kind = data.get("apiVersion"), data.get("kind")
    if isinstance(version, str) and isinstance(kind, str):
        metadata = data.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        name = metadata.get("name") or metadata.get("generateName")
        parts = [version, kind, metadata.get("namespace"), name]
        return "/".join(str(part) for part in parts if isinstance(part, str | int | float) and part != "")
    name = data.get("name")
    return f"name={name}" if isinstance(name, str) and name else ""


class Paths:
    """Writes paths of one file's documents; the names of a list's items are worked out once."""

    def __init__(self) -> None:
        self._lists: dict[int, list[str]] = {}

    def of(self, data: Any, path: Path) -> str:
        """A path as a JSON pointer, with names in place of indices where items have them."""
        parts = []
        for step in path:
            if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
                parts.append(self._items(data)[step])
                data = data[step]
            else:
                parts.append(str(step))
                data = data.get(step) if isinstance(data, dict) else None
        return "".join("/" + _escaped(part) for part in parts)

    def _items(self, items: list[Any]) -> list[str]:
        found = self._lists.get(id(items))
        if found is None:
            found = self._lists[id(items)] = _numbered(list(_items(items)))
        return found


def _items(items: Sequence[Any]) -> list[str]:
    names: list[str] = []
    option, behind = "", 0
    for index, item in enumerate(items):
        name = _name(item)
        if isinstance(item, str) and name.startswith("-"):
            option, behind = name, 0
        elif not name and option and not isinstance(item, dict | list):
            behind += 1
            name = f"{option}+{behind}"
        names.append(name or str(index))
    return names


def _name(item: Any) -> str:
    if isinstance(item, dict):
        metadata = item.get("metadata")
        name = item.get("name") or (metadata.get("name") if isinstance(metadata, dict) else None)
        kind = item.get("kind")
        kind = f"{kind}/" if isinstance(kind, str) else ""
        return f"{kind}name={name}" if isinstance(name, str | int | float) and not isinstance(name, bool) else ""
    if not isinstance(item, str):
        return ""
    found = _OPTION.match(item) or _ASSIGNED.match(item)
    return found[0] if found is not None else ""


def _numbered(names: Sequence[str]) -> list[str]:
    """The same, the second of a name with #2 behind it."""
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        numbered.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return numbered


def _word(finding: Finding, data: Any, lines: Sequence[str]) -> str:
    """The option or variable that a finding points at within a text of several words; empty for a whole value."""
    for step in finding.path:
        if not isinstance(data, dict | list):
            return ""
        try:
            data = data[step]  # type: ignore[index]  # a path of this document
        except (KeyError, IndexError, TypeError):
            return ""
    span = finding.span
    if not isinstance(data, str) or span.line != span.end_line or not 1 <= span.line <= len(lines):
        return ""
    text = lines[span.line - 1][span.column - 1 : span.end_column - 1]
    if text.strip("'\"") == data.strip():
        return ""
    found = _OPTION.match(text) or _ASSIGNED.match(text)
    return f"/{_escaped(found[0])}" if found is not None else ""


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
