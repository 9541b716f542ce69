"""Facts about the container's image: what its name points at, how old it is, and what its entry point runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Number, Place, Places, Words, fact

if TYPE_CHECKING:
    from llmlint.engines.releases import Release
    from llmlint.unit import Unit, Word

APPENDED = ("compose", "kubernetes")
"""Formats in which words are passed to the image's entry point where nothing replaces it."""
SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "/usr/bin/bash", "ash", "zsh")

DATED_BY_OTHERS = frozenset({"llama.cpp"})
"""Engines whose releases are known by the day on which somebody took them: they were out by then."""


class ImageFacts(Group):
    """The image."""

    @property
    def _unit(self) -> Unit | None:
        return self.facts.plan.unit

    @fact()
    def is_floating(self) -> Flag:
        """Whether the image's name points at whatever is newest: no tag, or one that moves, and no digest."""
        unit = self._unit
        if unit is None or unit.image is None or "image" in unit.supplies or "build" in unit.notes or unit.fragment:
            return False
        from llmlint import images

        name = unit.image.value
        local = name.endswith((":local", ":dev")) or name.startswith("localhost/")
        return images.is_filled(name) and not local and images.is_floating(name)

    @fact()
    def tag(self) -> Words:
        """The tag of the image as a message says it."""
        from llmlint import images

        tag = images.parts(self._unit.image.value)[1] if self._unit is not None and self._unit.image else ""
        return f"the tag {tag}" if tag else "an image without a tag"

    @fact("engine.version")
    def months_behind(self) -> Number | None:
        """Months from the release of the engine's version to that of the newest that is known."""
        from llmlint.engines.releases import months_behind
        from llmlint.engines.versions import parsed

        name, version = self.facts.engine.name, parsed(self.facts.engine.version)
        return months_behind(name, version) if name is not None and version is not None else None

    @fact()
    def is_dated(self) -> Flag:
        """Whether it is known when the engine's version was released."""
        return self._unit is not None and self.months_behind is not None

    @fact()
    def age(self) -> Words:
        """When the engine's version was released, beside the newest that is known."""
        from llmlint.engines.releases import newest, release
        from llmlint.engines.versions import parsed

        name, version = self.facts.engine.name or "", parsed(self.facts.engine.version)
        found = release(name, version) if version is not None else None
        dated = found is not None and found.version == version and name not in DATED_BY_OTHERS
        return f"{_of(found, exact=dated)}; {self.facts.engine.title} {_newest(newest(name))}"

    @fact()
    def repeated(self) -> Places:
        """Words that launch the engine again, behind an entry point that does so already."""
        unit = self._unit
        first = self._first_argument
        if unit is None or first is None or unit.image is None or unit.launch is None or not unit.launch.program:
            return ()
        from llmlint import images

        known = images.image(unit.image.value)
        if known is None or not known.official or known.entry not in ("server", "program") or "build" in unit.notes:
            return ()
        shell = unit.launch.scripted or first.text in SHELLS
        if known.entry == "program" and not shell and first.text.rsplit("/", 1)[-1] != known.engine:
            return ()  # a command of the program that the image starts: `serve`
        words = first.text.split()[0] if shell else " ".join(word.text for word in unit.launch.program)
        program = () if shell or unit.launch.program[0] != first else unit.launch.program
        others = tuple((word.spot, word.text) for word in program[1:])
        return (Place(("container",), words, first.spot, first.text if program else "", others=others),)

    @property
    def _first_argument(self) -> Word | None:
        """The first word that is passed to the image's entry point; None where it is replaced."""
        unit = self._unit
        if unit is None or unit.format not in APPENDED or unit.entrypoint or not unit.arguments or unit.fragment:
            return None
        return unit.arguments[0]

    @fact()
    def is_not_repeated(self) -> Flag:
        """Whether the entry point's program is launched once."""
        return not self.repeated


def _of(found: Release | None, *, exact: bool) -> str:
    if found is None:
        return "older than all that are known"
    return f"of {found.day}" if exact else f"of {found.day} at the latest"


def _newest(found: Release | None) -> str:
    return f"{found.text} is of {found.day}" if found is not None else "has newer ones"
