"""Looks names up: the user's rows first, then the catalogue's, then what a copy's name says of its model."""

from __future__ import annotations

from llmlint.catalog import decoding
from llmlint.catalog.index import data_file, find, loads, row_at
from llmlint.catalog.keys import LONGEST_NAME, device_key, key, loose_key, vendor, without_host
from llmlint.catalog.rows import Accelerator, Basis, Cpu, Machine, Match, Model, Row
from llmlint.typed import Generic

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence
    from typing import Any

    from llmlint.catalog.own_rows import UserRows
    from llmlint.catalog.processors import Processors
    from llmlint.catalog.suggestion import AnyRow, Kind, Spelling

WITH_MEMORY = r"^(.*?)[\s(_-]*(\d{1,4})\s?Gi?B(?:[\s-](?:unified|class))?\)?$"
"""A device's name with its memory at the end. Compiled only where a name is not known as it stands."""
SHARED_LABEL = "-SHARED"
"""What the GPU feature discovery adds to the label of a device that pods share."""
DTYPES = {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}
GIB = 2**30
MOST_SUGGESTED = 30
"""Names of one file that near misses are sought for, which takes some milliseconds each."""


class Table(Generic[Row]):
    """One kind of row: its files, how its objects become rows, and the user's changes to it."""

    def __init__(
        self, kind: str, decode: Callable[[dict[str, Any]], Row], keys: Callable[[str], Sequence[str]]
    ) -> None:
        self.index = data_file(f"{kind}s.index")
        self.data = data_file(f"{kind}s.jsonl")
        self.decode: Callable[[dict[str, Any]], Row] = decode
        self.keys = keys
        self.own: dict[str, Row] = {}

    def find(self, name: str) -> Match[Row] | None:
        """The row, or the candidates, that a name leads to as it stands; None if to nothing."""
        for name_key in self.keys(name):
            if name_key in self.own:
                return Match(name, self.own[name_key], "user")
        for name_key in self.keys(name):
            found = find(self.index, name_key) if name_key else None
            if found is not None:
                return self._match(name, found[0], int(found[1]))
        return None

    def _match(self, name: str, basis: str, offset: int) -> Match[Row]:
        if basis == "ambiguous":
            row = row_at(data_file("ambiguous.jsonl"), offset)
            return Match(name, None, "none", tuple(map(self.by_id, row["candidates"])), row["why"])
        found = self.decode(row_at(self.data, offset))
        own = self.own.get(key(found.id))
        if own is not None:
            return Match(name, own, "user")
        return Match(name, found, "catalogue" if basis == "catalogue" else "alias")

    def by_id(self, row_id: str) -> Row:
        """The row of an id that is known to exist."""
        match = self.find(row_id)
        assert match is not None, row_id
        assert match.row is not None, row_id
        return match.row


class Catalogue:
    """What is known of models, accelerators, machine types and processors. Nothing is read before it is asked for."""

    def __init__(self, user: Sequence[UserRows] = (), *, reads_files: bool = True) -> None:
        self.reads_files = reads_files
        """Whether models in files that a plan names may be read."""
        self.looked_at_files = 0
        """How often that was done: an answer that rests on such files is not known by the text that names them."""
        self.models = Table("model", decoding.model, lambda name: (key(name), loose_key(name)))
        self.accelerators = Table("accelerator", decoding.accelerator, lambda name: (key(name), device_key(name)))
        self.machines = Table("machine", decoding.machine, lambda name: (key(name),))
        self._models: dict[str, Match[Model]] = {}
        self._accelerators: dict[str, Match[Accelerator]] = {}
        self._machines: dict[str, Match[Machine]] = {}
        self._processors: Processors | None = None
        self._cpus: dict[str, Cpu | None] = {}
        self._suggested: dict[tuple[Kind, str], tuple[str, ...]] = {}
        self.spellings: dict[Kind, list[Spelling]] = {}
        self._working_set: dict[str, dict[str, float]] | None = None
        for rows in user:
            from llmlint.catalog.own_rows import lay_over

            lay_over(self, rows)

    def model(self, name: str) -> Match[Model]:
        """The model of that name: an id, an alias, an Ollama tag, or a copy of one."""
        if name not in self._models:
            self._models[name] = self._model(name)
        return self._models[name]

    def _model(self, name: str) -> Match[Model]:
        if len(name) > LONGEST_NAME:
            return Match(name)
        plain = without_host(name.strip())
        found = self.models.find(plain)
        if found is not None:
            return self._settled(name, found, found.basis, None, ":" not in plain)
        from llmlint.catalog.closed import closed

        refused = closed(plain)
        return refused._replace(name=name) if refused is not None else self._copy(name, plain)

    def _copy(self, name: str, plain: str) -> Match[Model]:
        """The model whose quantised or mirrored copy the name is."""
        from llmlint.catalog.derived import origins

        for origin in origins(plain):
            found = self.models.find(origin.base)
            if found is not None:
                basis: Basis = found.basis if origin.exact else "derived-from-name"
                if basis == "catalogue":
                    basis = "alias"
                if origin.context is not None and found.row is not None:
                    found = found._replace(row=found.row._replace(max_ctx=origin.context))
                return self._settled(name, found, basis, origin.precision, False)
        return Match(name)

    def _settled(
        self, name: str, found: Match[Model], basis: Basis, precision: str | None, own_precision: bool
    ) -> Match[Model]:
        """The answer under the name asked for, with what the candidates share where there are several.

        Without `own_precision` the row's own number format is not used: its copy has another.
        """
        if found.row is None:
            from llmlint.catalog import candidates

            return candidates.models(name, found.candidates, found.why, precision)
        if precision is None and (own_precision or _made_in_few_bits(found.row)):
            precision = _own_precision(found.row)
        return Match(name, found.row, basis, precision=precision)

    def accelerator(self, name: str) -> Match[Accelerator]:
        """The accelerator of that name: as marketed, as the driver prints it, or as a node's label has it."""
        if name not in self._accelerators:
            self._accelerators[name] = self._accelerator(name)
        return self._accelerators[name]

    def _accelerator(self, name: str) -> Match[Accelerator]:
        if len(name) > LONGEST_NAME:
            return Match(name)
        plain = name.strip().removesuffix(SHARED_LABEL)
        found = self.accelerators.find(plain)
        if found is None and (sized := _with_memory(plain)):
            found = self._of_size(sized[1], int(sized[2]) * GIB)
        if found is None:
            return Match(name)
        rows = (found.row,) if found.row is not None else found.candidates
        said = vendor(plain)
        if rows and found.basis != "user" and said is not None and all(row.vendor != said for row in rows):
            return Match(name, why=f"{rows[0].name} is not made by {said}")
        if found.row is None and found.candidates:
            from llmlint.catalog import candidates

            return candidates.accelerators(name, found.candidates, found.why)
        return found._replace(name=name)

    def _of_size(self, name: str, memory: int) -> Match[Accelerator] | None:
        """The device of that name with so much memory: one of several sizes, or a chip that shares the machine's."""
        found = self.accelerators.find(name)
        if found is None:
            return None
        if found.row is not None and found.row.unified and found.row.memory_bytes is None:
            basis: Basis = "user" if found.basis == "user" else "alias"
            return Match(name, found.row._replace(memory_bytes=memory), basis)
        rows = (found.row,) if found.row is not None else found.candidates
        fitting = tuple(row for row in rows if row.memory_bytes == memory)
        if len(fitting) == 1:
            return Match(name, fitting[0], "user" if found.basis == "user" else "alias")
        if fitting:
            return found._replace(candidates=fitting)
        sizes = " or ".join(sorted({f"{row.memory_bytes // GIB} GB" for row in rows if row.memory_bytes is not None}))
        return Match(name, why=f"{name.strip()} has {sizes}, not {memory // GIB} GB") if sizes else None

    def machine(self, name: str) -> Match[Machine]:
        """The cloud's machine type of that name, with its provider (`aws/g6.xlarge`) or without."""
        if name not in self._machines:
            found = self.machines.find(name.strip()) if len(name) <= LONGEST_NAME else None
            self._machines[name] = found._replace(name=name) if found is not None else Match(name)
        return self._machines[name]

    def cpu(self, name: str) -> Cpu | None:
        """What the processor's name says of it; None where no rule knows such a name."""
        if self._processors is None:
            from llmlint.catalog.processors import Processors

            self._processors = Processors()
        if name not in self._cpus:
            self._cpus[name] = self._processors.read(name)
        return self._cpus[name]

    def apple_fraction(self, ram: int) -> float | None:
        """The fraction of so many bytes of RAM that an Apple GPU may use by default; None below 8 GB.

        As newer macOS reported it where it was seen for that size, else older macOS; sizes between two that were seen
        go by the smaller one.
        """
        if self._working_set is None:
            with open(data_file("apple_working_set.json"), "rb") as file:
                self._working_set = loads(file.read())
        seen = self._working_set["older_macos"] | self._working_set["newer_macos"]
        sizes = [size for size in map(int, seen) if size * GIB <= ram]
        return seen[str(max(sizes))] if sizes else None

    def suggest_models(self, name: str) -> tuple[str, ...]:
        """At most three ids that come near an unknown name, of the same size and generation. Slow."""
        return self._near("model", name)

    def suggest_accelerators(self, name: str) -> tuple[str, ...]:
        """At most three accelerators that come near an unknown name. Slow."""
        return self._near("accelerator", name)

    def suggest_machines(self, name: str) -> tuple[str, ...]:
        """At most three machine types that come near an unknown name. Slow."""
        return self._near("machine", name)

    def next_file(self) -> None:
        """Forget the names of the last file: each has suggestions for its first names, whatever came before."""
        self._suggested.clear()

    def _near(self, kind: Kind, name: str) -> tuple[str, ...]:
        known = self._suggested.get((kind, name))
        if known is not None:
            return known
        if len(self._suggested) >= MOST_SUGGESTED:
            return ()
        from llmlint.catalog.suggestion import near

        found = self._suggested[kind, name] = near(self, kind, name)
        return found

    def search(self, kind: Kind, words: Sequence[str]) -> list[AnyRow]:
        """Rows of a kind that hold all words, best first; all rows without words. Slow."""
        from llmlint.catalog.suggestion import search

        return search(self, kind, words)


def _made_in_few_bits(row: Model) -> bool:
    """Whether the model is published in four bits and nothing else, so that its copies and tags are too (gpt-oss)."""
    return row.quant is not None and row.quant.precision in ("mxfp4", "nvfp4")


def _own_precision(row: Model) -> str | None:
    """The number format of the checkpoint itself."""
    if row.quant is not None:
        return row.quant.precision
    return DTYPES.get(row.dtype or "")


def _with_memory(name: str) -> re.Match[str] | None:
    """A device's name and the memory that stands at its end."""
    import re

    return re.match(WITH_MEMORY, name, re.IGNORECASE | re.DOTALL)
