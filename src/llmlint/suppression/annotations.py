"""Annotations of Kubernetes objects that silence rules: comments die in templates and in kustomize, annotations do not.

    metadata:
      annotations:
        llmlint.dev/ignore-vram-headroom-small: "until=2027-01-31 larger cards are ordered"

On an object it is about all of it, on a pod's template about what stands in the template.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmlint.document import Source
from llmlint.finding import Path, Problem
from llmlint.suppression.directive import Directive, Id, clipped, until_of

if TYPE_CHECKING:
    from llmlint.document import Document

PREFIX = "llmlint.dev/"
IGNORE = "ignore-"
WRITE = f'write `{PREFIX}{IGNORE}rule-id: "reason"`'


def annotated(source: Source) -> Iterator[Directive | Problem]:
    """What annotations say to us, and those that cannot be read."""
    for document in source.documents:
        data = document.data
        if isinstance(data, dict) and "apiVersion" in data and "kind" in data:
            for path, key, value in _ours(data):
                yield _directive(document, path, key, value)


def _ours(data: Any) -> Iterator[tuple[Path, str, Any]]:
    """Where an annotation stands, its key and its value; what aliases share is looked at once."""
    seen: set[int] = set()
    waiting: list[tuple[Path, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if not isinstance(value, dict | list) or id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict) and path[-2:] == ("metadata", "annotations"):
            yield from ((path, key, item) for key, item in value.items() if key.startswith(PREFIX))
        steps: Any = value.items() if isinstance(value, dict) else enumerate(value)
        waiting += reversed([((*path, step), item) for step, item in steps])


def _directive(document: Document, path: Path, key: str, value: Any) -> Directive | Problem:
    place = (*path, key)
    span, name = document.key_span(place), key.removeprefix(PREFIX)
    if not name.startswith(IGNORE) or name == IGNORE:
        return Problem(f"'{clipped(name)}' is no annotation of llmlint's", span, WRITE)
    if not isinstance(value, str):
        return Problem("the value of an annotation is a text", document.value_span(place), "put it in quotes")
    said = until_of(value)
    if isinstance(said, str):
        return Problem(said, document.value_span(place), "write until=YYYY-MM-DD once, in front of the reason")
    one = Id(name.removeprefix(IGNORE), span)
    within = (document.index, path[:-2])
    return Directive("ignore", (one,), *said, span.line, alone=False, span=span, within=within)
