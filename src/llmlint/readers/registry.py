"""Which reader takes a document, by what is in it; a reader is loaded when a document is its own.

A reader of a format is a module with `recognises(data)` and `units(documents, surroundings)`: the units of all
documents of one file that it recognises, which may refer to one another. It knows no rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from llmlint.plans import Surroundings
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.plans import Plan, Spot
    from llmlint.readers.text import TextDocument
    from llmlint.unit import Unit

MENTIONS = (
    *(b"vllm", b"sglang", b"llama", b"text-generation", b"tgi", b"tensorrt", b"trtllm", b"trt-llm", b"trt_llm"),
    *(b"mlx-lm", b"mlx_lm", b"huggingface", b"transformers", b"gguf", b"dynamo", b"nimservice", b"/nim/"),
    *(b"kubeai", b"kaito", b"serving.kserve", b"llminferenceservice", b"llmkube", b"modelservice", b"llm_configs"),
    *(b"model_loading_config", b"backend:", b"context_size", b"base_image", b"truss", b"ai/"),
)
"""Words in small letters of which one is in every file that a reader takes. Anything else is not even parsed."""


OVERLAID = (b"gpu", b"nvidia", b"/dev/", b"shm_size", b"ipc:")
"""What people add to a Compose file for an engine that stands in another."""


__all__ = ["ENTRIES", "TEXTS", "Entry", "Read", "Surroundings", "mentions_engine", "read", "read_text"]


class Entry(NamedTuple):
    """A format."""

    title: str
    """For reports: Compose, Kubernetes."""
    module: str
    fits: Callable[[Any], bool]
    """Whether the keys of a document look like it; cheap, asked of every document that mentions an engine."""


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda data: all(key in data for key in keys)


def _has_any(*keys: str) -> Callable[[Any], bool]:
    return lambda data: not data.keys().isdisjoint(keys)


def _is_object(data: Any) -> bool:
    return isinstance(data.get("apiVersion"), str) and isinstance(data.get("kind"), str)


ENGINE_KEYS = ("vllm", "llm", "sglang", "tgi", "llamacpp", "ollama", "server", "engine", "inference")
"""Keys under which people keep the values of an engine in a chart of several parts."""
ENTRIES: tuple[Entry, ...] = (
    Entry("Kubernetes", "kubernetes", _is_object),
    Entry("Akash", "akash", _has("services", "profiles", "deployment")),
    Entry("Compose", "compose", _has_any("services", "models", "include")),
    Entry("llama-swap", "llama_swap", _has("models")),
    Entry("production-stack", "production_stack", _has("servingEngineSpec")),
    Entry("llm-d", "llm_d", _has("modelArtifacts")),
    Entry("SkyPilot", "skypilot", lambda data: "resources" in data and "run" in data),
    Entry("dstack", "dstack", lambda data: data.get("type") in ("service", "task", "dev-environment")),
    Entry("Helm values", "helm_values", _has_any("image", "controllers", *ENGINE_KEYS)),
    Entry("Ray Serve", "ray_serve", _has_any("applications", "llm_configs", "model_loading_config")),
    Entry("truss", "truss", lambda data: bool({"base_image", "trt_llm", "docker_server", "model_name"} & data.keys())),
    Entry("LocalAI", "localai", lambda data: bool({"parameters", "backend", "config_file"} & data.keys())),
    Entry("Helm values", "helm_values", _has_any("image", "controllers", "vllm-stack", *ENGINE_KEYS)),
)
"""The formats of YAML and JSON documents, asked in this order; the first whose reader takes a document keeps it."""
TEXTS: tuple[tuple[str, str, str], ...] = (
    ("Modelfile", "modelfile", r"(?im)^[ \t]*FROM[ \t]+\S"),
    ("systemd", "systemd", r"(?m)^\[Service\][ \t]*\r?$"),
)
"""Formats that are no YAML: title, module, and what a line of them looks like."""


LONGEST_TEXT = 200_000
"""Characters of a text that is no YAML; a unit of systemd or a Modelfile has a few hundred."""


MOST_VALUES = 20_000
"""Of a document that is all about engines; Kubernetes has objects by the way that hold more."""


class Read(NamedTuple):
    """What the readers made of a file."""

    plans: list[Plan]
    formats: tuple[str, ...] = ()
    """Titles of the formats of its documents, in order, each once."""
    documents: int = 0
    """How many documents a reader took, engines in them or not."""
    too_large: tuple[Spot, ...] = ()
    """Engines with more values than any needs, which are left out."""
    left_out: Spot | None = None
    """The first of those that are left out since there are so many; None where none is."""


def mentions_engine(data: bytes) -> bool:
    """Whether a file is worth a reader's look at all."""
    small = data.lower()
    return any(word in small for word in MENTIONS)


def is_named_by_format(file: str, data: bytes) -> bool:
    """Whether a file's name says that it may be for an engine, whatever is in it.

    A Modelfile may name a model only, and a Compose file that is laid over another, or includes others, nothing at all.
    """
    name = file.rsplit("/", 1)[-1].lower()
    if "modelfile" in name:
        return True
    if "compose" not in name or not name.endswith((".yaml", ".yml")):
        return False
    return b"include:" in data or (b"services" in data and any(word in data for word in OVERLAID))


def read(documents: Sequence[Document], surroundings: Surroundings) -> Read:
    """The plans of a file's documents; empty where no reader takes any."""
    from llmlint.plans import Spot
    from llmlint.readers import native, variables

    variables.next_file()
    taken: dict[str, list[Document]] = {}
    titles: dict[str, str] = {}
    too_large = []
    for document in documents:
        entry = _entry(document.data)
        if entry is not None and entry.module != "kubernetes" and native.is_too_large(document.data, MOST_VALUES):
            too_large.append(Spot(document, ()))
        elif entry is not None:
            taken.setdefault(entry.module, []).append(document)
            titles[entry.module] = entry.title
    found: list[Unit] = []
    formats = []
    for module, own in taken.items():
        units = _module(module).units(own, surroundings)
        found += units
        formats += [titles[module]] if units else []
    made = _plans(found, tuple(formats), sum(map(len, taken.values())) + len(too_large))
    return made._replace(too_large=(*too_large, *made.too_large))


def read_text(text: str, surroundings: Surroundings) -> tuple[Read, TextDocument] | None:
    """The plans of a text that is no YAML, and the text as a document; None where no reader takes it."""
    from llmlint.readers import variables

    variables.next_file()
    for title, module, pattern in TEXTS if len(text) <= LONGEST_TEXT else ():
        if re.search(pattern, text):
            found = _module(module).read(text, surroundings)
            if found is not None:
                units, document = found
                return _plans(units, (title,), 1), document
    return None


def is_too_long(text: str) -> bool:
    """Whether a text that is no YAML looks like one of these formats and is longer than any of them."""
    return len(text) > LONGEST_TEXT and any(re.search(pattern, text) for _, _, pattern in TEXTS)


def _plans(units: Iterable[Unit], formats: tuple[str, ...], documents: int) -> Read:
    from llmlint.readers.bounded import bounded

    plans, too_large, left_out = bounded(units)
    return Read(plans, formats, documents, too_large, left_out)


def _entry(data: Any) -> Entry | None:
    if not isinstance(data, dict):
        return None
    return next(
        (entry for entry in ENTRIES if entry.fits(data) and _module(entry.module).recognises(data)),
        None,
    )


def _module(name: str) -> Any:
    return import_module(f"llmlint.readers.{name}")
