r"""Makes text from the input fit to print: nothing in it moves a cursor, forges a line or commands a CI runner.

Whatever Unicode calls not printable is spelt out (`\u001b`): control and escape characters, line breaks, marks that
turn the direction of writing, blanks other than the common one, lone surrogates, characters that nobody can see.
"""

from __future__ import annotations

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_COMMAND = r"##(?=[A-Za-z]*\[)"
"""`##[error]` (GitHub), `##vso[…]` (Azure Pipelines): their runners look for it anywhere in a line of a log."""
_SAFE_COMMAND = r"#\\u0023"


def printable(text: str) -> str:
    """A text on one line, as it can be shown."""
    if not text.isprintable():
        text = "".join(map(visible, text))
    if "##" in text:
        import re

        text = re.sub(_COMMAND, _SAFE_COMMAND, text)
    return text


def printable_file(name: str) -> str:
    """A file's name as a line may begin with it: `::error::` at a line's start commands GitHub's runner."""
    name = printable(name)
    return f"./{name}" if name.lstrip(" ").startswith(":") else name


def visible(character: str) -> str:
    """A character, or its escape if it cannot be seen."""
    if character.isprintable():
        return character
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")


def commands(line: str) -> set[int]:
    """Offsets in a raw line of the characters that `printable` spells out to keep runners from obeying it."""
    if "##" not in line:
        return set()
    import re

    return {found.end() - 1 for found in re.finditer(_COMMAND, line)}
