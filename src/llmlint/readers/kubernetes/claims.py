"""Dynamic resource allocation: what the claims of a container ask for, where a file in sight holds them."""

from __future__ import annotations

from typing import Any

from llmlint.finding import Path
from llmlint.readers.kubernetes.cluster import Pod
from llmlint.readers.kubernetes.objects import Object
from llmlint.readers.values import at, items, text, whole
from llmlint.unit import GpuRequest

MOST_DEVICES = 64
"""Of one claim."""
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
        if held is not None and request is not None and held.kind == "ResourceClaim":
            devices = tuple(f"{held.name}/{number}" for number in range(min(request.number or 0, MOST_DEVICES)))
            request = request._replace(devices=devices)
        if found is None or (found.number is None and request is not None):
            found = (request or GpuRequest(None, "other", spot))._replace(spot=spot)
    return found


def _claim(pod: Pod, name: str) -> Object | None:
    """The claim, or its template, that the pod calls by a name."""
    for index, one in enumerate(items(pod.data, "resourceClaims")):
        if text(one, "name") == name:
            spot = pod.one.spot(*pod.path, "resourceClaims", index)
            template, claim = text(one, "resourceClaimTemplateName"), text(one, "resourceClaimName")
            if template is not None:
                return pod.cluster.found("ResourceClaimTemplate", template, pod.one.namespace, spot)
            return pod.cluster.found("ResourceClaim", claim or "", pod.one.namespace, spot)
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
