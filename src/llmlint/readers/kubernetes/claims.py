"""Dynamic resource allocation: what the claims of a container ask for, where the file holds them."""

from __future__ import annotations

from typing import Any

from llmlint.finding import Path
from llmlint.readers.kubernetes.cluster import Object, Pod
from llmlint.readers.values import at, items, text, whole
from llmlint.unit import GpuRequest

CLASSES = (
    ("mig.nvidia.com", "nvidia", True),
    ("nvidia.com", "nvidia", False),
    ("amd.com", "amd", False),
    ("gaudi.intel.com", "other", False),
    ("intel.com", "intel", False),
)
"""How the name of a device class ends, whose devices they are, and whether these are slices."""


def claimed(pod: Pod, path: Path, container: dict[str, Any]) -> GpuRequest | None:
    """The devices that a container claims. Where the file does not hold the claim, nobody knows how many of what."""
    found: GpuRequest | None = None
    for index, claim in enumerate(items(container, "resources", "claims")):
        name = text(claim, "name")
        spot = pod.one.spot(*path, "resources", "claims", index)
        held = _claim(pod, name) if name is not None else None
        request = _devices(held, text(claim, "request")) if held is not None else None
        if found is None or (found.number is None and request is not None):
            found = (request or GpuRequest(None, "other", spot))._replace(spot=spot)
    return found


def _claim(pod: Pod, name: str) -> Object | None:
    """The claim, or its template, that the pod calls by a name."""
    for one in items(pod.data, "resourceClaims"):
        if text(one, "name") == name:
            template, claim = text(one, "resourceClaimTemplateName"), text(one, "resourceClaimName")
            if template is not None:
                return pod.cluster.of_kind("ResourceClaimTemplate", template, pod.one.namespace)
            return pod.cluster.of_kind("ResourceClaim", claim or "", pod.one.namespace)
    return None


def _devices(claim: Object, only: str | None) -> GpuRequest | None:
    """The GPUs of a claim, or of one of its requests."""
    outer = ("spec", "spec") if claim.kind == "ResourceClaimTemplate" else ("spec",)
    total, vendor, slices = 0, "", False
    for request in items(claim.data, *outer, "devices", "requests"):
        exact = at(request, "exactly") or request
        device = text(exact, "deviceClassName") or ""
        known = next(((maker, part) for ending, maker, part in CLASSES if device.endswith(ending)), None)
        if known is None or (only is not None and text(request, "name") != only):
            continue
        if text(exact, "allocationMode") == "All":
            return GpuRequest(None, known[0], claim.spot(), known[1])
        total += whole(exact, "count") or 1
        vendor, slices = known
    return GpuRequest(total, vendor, claim.spot(), slices) if vendor else None
