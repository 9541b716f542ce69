"""Where a rule's edits begin in a manifest: the container, its pod, the object, the service."""

from __future__ import annotations

from llmlint.document import Document
from llmlint.edit.stretch import home
from llmlint.finding import Path
from llmlint.plans import Plan

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
    if name == "documents":
        return (document, ()) if plan.format == "kubernetes" else None
    path = _path(plan.format, name, spot.path)
    if name == "object" and path is not None:
        path = _object(document, path)
    return None if path is None else (document, path)


def _path(format: str, name: str, path: Path) -> Path | None:
    if name == "compose":
        return () if format == "compose" else None
    if format == "compose":
        return path[:2] if name == "service" and path[:1] == ("services",) and len(path) > 1 else None
    at = next((number for number, step in enumerate(path) if step in OF_PODS), None)
    if at is None:
        return None
    return {"container": path[: at + 2], "pod": path[:at], "object": path[:at]}.get(name)


def _object(document: Document, path: Path) -> Path | None:
    """The nearest object of Kubernetes around a pod; None where there is none: values of a chart."""
    value, found = document.data, None
    for end in range(len(path) + 1):
        if isinstance(value, dict) and "kind" in value and "apiVersion" in value:
            found = path[:end]
        value = value[path[end]] if end < len(path) else None
    return found
