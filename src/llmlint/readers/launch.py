"""Finds the engine that a container or script launches, and the words that are its options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from llmlint import images
from llmlint.readers import docker_run
from llmlint.readers.programs import SHELLS, behind_prefixes, engine_of, is_container
from llmlint.readers.script import Script, set_to
from llmlint.unit import Launch, Unit, Variable, Word

MOST_LAUNCHES = 50
"""Of one unit."""
MOST_DEPTH = 4
"""Of shells and containers in one another."""
SCRIPT_OPTION = r"-[a-z]*c[a-z]*"
"""`-c`, `-lc`, `-ec`."""
OTHER_WORK = (
    r"bench(?:mark)?(?:_\w+)?(?:\.py)?|download|huggingface-cli|hf|convert|sleep|curl|wget|pull|list|lm_eval"
    r"|.*benchmark.*"
)
"""Commands of an engine's image that serve nothing."""
CLIENT = r"(?<![\w.-])ollama\s+(?:pull|run|list|ls|ps|create|show|cp|rm|push)\b"
SIMULATORS = r"(?i)inference-sim|[/_-]mock"
"""In names of images."""


def is_simulated(unit: Unit) -> bool:
    """Whether the image only plays an engine, for tests of what is around it, whatever the format calls it."""
    return unit.image is not None and re.search(SIMULATORS, unit.image.value) is not None


def launches(unit: Unit, depth: int = 0) -> list[Launch]:
    """Every engine that the unit's words start; its image's own where the words are passed to it. Empty for none."""
    image = images.image(unit.image.value) if unit.image is not None else None
    if is_simulated(unit) or (image is not None and not image.engine and unit.engine is None):
        return []
    if unit.scripts:
        return list(islice(_Search(unit, depth).scripts(), MOST_LAUNCHES))
    arguments = unit.arguments or ()
    if unit.entrypoint:
        return _of_words((*unit.entrypoint, *arguments), unit, depth) or _opaque(unit, image)
    engine = unit.engine.value if unit.engine is not None else image.engine if image is not None else ""
    if engine and image is not None and image.entry == "program":
        return _of_program(engine, arguments, unit, depth)
    found = _of_words(arguments, unit, depth)
    if found:
        return found
    if image is not None and image.entry == "script" and arguments and arguments[0].text in ("--server", "-s"):
        return [Launch(engine, arguments[1:], arguments[:1])]
    if engine and (unit.engine is not None or _takes_options(image, arguments)):
        return [Launch(engine, arguments)]
    return _opaque(unit, image)


def _of_program(engine: str, arguments: tuple[Word, ...], unit: Unit, depth: int) -> list[Launch]:
    """The entry point is the engine's program, and the first argument a command of it."""
    if not arguments or arguments[0].text.startswith("-"):
        return [Launch(engine, ())]
    if arguments[0].text in ("serve", "start"):
        return [Launch(engine, arguments[1:], arguments[:1])]
    return _of_words(arguments, unit, depth) or _opaque(unit, images.Image(engine))


def _takes_options(image: images.Image | None, arguments: Sequence[Word]) -> bool:
    """Whether words in front of which no program stands go to the engine."""
    if image is not None and image.entry == "server":
        return True
    return bool(arguments) and arguments[0].text.startswith("-") and not re.fullmatch(SCRIPT_OPTION, arguments[0].text)


def _opaque(unit: Unit, image: images.Image | None) -> list[Launch]:
    """An engine's image whose words tell nothing: a script of its own, or a command that is no server."""
    if image is None or not image.engine:
        return []
    words = (*(unit.entrypoint or ()), *(unit.arguments or ()))
    return [] if _does_other_work(words) else [Launch(image.engine, (), scripted=True)]


def _does_other_work(words: Sequence[Word]) -> bool:
    """Whether the first commands name a task beside serving, or Ollama is only asked for something."""
    text = " ".join(word.text for word in words)[:2_000]
    if re.search(CLIENT, text) is not None and "serve" not in text:
        return True
    heads = [part.split()[0] for part in re.split(r"[;&|\n]+", text) if part.split()]
    first = [word.text for word in words[:3]]
    return any(re.fullmatch(OTHER_WORK, name) for name in (*first, *heads[:1]))


def _of_words(words: Sequence[Word], unit: Unit, depth: int) -> list[Launch]:
    """The engines that a command line starts, by itself, through a shell, or in a container."""
    words = tuple(words)
    if depth > MOST_DEPTH or not words:
        return []
    search = _Search(unit, depth)
    if len(words) > 1 and re.fullmatch(SCRIPT_OPTION, words[0].text) and len(words[0].text) < 5:
        return list(islice(search.shell(words, depth), MOST_LAUNCHES))  # the entry point is a shell
    return list(islice(search.command(words, None, depth), MOST_LAUNCHES))


class _Search:
    """Looks for launches in the commands of one unit."""

    def __init__(self, unit: Unit, depth: int) -> None:
        self.unit = unit
        self.known = {name: variable.value for name, variable in unit.environment.items()}
        self.depth = depth

    def scripts(self) -> Iterator[Launch]:
        """Those of the unit's scripts, which share their variables."""
        script = Script(self.known)
        for text in self.unit.scripts:
            for command in script.commands(text.spot, text.text):
                yield from self.command(command, script, self.depth)

    def command(self, words: tuple[Word, ...], script: Script | None, depth: int) -> Iterator[Launch]:
        """Those of one command, in a script or by itself."""
        at, assigned = behind_prefixes(words)
        words = words[at:]
        if not words or depth > MOST_DEPTH:
            return
        variables = dict(script.exported) if script is not None else {}
        variables |= {name: set_to(name, word.text, word.spot) for name, word in assigned.items()}
        if re.fullmatch(SHELLS, words[0].text):
            yield from self.shell(words[1:], depth + 1, variables)
        elif is_container(words):
            yield from self._in_container(words, script is not None)
        elif (found := engine_of(words)) is not None:
            yield Launch(found[0], words[found[1] :], words[: found[1]], variables, script is not None)

    def shell(
        self, words: tuple[Word, ...], depth: int, variables: dict[str, Variable] | None = None
    ) -> Iterator[Launch]:
        """`sh -c SCRIPT NAME ARGUMENT…`, from the words behind `sh`: what the script starts."""
        for position, word in enumerate(words[:-1]):
            if re.fullmatch(SCRIPT_OPTION, word.text):
                behind = position + 1 + (words[position + 1].text == "--" and position + 2 < len(words))
                text = words[behind]
                known = {**self.known, **{name: one.value for name, one in (variables or {}).items()}}
                script = Script(known, words[behind + 2 :])
                script.exported.update(variables or {})
                for command in script.commands(text.spot, text.text):
                    yield from self.command(command, script, depth)
                return
            if not word.text.startswith(("-", "+")) and word.text not in ("pipefail", "errexit", "nounset"):
                return

    def _in_container(self, words: tuple[Word, ...], scripted: bool) -> Iterator[Launch]:
        inner = docker_run.contained(self.unit, words)
        if inner is not None:
            for one in launches(inner, self.depth + 1):
                yield one._replace(container=one.container or inner, scripted=one.scripted or scripted)
