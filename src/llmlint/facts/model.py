"""Facts about the model and the number format of its weights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from llmlint.facts.fact import Count, Flag, Group, Number, Place, Places, Text, fact
from llmlint.precision import EIGHT, FEW, FORMATS
from llmlint.quantity import count

if TYPE_CHECKING:
    from llmlint.catalog.rows import Match, Model

NAMED_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)b(?![\w.])", re.IGNORECASE)
"""A parameter count inside a model's name: the 67B of DeepSeek-V2-67B."""

ModelStatus = Literal["catalogued", "local", "described", "ambiguous", "closed", "unknown"]
Category = Literal["text", "coding", "reasoning", "audio", "video", "image", "multimodal", "embedding"]


class ModelFacts(Group):
    """The model that is run."""

    @fact()
    def match(self) -> Match[Model] | None:
        """What the catalogue, or the local files, say of the name. Not for rules."""
        written = self.facts.deployment.model
        local = self._local_path()
        if local is not None:
            from llmlint.catalog.local import local_model

            return local_model(local)
        return self.facts.catalogue.model(written.id) if written.id is not None else None

    def _local_path(self) -> str | None:
        from llmlint.catalog.paths import is_local

        written = self.facts.deployment.model
        if written.path is not None:
            return _under(self.facts.folder, written.path)
        if written.id is not None and is_local(written.id):
            return _under(self.facts.folder, written.id)
        return None

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

        catalogued or local: its row or its files; described: by the file's own parameter count; ambiguous: the name fits
        several; closed: the weights are not published; unknown: nothing.
        """
        match = self.match
        if match is not None and match.row is not None:
            if not match.row.downloadable:
                return "closed"
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
        """Parameters in billions as people speak of them: the catalogue's 8.03 B is an 8 B model, a stated count is exact."""
        if self.declared_parameters is not None:
            return self.declared_parameters / 1e9
        if self.parameters is None:
            return None
        return float(max(round(self.parameters / 1e9), 1)) if self.parameters >= 1e9 else self.parameters / 1e9

    @fact()
    def category(self) -> Category:
        """What kind of model it is: as the file says, else the catalogue, else text."""
        written = self.facts.deployment.model.category
        if written is not None:
            return written
        return self.row.category if self.row is not None else "text"

    @fact()
    def basis(self) -> Text:
        """Where the figures come from."""
        if self.facts.deployment.model.parameters is not None:
            return "declared"
        return self.match.basis if self.match is not None else "none"

    @fact()
    def disagreement(self) -> Text | None:
        """The counts that contradict the file's: the catalogue's, or those of each model that the name may mean."""
        stated = self.stated_parameters
        match = self.match
        if stated is None or match is None or match.basis == "local":
            return None
        rows = (match.row,) if match.row is not None else match.candidates
        others = [row for row in rows if row.parameters and not _agree(stated, row, self.name)]
        if not others:
            return None
        return ", ".join(f"{row.id} has {count(row.parameters)}" for row in others if row.parameters)

    @fact("model.parameters")
    def stated_parameters(self) -> Count | None:
        """The parameter count that the file states, or that an ambiguous name carries in itself."""
        if self.facts.deployment.model.parameters is not None:
            return self.facts.deployment.model.parameters
        found = NAMED_SIZE.search(self.name.replace("-", " ")) if self.status == "ambiguous" else None
        return round(float(found[1]) * 1e9) if found else None

    @fact()
    def agrees(self) -> Flag:
        """Whether the stated parameter count is within a tenth of the catalogue's, or is the size its name carries."""
        return self.disagreement is None

    @fact()
    def suggestions(self) -> Text:
        """Names that the catalogue knows and that come near the one written."""
        written = self.facts.deployment.model.id
        near = self.facts.catalogue.suggest_models(written) if written is not None else ()
        return f"did you mean {' or '.join(near)}? Else" if near else ""

    @fact()
    def why_closed(self) -> Text:
        """Why the model cannot be downloaded."""
        return self.match.why if self.match is not None else ""

    @fact("model.source")
    def is_local(self) -> Flag:
        """Whether the weights already lie on the machine: `source: local`, a path, or a local file."""
        written = self.facts.deployment.model
        return written.source == "local" or (written.source is None and self._local_path() is not None)

    @fact()
    def ambiguous_places(self) -> Places:
        """The model's name, where it fits several models that differ."""
        match = self.match
        if match is None or not match.candidates or match.parameters_agree is not None:
            return ()
        names = ", ".join(f"{row.id} ({count(row.parameters)})" for row in match.candidates if row.parameters)
        return (Place(("model", "id"), f"{self.name} could mean {names}{_because(match.why)}"),)


def _under(folder: str, path: str) -> str:
    import os.path

    return os.path.join(folder, os.path.expanduser(path))


def _because(why: str) -> str:
    return f" ({why})" if why else ""


def _agree(stated: int, row: Model, name: str) -> bool:
    """Within a tenth, or the nominal size that the row's own name carries (gemma-7b has 8.5 B parameters)."""
    assert row.parameters
    nominal = {round(float(size) * 1e9) for size in NAMED_SIZE.findall(row.id.replace("-", " "))}
    return abs(stated - row.parameters) <= row.parameters / 10 or stated in nominal


class PrecisionFacts(Group):
    """The number format of the weights."""

    @fact("precision.weights")
    def weights(self) -> Text:
        """Format of the weights: as the file says, else the checkpoint's own, else fp16."""
        written = self.facts.deployment.precision
        if written is not None and written.weights is not None:
            return written.weights
        match = self.facts.model.match
        own = match.precision if match is not None else None
        return own or "fp16"

    @fact()
    def stated(self) -> Flag:
        """Whether the file or the checkpoint states the format; else fp16 is assumed."""
        written = self.facts.deployment.precision
        match = self.facts.model.match
        return (written is not None and written.weights is not None) or (match is not None and bool(match.precision))

    @fact()
    def shown(self) -> Text:
        """The format for messages, with "assumed" where nobody stated it."""
        return self.weights if self.stated else f"{self.weights}, assumed"

    @fact()
    def bits(self) -> Number:
        """Bits a parameter."""
        return FORMATS[self.weights].bits

    @fact()
    def few_bits(self) -> Flag:
        """Whether a parameter has five bits or less, which may cost accuracy, and the model was not made that way."""
        row = self.facts.model.row
        native = row is not None and row.quant is not None and self.facts.model.match_precision == self.weights
        return FORMATS[self.weights].accuracy == FEW and self.bits <= 5 and not native

    @fact()
    def is_full(self) -> Flag:
        """Whether the weights are kept in 32 bits."""
        return self.bits >= 32

    @fact()
    def safer(self) -> Text:
        """The most accurate format that the memory at hand still holds, in words."""
        estimate = self.facts.estimate
        if estimate.offered is None:
            return "int8 or fp16, where the memory allows"
        for name in ("fp16", "int8"):
            needed = estimate.at_precision(name)
            if needed is not None and needed.total <= estimate.offered:
                return f"{name} still fits ({needed.text} of {estimate.offered_text})"
        smallest = estimate.at_precision("int8")
        at = f" ({smallest.text} of {estimate.offered_text})" if smallest is not None else ""
        return f"no safer precision fits: int8 would be the next{at}"


