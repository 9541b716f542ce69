"""Facts about keys and tokens that stand in a manifest for everybody to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Place, Places, fact

if TYPE_CHECKING:
    from llmlint.plans import Spot
    from llmlint.unit import Unit

NAMES = r"(?:.*_)?(?:API_?KEYS?|(?<!MAX_)(?<!NUM_)TOKEN|SECRET(?:_?KEY)?|PASSWORD|PASSWD|ACCESS_KEY|HUB_TOKEN)"
"""Variables that hold a secret."""
OPTIONS = ("--api-key", "--api_key", "--hf-token", "-hft", "--admin-api-key", "--token")
"""Options of engines, and of the Hub's own program, that take one."""
FORMS = r"hf_[A-Za-z0-9]{30,}|nvapi-[A-Za-z0-9_-]{30,}|sk-[A-Za-z0-9_-]{32,}|gh[pous]_[A-Za-z0-9]{30,}"
"""Tokens that are known by their form, wherever they stand."""
NONE = (
    r"(?i)empty|none|null|dummy|fake|unused|not[-_ ]?(?:needed|used|required)|no[-_ ]?key|n/?a|false|true|0"
    r"|sk-(?:dummy|none)"
)
"""Words for having none: engines and clients ask for a key that nobody checks."""
STAND_INS = (
    r"(?is)<.*>|\[.*\]|\*+|x{3,}|\.{3,}"
    r"|.*(?:your|change[-_ ]?me|replace|placeholder|insert|example|todo|redacted|goes[-_ ]here).*"
    r"|(?:hf|nvapi|sk)[-_](?:x+|\*+|\.+|token|key|my.*)?|.*(?:\*{3,}|x{4,}|\.{3,}|…).*"
)
"""What people write where the secret is to be filled in."""
UNFILLED = ("$", "{{", "%{")


class SecretFacts(Group):
    """Secrets in a manifest."""

    @fact()
    def literal(self) -> Places:
        """Keys and tokens that stand in the file itself."""
        return tuple(place for place, is_stand_in in self._found if not is_stand_in)

    @fact()
    def stand_ins(self) -> Places:
        """Places that a key or token is to be written into, before the file is used."""
        return tuple(place for place, is_stand_in in self._found if is_stand_in)

    @fact()
    def none_literal(self) -> Flag:
        """Whether no key and no token stands in the file."""
        return not self.literal

    @fact()
    def none_expected(self) -> Flag:
        """Whether no place waits for a key or token to be written into it."""
        return not self.stand_ins

    @fact()
    def _found(self) -> tuple[tuple[Place, bool], ...]:
        """All of them, each once, in however many ways it is known on its line. Not for rules."""
        unit = self.facts.plan.unit
        if unit is None:
            return ()
        found: dict[object, tuple[Place, bool]] = {}
        shared = _keys_of_proxy(unit) if self.facts.position == 0 else ()
        for text, value, spot in (*_variables(unit), *_options(unit), *_forms(unit), *shared):
            bare = value.strip().strip("\"'")
            if len(bare) > 2 and not re.fullmatch(NONE, bare):
                placed, form = spot.placed(), re.search(FORMS, bare)
                key = (placed.document, placed.span.line, form[0] if form is not None else bare)
                found.setdefault(key, (Place(("container",), text, spot), re.fullmatch(STAND_INS, bare) is not None))
        return tuple(found.values())


def _variables(unit: Unit) -> Iterator[tuple[str, str, Spot]]:
    for variable in unit.environment.values():
        here = variable.source == "literal" or (variable.source == "config" and unit.format == "kubernetes")
        value = variable.value or ""
        if not here or not _is_whole(value):
            continue
        named = re.fullmatch(NAMES, variable.name) and not re.fullmatch(r"/.*|\d+|https?://.*", value)
        if named or re.search(FORMS, value):
            yield variable.name, value, variable.spot


def _options(unit: Unit) -> Iterator[tuple[str, str, Spot]]:
    words = unit.launch.words if unit.launch is not None else ()
    for index, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name in OPTIONS and word.spot.path:
            following = words[index + 1] if index + 1 < len(words) else word
            text, spot = (value, word.spot) if equals else (following.text, following.spot)
            if _is_whole(text) and not text.startswith("-"):
                yield name, text, spot


def _forms(unit: Unit) -> Iterator[tuple[str, str, Spot]]:
    """Tokens by their form in the words of commands, also of scripts."""
    for word in (*(unit.entrypoint or ()), *(unit.arguments or ())):
        found = re.search(FORMS, word.text)
        if found is not None:
            yield "the command line", found[0], word.spot


def _keys_of_proxy(unit: Unit) -> Iterator[tuple[str, str, Spot]]:
    """llama-swap's `apiKeys`, which hold for all its models."""
    data = unit.home.document.data
    keys = data.get("apiKeys") if unit.format == "llama-swap" and isinstance(data, dict) else None
    for index, key in enumerate(keys[:50] if isinstance(keys, list) else []):
        if isinstance(key, str) and _is_whole(key):
            yield f"apiKeys {index + 1}", key, unit.home._replace(path=("apiKeys", index), span=None, key=False)


def _is_whole(value: str) -> bool:
    return bool(value) and not any(mark in value for mark in UNFILLED)
