"""The words of `engine.args`: a list, or one string as a shell would read it, each with its place in the file."""

from __future__ import annotations

from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LAUNCHERS = (
    r"(?:.*/)?(?:python[\d.]*|vllm|sglang|llama-server|server|ollama|text-generation-launcher|trtllm-serve|transformers"
    r"|mlx_lm\.server|mlx_lm|serve|start|run|vllm\.entrypoints\.\S+|sglang\.launch_server)"
)
"""Words of a command line in front of the options; people paste the whole."""
SEVERAL = r"\s-{1,2}[A-Za-z]"
PLACEHOLDER = r"\$\(\w+\)|\$\{[^}]*\}|\$(?:[A-Za-z_]\w*|[@*\d])|\{\{.*?\}\}|<<?[A-Za-z_][\w -]*>>?"
"""What is filled in later: by Kubernetes, a shell, Compose, Helm, or a reader."""
DEFAULT = r"\$\{\w+:?-([^${}]*)\}"
"""These three are compiled where a word is met that they may fit: most files have none."""


class Word(NamedTuple):
    """One word of a command line."""

    text: str
    place: int | None
    """Index of the list's item; None in a string."""


def words(args: Sequence[object] | str) -> list[Word]:
    """All the words, those of a pasted command's launcher left out."""
    if isinstance(args, str):
        found = [Word(text, None) for text in _split(args)]
    else:
        found = [word for place, item in enumerate(args) for word in _item(plain(item), place)]
    start = 0
    while start < len(found) and (_launches(found[start].text) or (start and found[start].text == "-m")):
        start += 1
    return found[start:]


def plain(item: object) -> str:
    """A scalar as it would be typed."""
    return ("true" if item else "false") if isinstance(item, bool) else str(item)


def filled(word: str) -> str:
    """A word with the defaults of its variables in place: ${PORT:-8000} is 8000."""
    if "$" not in word:
        return word
    import re

    return re.sub(DEFAULT, r"\1", word)


def has_placeholder(word: str) -> bool:
    """Whether a part of a word is filled in later."""
    if not any(mark in word for mark in "${<"):
        return False
    import re

    return re.search(PLACEHOLDER, word) is not None


def _launches(word: str) -> bool:
    if word.startswith("-"):
        return False
    import re

    return re.fullmatch(LAUNCHERS, word) is not None


def _item(text: str, place: int) -> list[Word]:
    """One item is one word; `--name value` in one item is read as two, as people mean it."""
    if not text.startswith("-") or len(text.split(None, 1)) < 2:
        return [Word(text, place)]
    if "{" not in text and _has_several(text):
        return [Word(part, place) for part in _split(text)]
    name, value = text.split(None, 1)
    if "=" in name:
        return [Word(text, place)]
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return [Word(name, place), Word(value[1:-1] if quoted else value, place)]


def _has_several(text: str) -> bool:
    """Whether another option follows the first."""
    if not any(word.startswith("-") for word in text.split()[1:]):
        return False
    import re

    return re.search(SEVERAL, text) is not None


def _split(text: str) -> list[str]:
    """As a POSIX shell splits it, continued lines joined; at blanks where a quote is not closed."""
    import shlex

    text = text.replace("\\\r\n", " ").replace("\\\n", " ")
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
