"""Facts about the container around an engine: who may reach it, what it may do, and what a script installs in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from llmlint.facts.fact import Flag, Group, Place, Places, fact
from llmlint.finding import Path, Span
from llmlint.plans import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmlint.unit import Unit

KEYS = {
    "vllm": ("--api-key", "VLLM_API_KEY"),
    "sglang": ("--api-key", "SGLANG_API_KEY"),
    "llama.cpp": ("--api-key", "LLAMA_API_KEY", "LLAMA_ARG_API_KEY", "--api-key-file"),
    "tgi": ("--api-key", "API_KEY"),
}
"""How an engine is told the key that it asks of its clients."""
SCRIPTS = {"skypilot": ("setup", "run"), "dstack": ("setup", "commands", "init")}
INSTALL = (
    r"(?:pip3?|uv pip|python3? -m pip)[ \t]+install(?:[^\S\n]|\\\n|[^\s;&|#])*?[^\S\n]"
    r"['\"]?(vllm|sglang)(?:\[[\w,-]*\])?(?:>=?[\w.]+)?['\"]?"
    r"(?=\s|$|;|&)"
)
"""An engine's package without a version."""


class ContainerFacts(Group):
    """The container."""

    @property
    def _unit(self) -> Unit | None:
        return self.facts.plan.unit

    def _noted(self, name: str, text: str = "") -> Places:
        unit = self._unit
        if unit is None or name not in unit.notes:
            return ()
        said = unit.notes[name]
        return (Place(("container",), text or said.value, said.spot),)

    @fact()
    def privileged(self) -> Places:
        """Where the container is given all rights of the host."""
        return self._noted("privileged")

    @fact()
    def is_confined(self) -> Flag:
        """Whether the container has no rights over the host."""
        return not self.privileged

    @fact()
    def version_key(self) -> Places:
        """The key `version` of Compose, which nothing reads any more."""
        return self._noted("version-key")

    @fact()
    def has_no_version_key(self) -> Flag:
        """Whether a file of Compose goes without the key `version`."""
        return not self.version_key

    @fact()
    def open(self) -> Places:
        """Where a server that asks for no key is opened to other machines."""
        unit, names = self._unit, KEYS.get(self.facts.engine.name or "", ())
        if unit is None or not names or unit.launch is None or unit.launch.scripted or not unit.environment_complete:
            return ()
        words = [word.text.partition("=")[0].replace("_", "-") for word in unit.launch.words]
        if any(name in words or name in unit.environment for name in names) or any("$" in word for word in words):
            return ()
        return self._noted("published")

    @fact()
    def is_guarded(self) -> Flag:
        """Whether a server that other machines reach asks for a key, as far as the file tells."""
        return not self.open

    @fact()
    def unpinned(self) -> Places:
        """Where a script installs the engine without a version."""
        unit = self._unit
        if unit is None or unit.version is not None or unit.format not in SCRIPTS:
            return ()
        document: Any = unit.home.document
        found = [_install(document, path, text) for path, text in _scripts(document.data, SCRIPTS[unit.format])]
        return tuple(place for place in found if place is not None)[:1]

    @fact()
    def is_pinned(self) -> Flag:
        """Whether scripts install the engine at a version, or do not install it."""
        return not self.unpinned


def _scripts(data: Any, keys: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    for key in keys:
        value = data.get(key) if isinstance(data, dict) else None
        if isinstance(value, str):
            yield (key,), value
        for index, item in enumerate(value[:200] if isinstance(value, list) else []):
            if isinstance(item, str):
                yield (key, index), item


def _install(document: Any, path: Path, text: str) -> Place | None:
    match = re.search(INSTALL, re.sub(r"(?m)^[ \t]*#.*$", "", text[:100_000]))
    if match is None:
        return None
    written, start = document.written(path), document.value_span(path)
    at = written.find(match[0].split("\n")[0])
    line = start.line + (written.count("\n", 0, at) if at >= 0 else 0)
    if line == start.line:
        return Place(path, match[1], Spot(document, path, start))
    column = at - written.rfind("\n", 0, at)
    return Place(path, match[1], Spot(document, path, Span(line, column, line, column + len(match[0].split("\n")[0]))))
