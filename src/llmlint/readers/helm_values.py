"""Reads files of Helm values: of the Ollama chart, of app-template, of vLLM's own chart, of charts in their manner.

Anybody's values have an `image`: only where its repository is a known engine's are they taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmlint.readers import production_stack
from llmlint.readers.charts import app_template, engine, ollama
from llmlint.readers.charts.values import Values, of_document
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.values import at, mapping

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings
    from llmlint.unit import Unit

FORMAT = "helm values"
PARTS = ("ollama", "vllm", "vllm-stack")
"""Names under which other charts have these as parts."""


def recognises(data: Any) -> bool:
    """Whether they are values that start an engine."""
    return not ("apiVersion" in data and "kind" in data) and _reader(data) is not None


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The units of all documents."""
    return [unit for document in documents for unit in of_values(of_document(document, surroundings, FORMAT))]


def of_values(values: Values) -> list[Unit]:
    """The units of the values of one release, by the chart that they are for, those of its parts included."""
    reader = _reader(values.data)
    if reader == "parts":
        return [unit for key in _parts(values.data) for unit in of_values(_part(values, key))]
    if reader == "app-template":
        return app_template.units(values)
    if reader == "production-stack":
        return production_stack.of_values(values)
    if reader == "ollama":
        return ollama.units(values)
    place = engine.place(values.data)
    return engine.units(values, place) if place is not None else []


def _reader(data: Any) -> str | None:
    if app_template.recognises(data):
        return "app-template"
    if production_stack.recognises(data):
        return "production-stack"
    if ollama.recognises(data):
        return "ollama"
    if engine.place(data) is not None:
        return "engine"
    return "parts" if _parts(data) else None


def _parts(data: Any) -> list[str]:
    """Keys of charts that the chart depends on, whose values those under the key are: `ollama.ollama.gpu`."""
    return [
        key
        for key in PARTS
        if at(data, key, "enabled") is not False
        and (ollama.recognises(mapping(data, key)) or production_stack.recognises(mapping(data, key)))
    ]


def _part(values: Values, key: str) -> Values:
    outer = values.one
    return values._replace(one=Object(outer.document, (*outer.path, key), mapping(values.data, key)))
