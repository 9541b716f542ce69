"""A plan: one deployment, and where in the user's file each of its values was written.

Rules name places in the deployment (`machine.ram`); `Plan.place` finds the lines. A reader of another format gives
`origins`, from deployment path to the place in the file; the native format is its own.
"""

from __future__ import annotations

from llmlint.finding import Path, Span
from llmlint.tuples import NamedTuple
from llmlint.typed import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from llmlint.deployment import Deployment
    from llmlint.unit import Unit


MOST_DEPLOYMENTS = 100
"""Of a file, so that none takes long."""


class Written(Protocol):
    """A document that knows its places: YAML and JSON (`document.Document`), or a text of another kind."""

    @property
    def index(self) -> int:
        """Place in the file, from 0."""

    @property
    def data(self) -> Any:
        """What it holds, as plain Python."""

    def holds(self, path: Path) -> bool:
        """Whether the path leads to a value."""

    def value_span(self, path: Path) -> Span:
        """Where a value is written; raises KeyError where nothing is."""

    def key_span(self, path: Path) -> Span:
        """Where its key is written."""


class Placed(NamedTuple):
    """A place of a file, found."""

    path: Path
    span: Span
    document: int
    """Index of the document in the file."""
    elsewhere: str = ""
    """The other file for which it stands, and the line there."""


class Spot(NamedTuple):
    """A place in a file: a value of a document, or a stretch of it."""

    document: Written
    path: Path
    span: Span | None = None
    """Where in the value, for a word of a command line; the whole value without it."""
    key: bool = False
    """The key is meant, not its value."""
    elsewhere: str = ""
    """What is meant is written in another file, which the place only names: nothing is to be changed here. The file,
    and the line if it is known (`compose.yaml:12`)."""

    def placed(self) -> Placed:
        """Path and span; those of the nearest ancestor where nothing is written at the path."""
        if self.span is not None:
            return Placed(self.path, self.span, self.document.index, self.elsewhere)
        for end in range(len(self.path), -1, -1):
            path = self.path[:end]
            if self.document.holds(path):
                at_key = self.key or end < len(self.path)
                span = named(self.document, path) if at_key else self.document.value_span(path)
                return Placed(path, span, self.document.index, self.elsewhere)
        return Placed((), Span(1, 1, 1, 1), self.document.index)


class Plan(NamedTuple):
    """A deployment as it was read from a document."""

    deployment: Deployment
    document: Written
    format: str = "native"
    origins: Mapping[Path, Spot] | None = None
    """From deployment path to where it was written; None: they are the same, in `document`."""
    unit: Unit | None = None
    """What the manifest says beside the deployment; None for a native file."""
    bound: str = ""
    """Who named a machine that the file does not: pragma, --machine, configuration; empty for nobody."""

    def place(self, paths: Sequence[Path]) -> Placed:
        """Where the first of `paths` that is written is written.

        Where none is, the nearest written ancestor of the first stands in: a key that holds a block, or a
        shorthand value that says it all; in a manifest at last the unit itself.
        """
        for path in paths:
            spot = self.origin(path)
            if spot is not None and (spot.span is not None or spot.document.holds(spot.path)):
                return spot.placed()
        return self._ancestor(paths[0] if paths else ())

    def origin(self, path: Path) -> Spot | None:
        """Where the value at a deployment path was written; None if it was not."""
        return Spot(self.document, path) if self.origins is None else self.origins.get(path)

    def _ancestor(self, path: Path) -> Placed:
        for end in range(len(path) - 1, 0, -1):
            spot = self.origin(path[:end])
            if spot is not None and spot.span is not None and not spot.path:
                return spot.placed()  # a comment that names the machine
            if spot is not None and spot.document.holds(spot.path):
                return Placed(spot.path, named(spot.document, spot.path), spot.document.index, spot.elsewhere)
        home = self.origins.get(()) if self.origins is not None else None
        return Placed((), self.document.key_span(()), self.document.index) if home is None else home.placed()


def named(document: Written, path: Path) -> Span:
    """The key of a block, the value of anything else."""
    value = document.value_span(path)
    key = document.key_span(path)
    return key if value.line > key.line else value


class Surroundings(NamedTuple):
    """What a reader may ask for beside the documents."""

    file: str = ""
    """The path of the file as the user wrote it; empty for standard input."""
    text: Callable[[str], str | None] = lambda _: None
    """The text of another file, by its path from the folder of this one; None where there is none, or it is not to be
    read: outside the repository, too large, no regular file."""
    covers: Callable[[str], bool] = lambda _: False
    """Whether the same run lints that file too, so that what is wrong with it is told there."""
    names: Callable[[], Sequence[str]] = lambda: ()
    """Names of the manifests in the folder of this one, itself included; none where there are too many of them."""
    kept: Callable[[str, Callable[[], Any]], Any] = lambda _, make: make()
    """What is worked out once for all files of the folder, by its name: made where it is not there yet."""
