"""Facts about the model and the number format of its weights."""

from __future__ import annotations

from llmlint.facts.fact import Count, Flag, Group, Number, Place, Places, Text, Words, fact
from llmlint.once import once
from llmlint.quantity import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from llmlint.catalog.rows import Match, Model

ModelStatus: TypeAlias = 'Literal["catalogued", "local", "described", "ambiguous", "closed", "unknown"]'
Category: TypeAlias = 'Literal["text", "coding", "reasoning", "audio", "video", "image", "multimodal", "embedding"]'


class ModelFacts(Group):
    """The model that is run."""

    @fact()
    def match(self) -> Match[Model] | None:
        """What the local files say of the model, else the catalogue of its name. Not for rules."""
        written = self.facts.deployment.model
        path = self._path
        if path is None:
            return self.facts.catalogue.model(written.id) if written.id is not None else None
        local = self._local(path)
        if local.row is not None:
            return local
        # The files may lie on the target machine and not on this one: their name still tells something.
        named = self.facts.catalogue.model(written.id if written.id not in (None, path) else _file_name(path))
        return named if named.row is not None or named.candidates else local

    def _local(self, path: str) -> Match[Model]:
        if not self.facts.catalogue.reads_files:
            from llmlint.catalog.rows import Match

            return Match(path, why="was not looked for: no files are read here")
        from llmlint.catalog.local import local_model

        self.facts.catalogue.looked_at_files += 1
        return local_model(_under(self.facts.folder, path))

    @property
    def _path(self) -> str | None:
        """The local folder or file that the deployment names."""
        written = self.facts.deployment.model
        if written.path is not None:
            return written.path
        return written.id if written.id is not None and _is_path(written.id) else None

    @fact()
    def row(self) -> Model | None:
        """The catalogue's row, or what the local files say. Not for rules."""
        return self.match.row if self.match is not None else None

    @fact()
    def name(self) -> Text:
        """The model as the file names it."""
        written = self.facts.deployment.model
        return written.id or written.path or (count(written.parameters) if written.parameters else "a model")

    @fact("model.id")
    def status(self) -> ModelStatus:
        """What is known of the model.

        catalogued or local: its row or its files; described: by the file's own parameter count; ambiguous: the name
        fits several; closed: the weights are not published; unknown: nothing.
        """
        match = self.match
        if match is not None and match.status == "closed":
            return "closed"
        if match is not None and match.row is not None:
            return "local" if match.basis == "local" else "catalogued"
        if match is not None and match.candidates:
            return "ambiguous"
        return "described" if self.declared_parameters is not None else "unknown"

    @fact()
    def known(self) -> Flag:
        """Whether anything can be estimated: a row, local files or a parameter count."""
        return self.parameters is not None

    @fact("model.parameters")
    def parameters(self) -> Count | None:
        """Parameters that are loaded, all experts included: the file's own figure, else the catalogue's."""
        if self.declared_parameters is not None:
            return self.declared_parameters
        return self.catalogue_parameters if self.status != "closed" else None

    @fact("model.parameters")
    def declared_parameters(self) -> Count | None:
        """The parameter count that the file states, or the one its architecture adds up to."""
        written = self.facts.deployment.model
        if written.parameters is not None or written.architecture is None:
            return written.parameters
        from llmlint.catalog.counting import described_parameters

        return described_parameters(written.architecture)

    @fact("model.id")
    def catalogue_parameters(self) -> Count | None:
        """The parameter count of the catalogue or of the local files; of an ambiguous name if its candidates agree."""
        match = self.match
        if match is None:
            return None
        return match.row.parameters if match.row is not None else match.parameters_agree

    @fact("model.parameters")
    def nominal_billions(self) -> Number | None:
        """Parameters in billions as people speak of them: the catalogue's 8.03 B are 8; one's own count is exact."""
        declared = self.declared_parameters
        if declared is not None and (self.row is None or not _agree(declared, self.row)):
            return declared / 1e9
        if self.parameters is None:
            return None
        billions = self.parameters / 1e9
        named = [float(size) for size in _named_sizes(self.row.id)] if self.row is not None else []
        near = [size for size in named if abs(size - billions) <= billions / 4]  # gemma-7b has 8.54 B
        return near[0] if near else float(round(billions)) if billions >= 1 else billions

    @fact("model.active_parameters")
    def active_parameters(self) -> Count | None:
        """Parameters that one token uses: the file's figure, else the catalogue's; all are resident all the same."""
        written = self.facts.deployment.model.active_parameters
        if written is not None:
            return written
        return self.row.active if self.row is not None else None

    @fact()
    def category(self) -> Category:
        """What kind of model it is: as the file says, else the catalogue (of several if they agree), else text."""
        written = self.facts.deployment.model.category
        if written is not None:
            return written
        kinds = {row.category for row in self._rows}
        return kinds.pop() if len(kinds) == 1 else "text"

    @fact()
    def basis(self) -> Text:
        """Where the figures come from."""
        if self.declared_parameters is not None:
            return "declared"
        return self.match.basis if self.match is not None else "none"

    @fact()
    def disagreement(self) -> Words | None:
        """The counts that contradict the file's: the catalogue's, or those of each model that the name may mean."""
        stated = self.stated_parameters
        match = self.match
        if stated is None or match is None:
            return None
        if all(_agree(stated, row) for row in self._rows):
            return None
        return ", ".join(f"{row.id} has {count(row.parameters or 0)}" for row in self._rows)

    @property
    def _rows(self) -> tuple[Model, ...]:
        """The row of the name, else those that it may mean, as far as their size is known."""
        match = self.match
        if match is None:
            return ()
        rows = (match.row,) if match.row is not None else match.candidates
        return tuple(row for row in rows if row.parameters)

    @fact("model.parameters")
    def stated_parameters(self) -> Count | None:
        """The parameter count that the file states, or that an ambiguous name carries in itself."""
        if self.facts.deployment.model.parameters is not None:
            return self.facts.deployment.model.parameters
        found = _named_sizes(self.name) if self.status == "ambiguous" else []
        return round(float(found[0]) * 1e9) if found else None

    @fact()
    def agrees(self) -> Flag:
        """Whether the stated parameter count is within a tenth of the catalogue's, or is the size its name carries."""
        return self.disagreement is None

    @fact()
    def count_used(self) -> Words:
        """Which of several counts the estimate goes by, in words."""
        if self.parameters is None:
            return "nothing is estimated until the name is clear"
        return f"the estimate goes by {count(self.parameters)}, as the file has it"

    @fact()
    def correction(self) -> Words:
        """What to write instead of the stated count, with the count that one token uses where that was meant."""
        rows, stated = self._rows, self.stated_parameters or 0
        if not rows:
            return "leave the count out, or correct it"
        if len(rows) > 1:
            meant = [row.id for row in rows if _agree(stated, row)] or [row.id for row in rows]
            return f"write {' or '.join(meant)}"
        row = rows[0]
        text = f"parameters: {count(row.parameters or 0).replace(' ', '')}, or leave it out"
        if row.active and abs(stated - row.active) <= row.active / 10:
            text += f"; {count(row.active)} is what one token uses (active_parameters), all experts are resident"
        return text

    @fact()
    def remedy(self) -> Words:
        """How an unknown model becomes known: a name that comes near, or a parameter count, as its name may suggest."""
        written = self.facts.deployment.model.id
        near = self.facts.catalogue.suggest_models(written) if written is not None else ()
        if near:
            return f"did you mean {' or '.join(near)}"
        sizes = _named_sizes(self.name)
        if sizes:
            return f"write `parameters: {sizes[0]}B` beside its id, if its name is right"
        return "write its parameter count beside its id, as in `parameters: 7B`"

    @fact()
    def ignorance(self) -> Words:
        """What is wrong with the name, in words."""
        why = self.match.why if self.match is not None else ""
        return f"{self.name}: {why}" if why else f"nothing is known of {self.name}"

    @fact()
    def why_closed(self) -> Words:
        """Why the model cannot be downloaded."""
        return (self.match.why if self.match is not None else "") or "its weights are not published"

    @fact("model.source")
    def is_local(self) -> Flag:
        """Whether the weights already lie on the machine: `source: local`, a path, or a local file."""
        written = self.facts.deployment.model
        return written.source == "local" or (written.source is None and self._path is not None)

    @fact()
    def ambiguous_places(self) -> Places:
        """The model's name, where it fits several models that differ."""
        match = self.match
        if match is None or match.status != "ambiguous" or match.parameters_agree is not None:
            return ()
        names = ", ".join(f"{row.id} ({count(row.parameters)})" for row in match.candidates if row.parameters)
        return (Place(("model", "id"), f"{self.name} could mean {names}{_because(match.why)}"),)


def _is_path(name: str) -> bool:
    """Whether a model's name is that of a local folder or file: it begins as paths do, or ends with .gguf."""
    return name.startswith(("/", "./", "../", "~")) or name in (".", "..") or name.lower().endswith(".gguf")


def _file_name(path: str) -> str:
    import os.path

    name = os.path.basename(path.rstrip("/"))
    return name[: -len(".gguf")] if name.lower().endswith(".gguf") else name


def _under(folder: str, path: str) -> str:
    import os.path

    return os.path.join(folder, os.path.expanduser(path))


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _agree(stated: int, row: Model) -> bool:
    """Within a tenth, or the nominal size that the row's own name carries (gemma-7b has 8.5 B parameters)."""
    published = row.parameters or 0
    nominal = {round(float(size) * 1e9) for size in _named_sizes(row.id)}
    return abs(stated - published) <= published / 10 or stated in nominal


@once
def _named_sizes(name: str) -> tuple[str, ...]:
    """Billions of parameters that a model's name speaks of: the 67 of DeepSeek-V2-67B."""
    words = "".join(mark if mark.isalnum() or mark in "._" else " " for mark in name).split()
    parts = [(word[:-1], *word[:-1].partition(".")) for word in words if word[-1] in "bB"]
    return tuple(size for size, whole, dot, rest in parts if whole.isdecimal() and (rest.isdecimal() if dot else True))
