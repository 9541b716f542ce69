"""Which files make up the services of a Compose file: what it includes, what it is laid over, what is laid over it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.readers.bounded import MOST_UNITS
from llmlint.readers.compose.interpolation import Interpolation, of_project
from llmlint.readers.compose.others import ENDINGS, Others, mentioning, seen_from
from llmlint.readers.compose.service import Declared, Layer, Service, extended
from llmlint.readers.values import items, mapping, text
from llmlint.readers.wording import plain
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.document import Document

USUAL = r"(?:docker-)?compose"
OVERLAY = rf"({USUAL})([._-][\w.-]*)"
"""Names of files that people lay over another: `docker-compose.gpu.yml`."""
IMAGE = frozenset({"image", "build", "extends"})
SERVING = frozenset({"command", "entrypoint", "ports", "expose", "volumes", "network_mode", "extends", "provider"})
"""Keys of which a service that runs by itself has one."""
MOST_INCLUDED = 20
"""Entries of `include`."""


class Included(NamedTuple):
    """An entry of `include`: one file, or several of which the later are laid over the earlier."""

    files: tuple[str, ...]
    path: Path
    """Of the entry in the file that is linted."""


def services(document: Document, others: Others, fill: Interpolation) -> list[Service]:
    """The services of a document, with what its neighbours say of them."""
    own = mapping(document.data, "services")
    over, under = override(document, others), base(document, others)
    found = []
    for name, data in islice(own.items(), MOST_UNITS + 1):
        if not isinstance(data, dict):
            continue
        layers, whole = extended(Layer(data, document, ("services", name)), own, others, fill)
        upper = over.layer(name) if over is not None else None
        lower = under.layer(name) if under is not None and whole else None
        if lower is not None and under is not None:
            behind, whole = extended(lower, under.services, others, fill)
            layers += behind
        found.append(Service(name, [upper, *layers] if upper is not None else layers, fill, whole))
    return found


def _split(others: Others) -> tuple[str, str] | None:
    """Name and ending of the file that is linted, if both are such as Compose files have."""
    name = posixpath.basename(others.surroundings.file.replace("\\", "/"))
    stem, ending = posixpath.splitext(name)
    return (stem, ending) if ending in ENDINGS and re.match(USUAL, stem) else None


def override(document: Document, others: Others) -> Declared | None:
    """The file that Compose lays over this one without being told."""
    name = _split(others)
    if name is None or not re.fullmatch(USUAL, name[0]):
        return None
    return _declared(document, others, (f"{name[0]}.override{ending}" for ending in (name[1], *ENDINGS)))


def base(document: Document, others: Others) -> Declared | None:
    """The file that this one is laid over: one beside it that has what this one leaves out, image or build.

    The names tell which: `compose.gpu.yaml` lies over `compose.yaml`. A file that has all of its own lies over none.
    """
    name = _split(others)
    bare = [key for key, data in mapping(document.data, "services").items() if _leaves_out(data)]
    if name is None or not bare or not re.fullmatch(OVERLAY, name[0]):
        return None
    stems = [found[1] for found in (re.match(r"(.*)[._-][^._-]*", name[0]),) if found is not None]
    while stems and not re.fullmatch(USUAL, stems[-1]) and (found := re.match(r"(.*)[._-][^._-]*", stems[-1])):
        stems.append(found[1])
    names = [f"{stem}{ending}" for stem in (*stems, "compose", "docker-compose") for ending in (name[1], *ENDINGS)]
    for candidate in dict.fromkeys(names):
        declared = _declared(document, others, (candidate,))
        if declared is not None and any(_is_whole(declared.services.get(key)) for key in bare):
            return declared
    return None


def _leaves_out(data: object) -> bool:
    """Whether a service says too little to run by itself: no image, or nothing of what it serves and stores."""
    return isinstance(data, dict) and (IMAGE.isdisjoint(data) or SERVING.isdisjoint(data))


def _is_whole(data: object) -> bool:
    return isinstance(data, dict) and not IMAGE.isdisjoint(data) and not SERVING.isdisjoint(data)


def _declared(document: Document, others: Others, names: Iterator[str] | tuple[str, ...]) -> Declared | None:
    for name in names:
        found = others.document(name)
        if found is not None:
            return Declared(mapping(found.data, "services"), document, name, found)
    return None


def included(document: Document, others: Others, fill: Interpolation) -> Iterator[Included]:
    """What `include` names, and what the files that it names include: paths, or mappings with one or several."""
    waiting = list(_entries(document.data, "", None, fill))
    seen: set[tuple[str, ...]] = {(posixpath.basename(others.surroundings.file.replace("\\", "/")),)}
    while waiting and len(seen) <= MOST_INCLUDED:
        entry = waiting.pop(0)
        if entry.files in seen:
            continue
        seen.add(entry.files)
        yield entry
        for file in entry.files:
            found = others.document(file)
            if found is not None:
                inner = of_project(seen_from(others.surroundings, file))
                waiting += _entries(found.data, posixpath.dirname(file), entry.path, inner)


def _entries(data: Any, folder: str, through: Path | None, fill: Interpolation) -> Iterator[Included]:
    """The entries of one file; `through`: what leads to it in the file that is linted."""
    for index, item in enumerate(items(data, "include")[:MOST_INCLUDED]):
        named = item.get("path") if isinstance(item, dict) else item
        paths = named if isinstance(named, list) else [named]
        files = tuple(fill(plain(path)) for path in paths if text({"": path}, "") is not None)
        if files and not any("://" in file or file.startswith(("/", "git@")) for file in files):
            where = through if through is not None else ("include", index)
            yield Included(tuple(posixpath.normpath(posixpath.join(folder, file)) for file in files), where)


def of_included(entry: Included, document: Document, others: Others, fill: Interpolation) -> list[Service]:
    """The services of the files of an entry, those of later ones over earlier."""
    known = [(file, found) for file in entry.files if (found := others.document(file)) is not None]
    declared = [
        Declared(mapping(found.data, "services"), document, file, found, entry.path) for file, found in reversed(known)
    ]
    every = dict.fromkeys(name for one in reversed(declared) for name in one.services)
    names = islice(every, MOST_UNITS + 1)
    return [_joined(name, declared, others, fill, whole=len(known) == len(entry.files)) for name in names]


def _joined(name: str, declared: list[Declared], others: Others, fill: Interpolation, *, whole: bool) -> Service:
    layers: list[Layer] = []
    for one in declared:
        layer = one.layer(name)
        if layer is not None:
            own, found = extended(layer, one.services, others, fill)
            layers += own
            whole = whole and found
    return Service(name, layers, fill, whole)


def top(document: Document, others: Others, key: str) -> Mapping[str, Any]:
    """What is declared under a key of the file, and of those that it is laid over."""
    under = base(document, others)
    below = mapping(under.other.data, key) if under is not None and under.other is not None else {}
    return {**below, **mapping(document.data, key)}


def top_of(entry: Included, others: Others, key: str) -> Mapping[str, Any]:
    """What the files of an entry declare under a key."""
    found: dict[str, Any] = {}
    for file in entry.files:
        document = others.document(file)
        found |= mapping(document.data, key) if document is not None else {}
    return found


def extended_elsewhere(others: Others) -> set[str]:
    """Services that other files of the folder extend: parts of what runs there, which nobody starts by themselves."""
    own = posixpath.basename(others.surroundings.file.replace("\\", "/"))
    if not own or re.fullmatch(rf"{USUAL}(?:\.override)?\.ya?ml", own):
        return set()
    found: set[str] = set()
    for name in mentioning(others.surroundings, "extends"):
        written = others.surroundings.text(name) if name != own else None
        if (
            written is not None
            and "extends" in written
            and re.search(rf"file:\s*[\"']?(?:\./)?{re.escape(own)}", written)
        ):
            found.update(re.findall(r"service:\s*[\"']?([\w.-]+)", written))
    return found
