"""How a finding is mended: what its rule's `edit` says, carried out at the place that the finding is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import Any

from llmlint.document import Document
from llmlint.document.spots import entries
from llmlint.edit import keys, words
from llmlint.edit.bases import base
from llmlint.edit.patch import Patch
from llmlint.edit.stretch import Stretch, home, stretch, text_of
from llmlint.facts import Facts
from llmlint.facts.fact import Place
from llmlint.finding import Fix, Path, TextEdit
from llmlint.plans import Spot
from llmlint.rule import RuleEdit, Step
from llmlint.tuples import NamedTuple

PLACEHOLDER = r"(?<!\{)\{([a-z_]+(?:\.[a-z_]+)?)\}"
NUMBER = r"\d+(?:\.\d+)?"
AT_PLACE = ("place", "beside")
AT_KEYS = ("set", "append", "exchange")
MOST_FIXES = 500
"""That are worked out for one file; what is behind them is mended by another run."""
BEHIND = -1
"""The index of documents that a fix puts behind the last one."""


class _Made(NamedTuple):
    """Patches of one step, the document they are in, and the path below which they change values."""

    patches: Sequence[Patch]
    document: Any
    path: Path
    numbered: int | None = None
    """Of the document, where that is a new one."""


def fix(edit: RuleEdit, facts: Facts, place: Place) -> Fix | None:
    """The fix of one finding; None where it cannot be made safely, or the place does not tell what to write."""
    facts.tries.fixes += 1
    if facts.tries.fixes > MOST_FIXES:
        return None
    mender = _Mender(facts, place)
    found: list[tuple[Patch, int]] = []
    within: list[tuple[int, Path]] = []
    for step in edit.steps:
        made = mender.step(step)
        if made is None:
            return None
        if made.document is not None:
            if text_of(made.document)[0] is not text_of(facts.plan.document)[0]:
                return None
            own = home(made.document)
            index = own.index if made.numbered is None else made.numbered
            within.append((index, made.path if isinstance(own, Document) else ()))
            found += [(patch, len(made.path)) for patch in made.patches if patch != (patch.start, patch.start, "")]
    if not found:
        return None
    found.sort(key=lambda one: (one[0].start, one[0].end, -one[1]))  # of lines at one offset the deeper come first
    lines = text_of(facts.plan.document)[1]
    edits = [TextEdit(one.start, one.end, one.text, lines.span(one.start, one.end)) for one, _ in found]
    apart = all(one.end <= other.start for one, other in pairwise(edits))
    return Fix(_is_safe(edit, facts), tuple(edits), tuple(dict.fromkeys(within))) if apart else None


def _is_safe(edit: RuleEdit, facts: Facts) -> bool:
    return edit.safe and (not edit.unsafe_where or attrgetter(edit.unsafe_where)(facts) is False)


class _Mender:
    """Carries out steps for one finding. A step for another format has no document: it is passed over."""

    def __init__(self, facts: Facts, place: Place) -> None:
        self.facts, self.place = facts, place

    def step(self, step: Step) -> _Made | None:
        """One step; None where it cannot be carried out."""
        if step.base in AT_PLACE:
            spot = self._spot()
            if spot is not None and spot.elsewhere:
                return None  # what it stands for is written in another file
            if spot is not None and step.base == "beside":
                spot = spot._replace(path=spot.path[:-1])
            return None if spot is None else self._at_place(step, spot)
        start = base(self.facts.plan, step.base)
        if start is None:
            return _Made((), None, ())
        if step.base == "documents":
            return self._another(step, start[0])
        below = tuple(self.filled(one) for one in step.path)
        return self._keyed(step, start[0], (*start[1], *below)) if None not in below else None  # type: ignore[arg-type]

    def _another(self, step: Step, document: Document) -> _Made | None:
        """One more document at the end of the file."""
        value = self._data(step.value)
        patch = keys.another(document, text_of(document)[0], value) if value is not None else None
        return None if patch is None else _Made((patch,), document, (), BEHIND)

    def _spot(self) -> Spot | None:
        if isinstance(self.place.edited, Spot):
            return self.place.edited
        if self.place.spot is not None and not self.place.edited:
            return self.place.spot
        return self.facts.plan.origin(self.place.edited or self.place.path)

    def _at_place(self, step: Step, spot: Spot) -> _Made | None:
        if step.path or step.action in AT_KEYS:
            document, path = home(spot.document), (*spot.path, *step.path)
            there = spot.span is None and document.holds(path[:-1])  # at a place nothing is made but the key itself
            return self._keyed(step, document, path) if there else None
        if step.action == "replace" and isinstance(self.place.replacement, (list, dict)):
            return self._put(spot, self.place.replacement)
        entry = self._entry(spot)
        if entry is not None:
            spot = spot._replace(path=(*entry, "name"))
        at = stretch(spot)
        if step.action == "remove":
            return self._removed(spot, at)
        new = self.filled(step.value)
        if at is None or new is None:
            return None
        if step.action == "rename" and new == "":
            return self._removed(spot, at)
        patch = words.renamed(at, self.place.written, str(new)) if step.action == "rename" else self._replaced(at, new)
        return None if patch is None else _Made((patch,), spot.document, spot.path[:-1])

    def _replaced(self, at: Stretch, new: object) -> Patch | None:
        if self.place.written and not words.says(at, self.place.written):
            return None
        if not self.place.written and not at.whole:
            return None
        if at.document is not None and at.whole and not isinstance(new, (str, tuple)):
            return keys.put(at.document, at.text, at.path, new)  # type: ignore[arg-type]
        if at.whole and isinstance(new, str) and re.fullmatch(NUMBER, at.raw) and re.fullmatch(NUMBER, new):
            return Patch(at.start, at.end, new)  # a number stays one, not a text
        return words.replaced(at, new if isinstance(new, tuple) else (str(new),))

    def _put(self, spot: Spot, new: Any) -> _Made | None:
        """A list or mapping at a place of a file of our own, whatever is there."""
        document = home(spot.document)
        if not isinstance(document, Document) or spot.span is not None or not document.holds(spot.path[:-1]):
            return None
        patch = keys.put(document, text_of(document)[0], spot.path, new)
        return None if patch is None else _Made((patch,), document, spot.path[:-1])

    def _entry(self, spot: Spot) -> Path | None:
        """The path of a `- name: X` of Kubernetes that sets the variable; None where it is something else."""
        document, name = home(spot.document), self.place.written
        if not isinstance(document, Document) or spot.span is not None or not name:
            return None
        for path in (spot.path, spot.path[:-1]):
            found = document.data
            for step in path if document.holds(path) else ():
                found = found[step]
            if isinstance(found, dict) and found.get("name") == name and path and isinstance(path[-1], int):
                return path
        return None

    def _removed(self, spot: Spot, at: Stretch | None) -> _Made | None:
        document = home(spot.document)
        entry = self._entry(spot)
        if entry is not None and at is not None:
            patches = words.removed([at._replace(path=entry)])
            return None if patches is None else _Made(patches, document, entry[:-1])
        if spot.span is None and isinstance(document, Document) and spot.path and isinstance(spot.path[-1], str):
            if at is None or not self._is_inside(at):
                patch = keys.dropped(document, text_of(document)[0], spot.path)
                return None if patch is None else _Made((patch,), document, spot.path[:-2])
            inside = words.following(at, self.place.written, self.place.more)
            patches = words.removed([inside]) if inside is not None else None
            return None if patches is None else _Made(patches, document, spot.path[:-1])
        places = self._with_more(at)
        if not places:
            return None
        patches = words.removed(places)
        if patches is None and isinstance(document, Document) and _are_all(document, places):
            patch = keys.dropped(document, places[0].text, spot.path[:-1])
            patches = None if patch is None else [patch]
        return None if patches is None else _Made(patches, document, spot.path[:-2])

    def _is_inside(self, at: Stretch) -> bool:
        """Whether a word of the value is meant, not the whole of it."""
        name = self.place.written
        return bool(name) and not words.is_key(at, name) and words.renamed(at, name, name) is not None

    def _with_more(self, at: Stretch | None) -> list[Stretch] | None:
        """The word at the place and its values; None where one is not written as the engine reads it."""
        if at is None or not self.place.written or not words.begins(at, self.place.written):
            return None
        if self.place.more and not self.place.written.startswith("-"):
            return None
        found = [at]
        for other, word in self.place.others:
            with_it = stretch(other)
            if with_it is None or not words.says(with_it, word):
                return None
            found.append(with_it)
        if not self.place.more:
            return found
        *above, index = self.place.path
        engine = self.facts.deployment.engine
        args = engine.args if engine is not None else None
        if not isinstance(index, int) or not isinstance(args, list):
            return None
        for number in range(index + 1, index + 1 + self.place.more):
            beside = self.facts.plan.origin((*above, number))
            more = stretch(beside) if beside is not None and number < len(args) else None
            if more is None or not words.says(more, _plain(args[number])):
                return None
            found.append(more)
        return found

    def _keyed(self, step: Step, document: Any, path: Path) -> _Made | None:
        if not isinstance(document, Document):
            return None
        text = text_of(document)[0]
        if step.action == "remove":
            patch = keys.dropped(document, text, path)
        else:
            value = self._data(step.value)
            if value is None:
                return None
            put = keys.listed if step.base == "service" else keys.put
            make = {"set": put, "append": keys.added, "exchange": keys.exchanged}[step.action]
            patch = make(document, text, path, value)
        inside = path[:-1] if step.action in ("remove", "exchange") else path
        return None if patch is None else _Made((patch,), document, _holder(document, inside))

    def _data(self, value: object) -> Any:
        """A rule's data with facts filled in; None where one is unknown."""
        if isinstance(value, dict):
            filled = {key: self._data(item) for key, item in value.items()}
            return None if None in filled.values() else {key: item for key, item in filled.items() if item != ""}
        if isinstance(value, list):
            items = [self._data(item) for item in value]
            return None if None in items else items
        return self.filled(value)

    def filled(self, value: object) -> object | None:
        """A text with facts in place; alone they keep their kind. None where one is unknown."""
        if not isinstance(value, str):
            return value
        alone = re.fullmatch(PLACEHOLDER, value)
        if alone is not None:
            return self._value(alone[1])
        values = {name: self._value(name) for name in re.findall(PLACEHOLDER, value)}
        if None in values.values():
            return None
        filled = re.sub(PLACEHOLDER, lambda match: str(values[match[1]]), value)
        return filled.replace("{{", "{").replace("}}", "}")

    def _value(self, name: str) -> object | None:
        if name == "place":
            return self.place.text
        found: object = self.place.replacement if name == "place.replacement" else attrgetter(name)(self.facts)
        return found


def _are_all(document: Document, places: Sequence[Stretch]) -> bool:
    """Whether these are the items of a list, and all of them."""
    whole = all(at.whole and isinstance(at.path[-1], int) for at in places)
    return whole and len(entries(document, places[0].path[:-1])) == len(places)


def _holder(document: Document, path: Path) -> Path:
    """The nearest container that there is, in which a path's value is or will be."""
    path = path[:-1]
    while not document.holds(path):
        path = path[:-1]
    return path


def _plain(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
