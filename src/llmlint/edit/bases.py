"""Where a rule's edits begin in a manifest: the container, its pod, the object, the service."""

from __future__ import annotations

from llmlint.document import Document
from llmlint.edit.stretch import home
from llmlint.finding import Path
from llmlint.plan import Plan

OF_PODS = ("containers", "initContainers")


def base(plan: Plan, name: str) -> tuple[Document, Path] | None:
    """The document and path of a base; None where the format has none of that name."""
    if name == "deployment":
        native = plan.format == "native" and isinstance(plan.document, Document)
        return (plan.document, ()) if native else None  # type: ignore[return-value]
    if plan.unit is None:
        return None
    spot = plan.unit.image.spot if plan.unit.image is not None else plan.unit.home
    document = home(spot.document)
    if not isinstance(document, Document):
        return None
    if name == "document":
        return document, ()
    path = _path(plan.format, name, spot.path)
    return None if path is None else (document, path)


def _path(format: str, name: str, path: Path) -> Path | None:
    if format == "compose":
        return path[:2] if name == "service" and path[:1] == ("services",) and len(path) > 1 else None
    at = next((number for number, step in enumerate(path) if step in OF_PODS), None)
    if at is None:
        return None
    if name == "object":
        return path[:2] if path[:1] == ("items",) else ()
    return {"container": path[: at + 2], "pod": path[:at]}.get(name)
