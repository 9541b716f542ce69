"""Anchors and aliases: what a name stands for, and what it costs to name it once more."""

from __future__ import annotations

from llmlint.document.limits import MAX_DEPTH
from llmlint.document.notes import Notes, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Anchor:
    """A named node. An alias shares its value, and counts as all the nodes in it."""

    __slots__ = ("before", "closed", "deepest", "depth", "event", "height", "nodes", "value")

    def __init__(self, event: Any, value: Any, depth: int, before: int = 0) -> None:
        self.event, self.value = event, value
        self.nodes = 1
        self.height = 0
        """Levels of containers in it, itself included."""
        self.depth = self.deepest = depth
        self.before = before
        self.closed = True


_NOTHING = Anchor(None, None, 0)


class Anchors:
    """The anchors of one document. A name may be given anew; an alias means the latest."""

    __slots__ = ("_by_name", "_notes", "open")

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._by_name: dict[str, Anchor] = {}
        self.open: list[Anchor] = []
        """Of the containers that are being composed; from the outermost."""

    def scalar(self, event: Any, value: Any, depth: int) -> None:
        """Name a scalar."""
        self._by_name[event.anchor] = Anchor(event, value, depth)

    def enter(self, event: Any, value: Any, depth: int, nodes: int) -> None:
        """A collection begins below `depth` others, after so many nodes; called for those without a name too."""
        if event.anchor is not None:
            anchor = Anchor(event, value, depth, nodes)
            anchor.closed = False
            self._by_name[event.anchor] = anchor
            self.open.append(anchor)
        self._reach(depth + 1)

    def leave(self, nodes: int) -> None:
        """The innermost open collection is complete, after so many nodes."""
        anchor = self.open.pop()
        anchor.closed = True
        anchor.nodes = nodes - anchor.before
        anchor.height = anchor.deepest - anchor.depth
        self._reach(anchor.deepest)

    def alias(self, event: Any, depth: int) -> Anchor:
        """What an alias stands for; nothing, with a note, where that cannot be."""
        anchor = self._by_name.get(event.anchor)
        name = quoted(event.anchor)
        if anchor is None:
            self._notes.note(event, f"*{name} is used, but no &{name} stands before it")
            return _NOTHING
        if not anchor.closed:
            begin = self._notes.place(anchor.event)
            self._notes.note(event, f"*{name} stands inside &{name} itself ({begin}): the value would have no end")
            return _NOTHING
        if depth + anchor.height > MAX_DEPTH:
            raise self._notes.refused(event, f"aliases nest values more than {MAX_DEPTH} levels deep")
        self._reach(depth + anchor.height)
        return anchor

    def _reach(self, depth: int) -> None:
        if self.open and self.open[-1].deepest < depth:
            self.open[-1].deepest = depth
