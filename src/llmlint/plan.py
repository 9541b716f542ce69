"""A plan: one deployment, and where in the user's file each of its values was written.

Rules name places in the deployment (`machine.ram`); `Plan.place` finds the lines. A reader of another format gives
`origins`, from deployment path to document path; the native format is its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from llmlint.finding import Path, Span
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.deployment import Deployment
    from llmlint.document import Document


class Plan(NamedTuple):
    """A deployment as it was read from a document."""

    deployment: Deployment
    document: Document
    format: str = "native"
    origins: Mapping[Path, Path] | None = None

    def place(self, paths: Sequence[Path]) -> tuple[Path, Span]:
        """Path and span in the document of the first of `paths` that is written there.

        Where none is, the nearest written ancestor of the first stands in: a key that holds a block, or a
        shorthand value that says it all.
        """
        for path in paths:
            origin = self.origin(path)
            if origin is not None and self.document.holds(origin):
                return origin, self.document.value_span(origin)
        return self._ancestor(paths[0] if paths else ())

    def origin(self, path: Path) -> Path | None:
        """Where the value at a deployment path was written; None if it was not."""
        return path if self.origins is None else self.origins.get(path)

    def _ancestor(self, path: Path) -> tuple[Path, Span]:
        for end in range(len(path) - 1, 0, -1):
            origin = self.origin(path[:end])
            if origin is not None and self.document.holds(origin):
                return origin, self._name(origin)
        return (), self.document.key_span(())

    def _name(self, origin: Path) -> Span:
        """The key of a block, the value of anything else."""
        value = self.document.value_span(origin)
        key = self.document.key_span(origin)
        return key if value.line > key.line else value
