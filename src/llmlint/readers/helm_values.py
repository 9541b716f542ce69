"""Reads files of Helm values: of the Ollama chart, of app-template, of vLLM's own chart, of charts in their manner.

Anybody's values have an `image`: only where its repository is a known engine's are they taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmlint.readers.charts import app_template, engine, ollama
from llmlint.readers.charts.values import Values, of_document

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings
    from llmlint.unit import Unit

FORMAT = "helm values"


def recognises(data: Any) -> bool:
    """Whether they are values that start an engine."""
    return not ("apiVersion" in data and "kind" in data) and _reader(data) is not None


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all documents."""
    return [unit for document in documents for unit in of_values(of_document(document, surroundings, FORMAT))]


def of_values(values: Values) -> list[Unit]:
    """The units of the values of one release, by the chart that they are for."""
    reader = _reader(values.data)
    if reader == "app-template":
        return app_template.units(values)
    if reader == "ollama":
        return ollama.units(values)
    place = engine.place(values.data)
    return engine.units(values, place) if place is not None else []


def _reader(data: Any) -> str | None:
    if app_template.recognises(data):
        return "app-template"
    if ollama.recognises(data):
        return "ollama"
    return "engine" if engine.place(data) is not None else None
