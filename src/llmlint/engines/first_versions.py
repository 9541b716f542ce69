"""Which release of an engine first had an architecture, and whether an older one may load it all the same.

The tables are data/models-<engine>.tsv and data/architectures.tsv, written by tools/first_versions.py; each says in its
first lines where it comes from. They are searched as text, and only where a file states the engine's version.
"""

from __future__ import annotations

import os

from llmlint.engines.flag_table import DATA, beside, version_of
from llmlint.engines.versions import Version, shown
from llmlint.once import once
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

ENGINES = ("vllm", "sglang", "llama.cpp", "transformers", "mlx")
"""Engines whose releases were read."""
FIRST_BUILD = 1000
"""llama.cpp: smaller numbers are versions of something that wraps it, and say nothing of its build."""


class Support(NamedTuple):
    """What a release knows of an architecture that it has no implementation of; with one there is no such record."""

    name: str
    """The architecture as the engine names it."""
    first: Version
    """The first release that has it, of those that were read."""
    falls_back: bool
    """The release hands classes that it does not know to Transformers."""
    transformers: Version | None
    """The first release of Transformers with the class; () for older than those that were read, None for none."""
    excluded: bool
    """The release asks for versions of Transformers that do not have the class."""
    always: bool
    """Every version of Transformers that the release takes has the class."""


class Table:
    """First releases of one engine by architecture."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples = tuple(map(version_of, self._head("versions").split()))

    def first(self, name: str) -> Version | None:
        """The first release that has it: () for older than those that were read, None where none of them has."""
        _, found, rest = self.text.partition(f"\n{name}\t")
        return version_of(rest[: rest.find("\n")]) if found else None

    def earliest(self, names: Iterable[str]) -> tuple[Version, str] | None:
        """The first release that has one of several, and which; None where none has."""
        return min(((first, name) for name in names if (first := self.first(name)) is not None), default=None)

    def fallbacks(self, versions: Iterable[Version]) -> list[tuple[Version, Version]]:
        """For those of the versions that fall back to Transformers: the least version of it, and the first too new."""
        wanted = set(versions)
        cells = (cell.split(":") for cell in self._head("fallback").split())
        return [(version_of(least), version_of(limit)) for own, least, limit in cells if version_of(own) in wanted]

    def _head(self, title: str) -> str:
        return self.text.partition(f"\n# {title}: ")[2].partition("\n")[0]


@once
def table(engine: str) -> Table:
    """The table of an engine. Raises OSError where it has none."""
    return Table(_text(f"models-{engine}.tsv"))


@once
def _text(name: str) -> str:
    with open(os.path.join(DATA, name), encoding="utf-8", newline="\n") as file:
        return file.read()


def names(engine: str, model_type: str) -> tuple[str, ...]:
    """The names that an engine may know a model type by; none where nobody has looked."""
    if engine == "mlx":
        return (model_type,)
    line = _text("architectures.tsv").partition(f"\n{model_type}\t")[2].partition("\n")[0]
    classes, _, gguf = line.partition("\t")
    if engine == "llama.cpp":  # a local GGUF file names its own architecture
        return (*gguf.split(), model_type)
    return tuple(classes.split())


@once
def judged(engine: str, model_type: str) -> bool:
    """Whether some release of the engine that was read has the model type."""
    return engine in ENGINES and table(engine).earliest(names(engine, model_type)) is not None


@once
def lacking(engine: str, model_type: str, version: Version) -> Support | None:
    """What an engine's version lacks of a model type; None where it has it, may have it, or nobody knows.

    A version between two that were read lacks what both lack. One that is newer than all that were read lacks nothing,
    and what no release has is not judged: plugins and forks may load it.
    """
    if engine not in ENGINES or (engine == "llama.cpp" and (len(version) != 1 or version[0] < FIRST_BUILD)):
        return None
    known = table(engine)
    named = names(engine, model_type)
    found = known.earliest(named)
    around = beside(known.samples, version)
    if found is None or version > known.samples[-1] or any(found[0] <= sample for sample in around):
        return None
    return _support(found, named, known.fallbacks(around))


def _support(found: tuple[Version, str], named: tuple[str, ...], spans: list[tuple[Version, Version]]) -> Support:
    reached = table("transformers").earliest(named) if spans else None
    since = reached[0] if reached is not None else None
    excluded = since is not None and bool(spans) and all(limit and limit <= since for _, limit in spans)
    always = since is not None and bool(spans) and all(since <= least for least, _ in spans)
    return Support(found[1], found[0], bool(spans), since, excluded, always)


def release(engine: str, version: Version) -> str:
    """A release as the engine's people write it: 0.8.4, b5590."""
    return f"b{shown(version)}" if engine == "llama.cpp" else shown(version)
