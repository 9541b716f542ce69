r"""What the parsers do not take though YAML 1.2 or JSON has it, hidden from them character by character.

- JSON writes characters beyond the first 65,536 as pairs of escapes (`\ud83d\ude00`), which in YAML is an error.
- libyaml, as bundled (0.1.7), refuses `:` and `?` inside plain scalars in flow collections: `[0.0.0.0:8000]`.

Each such character gives way to one that occurs nowhere in the text; so no place moves, and what was there can be put
back into every scalar.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

_PRIVATE_USE = range(0xE000, 0xF8FF)
_PAIR = r"(u[dD][89abAB][0-9a-fA-F]{2})\\(u[dD][c-fC-F][0-9a-fA-F]{2})"
_ESCAPE = r"(?s)\\(?:" + _PAIR + "|.)"
_PLAIN_WORD = r"(?<![^\s,\[{])[^\s,\[\]{}\"'#!&*%|>@`:?-][^\s,\[\]{}\"'#]*|(?<![^\s,\[{])-[^\s,\[\]{}\"'#]+"
_INNER = r"[:?](?=[^\s,\[\]{}])|\?"


class Disguise:
    """A text in disguise, and the way back."""

    __slots__ = ("_colon", "_escape", "_question", "active", "text")

    def __init__(self, content: str) -> None:
        self.text = content
        free = (chr(code) for code in _PRIVATE_USE if chr(code) not in content)
        self._escape, self._colon, self._question = next(free, ""), next(free, ""), next(free, "")
        self.active = False
        """Whether there is anything to put back."""

    def hide_pairs(self) -> None:
        """For what looks like JSON."""
        if not self._escape or self.text.lstrip()[:1] not in ("{", "["):
            return
        import re

        if re.search(r"\\" + _PAIR, self.text):
            self.active = True
            self.text = re.sub(_ESCAPE, self._hide_pair, self.text)

    def hide_colons(self) -> None:
        """For a text that libyaml has refused because of one."""
        import re

        if self._question:
            self.active = True
            self.text = re.sub(_PLAIN_WORD, self._hide_inner, self.text)

    def restore(self, text: str, in_double_quotes: bool) -> str:
        """What a scalar says in the undisguised text."""
        import re

        text = text.replace(self._colon, ":").replace(self._question, "?")
        if in_double_quotes:
            return re.sub(self._escape + _PAIR.replace(r"\\", self._escape), _character, text)
        return text.replace(self._escape, "\\")

    def _hide_pair(self, escape: re.Match[str]) -> str:
        return f"{self._escape}{escape[1]}{self._escape}{escape[2]}" if escape[1] else escape[0]

    def _hide_inner(self, word: re.Match[str]) -> str:
        import re

        return re.sub(_INNER, lambda mark: self._colon if mark[0] == ":" else self._question, word[0])


def _character(pair: re.Match[str]) -> str:
    high, low = int(pair[1][1:], 16), int(pair[2][1:], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
