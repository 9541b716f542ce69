"""Scripts and configuration that a container starts or reads from files that are put into it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from llmlint.readers.kubernetes.settings import options
from llmlint.unit import Said, Unit, Word

SHELL = r"(?:.*/)?(?:ba|da|a|z|k)?sh"
OPTION = r"[-+][A-Za-z]*|pipefail"


def fill_from_files(unit: Unit, files: Mapping[str, Said[str]]) -> None:
    """Put a script in the place of its path, and the options of a `--config` among the settings.

    `files`: what is put into the container, by normal path.
    """
    if not files:
        return
    command = (*(unit.entrypoint or ()), *(unit.arguments or ()))
    script = _script(command, files)
    if script is not None:
        home = command[0]
        unit.entrypoint = (home._replace(text="sh"), home._replace(text="-c"), script)
        unit.arguments = None
    for word, value in _values(command, "--config"):
        said = files.get(posixpath.normpath(value))
        if said is not None and word:
            unit.settings = [*options(said), *unit.settings]


def _script(words: Sequence[Word], files: Mapping[str, Said[str]]) -> Word | None:
    """The text of the script that the words start, by itself or by a shell."""
    for word in words:
        said = files.get(posixpath.normpath(word.text))
        if said is not None:
            return Word(said.value, said.spot)
        if not re.fullmatch(f"{SHELL}|{OPTION}|exec", word.text):
            return None
        if re.fullmatch(r"-[a-z]*c[a-z]*", word.text):
            return None if len(words) < 3 else _only(words[-1], files)
    return None


def _only(word: Word, files: Mapping[str, Said[str]]) -> Word | None:
    """A command of a shell that is nothing but a script."""
    said = files.get(re.sub(rf"^(?:exec |{SHELL} |source |\\. )*", "", word.text.strip()))
    return Word(said.value, said.spot) if said is not None else None


def _values(words: Sequence[Word], option: str) -> Iterator[tuple[Word, str]]:
    for index, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name == option and equals:
            yield word, value
        elif name == option and index + 1 < len(words):
            yield words[index + 1], words[index + 1].text
