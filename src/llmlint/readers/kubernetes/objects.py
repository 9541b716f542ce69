"""Objects of Kubernetes as documents hold them: by themselves, in lists and templates, as patches in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.quantity import NotAQuantity, kubernetes
from llmlint.readers import variables
from llmlint.readers.values import at, items, mapping, text
from llmlint.unit import Said

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.plans import Written

MOST_PATCHES = 100
"""Of one Kustomization."""
MOST_PARAMETERS = 200
"""Of one OpenShift Template."""
LONGEST_VALUE = 1_000
"""Characters of a parameter's value."""
DEEPEST_LIST = 2
"""Lists in lists."""
DEEPEST = 100
"""Of containers in an object; documents are no deeper."""
PARAMETER = r"\$\{\{(\w+)\}\}|\$\{(\w+)\}"


class Object:
    """One object, as a document or as an item of a list."""

    __slots__ = ("data", "document", "named_by", "path")

    def __init__(self, document: Written, path: Path, data: dict[str, Any]) -> None:
        self.document = document
        self.path = path
        self.data = data
        self.named_by: Spot | None = None
        """Of an object of another file: what names it in the one that is linted, with that file's name."""

    @property
    def kind(self) -> str:
        """Its kind."""
        return text(self.data, "kind") or ""

    @property
    def group(self) -> str:
        """The group of its apiVersion; empty for the core group."""
        group, slash, _ = (text(self.data, "apiVersion") or "").partition("/")
        return group if slash else ""

    @property
    def name(self) -> str:
        """Its name, or the beginning that one is made of."""
        return text(self.data, "metadata", "name") or text(self.data, "metadata", "generateName") or ""

    @property
    def namespace(self) -> str:
        """Its namespace; empty where the file does not say."""
        return text(self.data, "metadata", "namespace") or ""

    def spot(self, *steps: str | int) -> Spot:
        """A place in it, or the one that stands for it."""
        own = Spot(self.document, (*self.path, *steps))
        if self.named_by is None:
            return own
        return self.named_by._replace(elsewhere=f"{self.named_by.elsewhere}:{own.placed().span.line}")

    def labels(self) -> dict[str, str]:
        """Its labels."""
        return {key: str(value) for key, value in mapping(self.data, "metadata", "labels").items()}


def objects(document: Document) -> Iterator[Object]:
    """The object of a document; of a List or an OpenShift Template those that it holds."""
    yield from _held(document, (), document.data, 0)


def _held(document: Document, path: Path, data: object, depth: int) -> Iterator[Object]:
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str) or depth > DEEPEST_LIST:
        return
    if data["kind"] == "Template":
        defaults = _defaults(data)
        for index, item in enumerate(items(data, "objects")):
            filled = _filled(item, defaults, 0) if defaults else item
            yield from _held(document, (*path, "objects", index), filled, depth + 1)
    elif data["kind"] == "Kustomization":
        yield from _patches(document, path, data)
    elif data["kind"].endswith("List") and isinstance(data.get("items"), list):
        for index, item in enumerate(data["items"]):
            yield from _held(document, (*path, "items", index), item, depth + 1)
    else:
        yield Object(document, path, data)


def _patches(document: Document, path: Path, data: dict[str, Any]) -> Iterator[Object]:
    """The objects of which a Kustomization holds patches as text; those of JSON patches are lists, and none."""
    from llmlint.readers.nested import nested

    found: list[tuple[Path, Any]]
    found = [(("patches", index, "patch"), at(one, "patch")) for index, one in enumerate(items(data, "patches"))]
    found += [(("patchesStrategicMerge", index), one) for index, one in enumerate(items(data, "patchesStrategicMerge"))]
    for where, written in found[:MOST_PATCHES]:
        if isinstance(written, str) and "\n" in written:
            inner = nested(Said(written, Spot(document, (*path, *where))))
            if inner is not None and isinstance(inner.content.get("kind"), str):
                yield Object(inner, inner.path, inner.content)


def _defaults(template: dict[str, Any]) -> dict[str, str]:
    """The parameters of an OpenShift Template that have a value."""
    found = {}
    for parameter in items(template, "parameters")[:MOST_PARAMETERS]:
        name, value = text(parameter, "name"), text(parameter, "value")
        if name is not None and value is not None and len(value) <= LONGEST_VALUE:
            found[name] = value
    return found


def _filled(data: Any, defaults: dict[str, str], depth: int) -> Any:
    """A copy with `${NAME}` and `${{NAME}}` filled in; what has no value stays as it is written."""
    if depth > DEEPEST:
        return data
    if isinstance(data, dict):
        return {key: _filled(value, defaults, depth + 1) for key, value in data.items()}
    if isinstance(data, list):
        return [_filled(value, defaults, depth + 1) for value in data]
    if not isinstance(data, str) or not 0 < data.count("${") <= MOST_PARAMETERS:
        return data
    left = variables.room()
    return re.sub(PARAMETER, lambda match: left.take(defaults.get(match[1] or match[2], match[0]), match[0]), data)


def quantity(data: object, *path: str | int) -> int | float | None:
    """The quantity at a path as Kubernetes reads it; None where there is none, or none that it would read."""
    value = at(data, *path)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return kubernetes(str(value).strip())
    except NotAQuantity:
        return None
