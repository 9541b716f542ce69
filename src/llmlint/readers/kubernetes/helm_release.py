"""Flux HelmReleases: the values that they hold, read as those of their chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmlint.readers import helm_values, llm_d, production_stack
from llmlint.readers.charts.values import Values
from llmlint.readers.kubernetes.cluster import Cluster
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.values import items, mapping, text
from llmlint.tuples import NamedTuple
from llmlint.unit import Unit

FORMAT = "helmrelease"


class Reader(NamedTuple):
    """What reads the values of a chart."""

    recognises: Callable[[Any], bool]
    of_values: Callable[[Values], list[Unit]]


CHARTS: dict[str, Reader] = {
    "vllm-stack": Reader(production_stack.recognises, production_stack.of_values),
    "llm-d-modelservice": Reader(llm_d.recognises, llm_d.of_values),
}
"""Charts with a reader of their own; those of others are known by what their values are."""


def units(one: Object, cluster: Cluster) -> list[Unit]:
    """The units of the values; those of `valuesFrom` are not seen."""
    data = mapping(one.data, "spec", "values")
    if not data:
        return []
    held = Object(one.document, (*one.path, "spec", "values"), data)
    label = f"HelmRelease/{one.name}" if one.name else "HelmRelease"
    namespace = text(one.data, "spec", "targetNamespace") or one.namespace
    values = Values(held, cluster, FORMAT, label, namespace)
    found = _units(values, chart(one))
    if items(one.data, "spec", "valuesFrom"):
        for unit in found:
            unit.fragment = True
    return found


def chart(one: Object) -> str:
    """The name of the chart, as far as the object says: of a repository's chart, or of the reference to one."""
    named = text(one.data, "spec", "chart", "spec", "chart") or text(one.data, "spec", "chartRef", "name") or ""
    return named.rsplit("/", 1)[-1]


def _units(values: Values, name: str) -> list[Unit]:
    reader = CHARTS.get(name)
    for known in (reader,) if reader is not None else CHARTS.values():
        if known.recognises(values.data):
            return known.of_values(values)
    return helm_values.of_values(values)
