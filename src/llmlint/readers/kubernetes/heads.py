"""A first look at a text: which objects of Kubernetes it holds, by name and place, without parsing it.

Block YAML has the keys of an object at the beginning of a line, and what is inside of one is indented: a few patterns
find them. Documents that are written in another way (JSON, braces, lists of objects) are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from llmlint.finding import Path
from llmlint.readers.values import text
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.readers.kubernetes.objects import Object

VALUE = r"[ \t]*[\"']?([\w./-]+)[\"']?[ \t]*(?:#.*)?\r?(?:\n|\Z)"
BLOCK = r"[ \t]*(?:#.*)?\r?\n((?:[ \t]*(?:#.*)?\r?\n|[ \t]+\S.*\r?(?:\n|\Z))*)"
FLOW = r"[ \t]*(\{(?:[^{}\[\]\n#\"']|\{[^{}\[\]\n#\"']*\})*\})[ \t]*\r?(?:\n|\Z)"
"""What stands behind a key: a word, a block that is indented, and a mapping in braces on one line without quotes."""
INNER = r"(?<=.)\{[^{}]*\}"
PAIR = r"([{,][ \t]*)(name|namespace):[ \t]+([^\s,}]+)(?=[ \t]*[,}])"
ENTRY = r"(?m)^([ \t]+)(name|namespace):[ \t]*[\"']?([^\s\"'#{}\[\]]+)[\"']?[ \t]*(?:#.*)?\r?$"
FIRST = r"(?m)^([ \t]+)[^\s#]"
UNLINKED = r"(?m)^[ \t]+(?:clusterIP:[ \t]*[\"']?None\b|type:[ \t]*[\"']?ExternalName\b)"
"""What keeps a Service out of the environment of containers: it has no address of its own."""
PODS = r"containers[\"']?\s*:"
ENDS = frozenset({"", " ", "\t", "\r", "\n", "#"})
"""What may stand behind the marks that divide documents."""
TEMPLATE = ("{{", "{%")
MOST_OBJECTS = 1_000
"""Of one file; of one that has more none is looked at."""
MOST_PARSED = 1 << 20
"""Characters of the documents of a folder that are parsed at most; then nothing more is looked at."""


class Head(NamedTuple):
    """An object of a file: what it is called, and where it stands."""

    file: str
    """By its path from the folder."""
    start: int
    """Offset of its document in the text."""
    end: int
    lines: int
    """Line breaks in front of the document."""
    path: Path
    """In the document, of an item of a list."""
    line: int
    """On which it is named."""
    group: str
    kind: str
    name: str
    namespace: str
    unlinked: bool
    """It is a Service that containers do not find in their environment."""
    has_pods: bool
    content: int
    """A number that differs where its document does."""


class _Chunk(NamedTuple):
    """The text of a document, with the line that divides it from the one before."""

    file: str
    text: str
    start: int
    lines: int

    def head(self, called: _Called, line: int, path: Path = ()) -> Head:
        """An object that is in it. `line`: on which it is named, from the document's first."""
        group, slash, _ = called.version.partition("/")
        return Head(
            file=self.file,
            start=self.start,
            end=self.start + len(self.text),
            lines=self.lines,
            path=path,
            line=self.lines + line,
            group=group if slash else "",
            kind=called.kind,
            name=called.name,
            namespace=called.namespace,
            unlinked=called.unlinked,
            has_pods=called.has_pods,
            content=called.content,
        )


class _Called(NamedTuple):
    """How an object is called, and what else has to be known of it."""

    version: str
    kind: str
    name: str
    namespace: str
    unlinked: bool
    has_pods: bool
    content: int


class Allowance:
    """How much may still be parsed, of all files of a folder."""

    def __init__(self, characters: int = MOST_PARSED) -> None:
        self.left = characters


def heads(file: str, written: str, allowance: Allowance | None = None) -> tuple[Head, ...]:
    """The objects of a text; none of a template's source, which is no object yet."""
    allowance = allowance or Allowance()
    if "apiVersion" not in written or any(mark in written for mark in TEMPLATE):
        return ()
    found: list[Head] = []
    lines = 0
    for start, end in _documents(written):
        chunk = _Chunk(file, written[start:end], start, lines)
        if "apiVersion" in chunk.text:
            named = _named(chunk)
            if named is None:
                allowance.left -= end - start
            if len(found) >= MOST_OBJECTS or allowance.left < 0:
                return ()
            found += _parsed(chunk) if named is None else (named,)
        lines += written.count("\n", start, end)
    return tuple(found)


def _documents(text: str) -> Iterator[tuple[int, int]]:
    """Where each document begins and ends, the line that divides it from the one before included."""
    start, found = 0, text.find("\n---")
    while found >= 0:
        if text[found + 4 : found + 5] in ENDS:
            yield start, found + 1
            start = found + 1
        found = text.find("\n---", found + 4)
    yield start, len(text)


def _named(chunk: _Chunk) -> Head | None:
    """The object of a document in block form; None for other forms."""
    version, kind = _behind(chunk.text, "apiVersion", VALUE), _behind(chunk.text, "kind", VALUE)
    block, flow = _behind(chunk.text, "metadata", BLOCK), _behind(chunk.text, "metadata", FLOW)
    metadata = block or flow
    if version is None or kind is None or metadata is None or kind[1].endswith("List"):
        return None
    said = _entries(block[1]) if block is not None else _pairs(metadata[1])
    if "name" not in said:
        return None
    namespace = said["namespace"][3] if "namespace" in said else ""
    at = metadata.start(1) + (said["name"].start(2) if block is not None else 0)
    line = chunk.text.count("\n", 0, at) + 1
    written = chunk.text.strip().removeprefix("---").strip()
    called = _Called(
        version=version[1],
        kind=kind[1],
        name=said["name"][3],
        namespace=namespace,
        unlinked=kind[1] == "Service" and re.search(UNLINKED, written) is not None,
        has_pods=_has_pods(written),
        content=hash(written),
    )
    return chunk.head(called, line)


def _has_pods(written: str) -> bool:
    return "containers" in written and re.search(PODS, written) is not None


def _entries(block: str) -> dict[str, re.Match[str]]:
    """Name and namespace of a block, as far as it has them by itself and not inside of another key."""
    first = re.search(FIRST, block)
    return {one[2]: one for one in re.finditer(ENTRY, block) if first is not None and one[1] == first[1]}


def _pairs(flow: str) -> dict[str, re.Match[str]]:
    """The same of a mapping in braces."""
    return {one[2]: one for one in re.finditer(PAIR, re.sub(INNER, "", flow))}


def _behind(text: str, key: str, pattern: str) -> re.Match[str] | None:
    """What stands behind a key at the beginning of a line."""
    start = 0 if text.startswith(f"{key}:") else text.find(f"\n{key}:") + 1
    return re.compile(pattern).match(text, start + len(key) + 1) if start or text.startswith(f"{key}:") else None


def _parsed(chunk: _Chunk) -> Iterator[Head]:
    from llmlint import document
    from llmlint.readers.kubernetes.objects import objects

    has_pods, content = _has_pods(chunk.text), hash(chunk.text)
    for read in document.read(chunk.text.encode("utf-8", "replace")).documents:
        if isinstance(read.data, dict) and read.data.get("kind") != "Kustomization":
            for one in islice(objects(read), MOST_OBJECTS + 1):
                if one.name:
                    line = one.spot("metadata", "name").placed().span.line
                    yield chunk.head(_called(one, has_pods, hash((content, one.path))), line, one.path)


def _called(one: Object, has_pods: bool, content: int) -> _Called:
    """The same of an object that was parsed; of a list it is not told apart which of its objects hold pods."""
    version = one.data.get("apiVersion")
    outside = text(one.data, "spec", "type") == "ExternalName" or text(one.data, "spec", "clusterIP") == "None"
    return _Called(
        version=version if isinstance(version, str) else "",
        kind=one.kind,
        name=one.name,
        namespace=one.namespace,
        unlinked=one.kind == "Service" and outside,
        has_pods=has_pods,
        content=content,
    )
