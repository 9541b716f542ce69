"""A container that two objects describe: a runtime or a base, and what a service adds to it."""

from __future__ import annotations

from typing import Any

from llmlint.finding import Path
from llmlint.readers.kubernetes.cluster import Cluster
from llmlint.readers.kubernetes.containers import fill
from llmlint.readers.kubernetes.objects import Object
from llmlint.unit import Amounts, Unit


def lay_over(unit: Unit, one: Object, cluster: Cluster, path: Path, container: dict[str, Any]) -> None:
    """Add what the upper description says: its arguments behind, its variables over, its resources instead."""
    upper = Unit(unit.name, unit.format, unit.home)
    fill(upper, one, cluster, path, container)
    unit.image = upper.image or unit.image
    unit.entrypoint = upper.entrypoint or unit.entrypoint
    if upper.arguments:
        unit.arguments = (*(unit.arguments or ()), *upper.arguments)
    unit.environment = {**unit.environment, **upper.environment}
    unit.environment_complete = unit.environment_complete and upper.environment_complete
    unit.gpus = upper.gpus or unit.gpus
    unit.limits, unit.requests = _amounts(upper.limits, unit.limits), _amounts(upper.requests, unit.requests)
    unit.probes = {**unit.probes, **upper.probes}
    unit.ports = upper.ports or unit.ports


def _amounts(upper: Amounts, lower: Amounts) -> Amounts:
    return Amounts(
        upper.cpu or lower.cpu,
        upper.memory or lower.memory,
        upper.ephemeral_storage or lower.ephemeral_storage,
        upper.gpus or lower.gpus,
    )
