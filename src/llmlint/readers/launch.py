"""Finds the engine that a container or script launches, and the words that are its options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from llmlint.engines.flag_table import GRAMMARS
from llmlint.readers import images, variables
from llmlint.readers.wording import scripted
from llmlint.unit import Launch, Unit, Word

PREFIXES = frozenset(
    {"exec", "nohup", "sudo", "env", "time", "tini", "dumb-init", "--", "command", "nsys", "uv", "run"}
)
"""Programs that run another; their own options are passed over."""
WITH_OPTIONS = {
    "numactl": 1,
    "timeout": 2,
    "taskset": 2,
    "nice": 1,
    "mpirun": 1,
    "stdbuf": 1,
    "trtllm-llmapi-launch": 1,
}
"""The same, with how many words they take at least, options aside."""
SHELLS = r"(?:.*/)?(?:ba|da|a|z|k)?sh"
ASSIGNMENT = r"([A-Za-z_]\w*)=(.*)"
MODULES = {
    "vllm.entrypoints.openai.api_server": "vllm",
    "vllm.entrypoints.api_server": "vllm",
    "vllm.entrypoints.cli.main": "vllm",
    "sglang.launch_server": "sglang",
    "mlx_lm.server": "mlx",
    "dynamo.vllm": "vllm",
    "dynamo.sglang": "sglang",
    "dynamo.trtllm": "tensorrt-llm",
}
"""Python modules that are engines."""
WRAPPERS = frozenset({"dynamo.vllm", "dynamo.sglang", "dynamo.trtllm"})
"""Modules that take more options than the engine they wrap."""
PROGRAMS = {
    "text-generation-launcher": "tgi",
    "llama-server": "llama.cpp",
    "trtllm-serve": "tensorrt-llm",
    "mlx_lm.server": "mlx",
}
COMMANDS = {
    ("vllm", "serve"): "vllm",
    ("sglang", "serve"): "sglang",
    ("ollama", "serve"): "ollama",
    ("ollama", "run"): "ollama",
    ("transformers", "serve"): "transformers",
    ("mlx_lm", "server"): "mlx",
}
MOST_LAUNCHES = 50
"""Of one unit."""


def launches(unit: Unit) -> list[Launch]:
    """Every engine that the unit's words start; its image's own where the words are passed to it. Empty for none."""
    image = images.image(unit.image.value) if unit.image is not None else None
    if image is not None and not image.engine and unit.engine is None:
        return []
    arguments = unit.arguments or ()
    if unit.entrypoint:
        return _of_words((*unit.entrypoint, *arguments), unit) or _opaque(unit, image)
    engine = unit.engine.value if unit.engine is not None else image.engine if image is not None else ""
    if engine and image is not None and image.entry == "program":
        return [Launch(engine, arguments[1:] if _is_command(arguments) else arguments)]
    found = _of_words(arguments, unit)
    if found:
        return found
    if engine and (unit.engine is not None or _takes_options(image, arguments)):
        return [Launch(engine, arguments)]
    return _opaque(unit, image)


def _is_command(arguments: Sequence[Word]) -> bool:
    return bool(arguments) and not arguments[0].text.startswith("-")


def _takes_options(image: images.Image | None, arguments: Sequence[Word]) -> bool:
    """Whether words in front of which no program stands go to the engine."""
    if image is not None and image.entry == "server":
        return True
    return bool(arguments) and arguments[0].text.startswith("-") and arguments[0].text not in ("-c", "-lc", "-ec")


def _opaque(unit: Unit, image: images.Image | None) -> list[Launch]:
    """An engine's image whose words tell nothing: a script of its own, or a command that is no server."""
    if image is None or not image.engine:
        return []
    words = (*(unit.entrypoint or ()), *(unit.arguments or ()))
    if _does_other_work(words):
        return []
    return [Launch(image.engine, (), scripted=True)]


OTHER_WORK = (
    r"bench(?:mark)?(?:_\w+)?(?:\.py)?|download|huggingface-cli|hf|convert|sleep|curl|wget|pull|list|lm_eval"
    r"|.*benchmark.*"
)
"""Commands of an engine's image that serve nothing."""


def _does_other_work(words: Sequence[Word]) -> bool:
    """Whether the first commands name a task beside serving."""
    text = " ".join(word.text for word in words)[:2_000]
    heads = [part.split()[0] for part in re.split(r"[;&|\n]+", text) if part.split()]
    first = [word.text for word in words[:3]]
    return any(re.fullmatch(OTHER_WORK, name) for name in (*first, *heads[:1]))


def _of_words(words: Sequence[Word], unit: Unit) -> list[Launch]:
    """The engines that a command line starts, by itself or through a shell."""
    known = {name: variable.value for name, variable in unit.environment.items()}
    return list(_commands(tuple(words), known, False))[:MOST_LAUNCHES]


def _commands(words: tuple[Word, ...], known: dict[str, str | None], in_script: bool) -> Iterator[Launch]:
    assigned: dict[str, str] = {}
    at = _behind_prefixes(words, assigned)
    if at >= len(words):
        if in_script:
            known.update(assigned)  # `NAME=value` alone holds for what follows
        return
    if words[at].text == "export" and in_script:
        for word in words[at + 1 :]:
            match = re.fullmatch(ASSIGNMENT, word.text, re.DOTALL)
            if match is not None:
                known[match[1]] = variables.shell(match[2], known.get)
        return
    if re.fullmatch(SHELLS, words[at].text):
        yield from _shell(words[at + 1 :], {**known, **assigned})
        return
    found = engine_of(words[at:])
    if found is not None:
        engine, taken = found
        rest = words[at + taken :]
        if in_script:
            everything: dict[str, str | None] = {**known, **assigned}
            rest = tuple(word._replace(text=variables.shell(word.text, everything.get)) for word in rest)
            rest = tuple(part for word in rest for part in _resplit(word))
        yield Launch(engine, rest, words[at : at + taken], assigned, in_script)


def _resplit(word: Word) -> list[Word]:
    """A variable of a script that holds several words becomes several, as a shell does it (`$ARGS`)."""
    from llmlint.readers import shell

    if not word.text.startswith("--") or not re.match(r"--[\w-]+(?:=\S*)?\s", word.text):
        return [word]
    return [word._replace(text=token.text) for token in shell.words(word.text)]


def _shell(words: tuple[Word, ...], known: dict[str, str | None]) -> Iterator[Launch]:
    """`sh -c SCRIPT`: what the script starts."""
    for position, word in enumerate(words):
        if re.fullmatch(r"-[a-z]*c[a-z]*", word.text) and position + 1 < len(words):
            behind = position + 1 + (words[position + 1].text == "--" and position + 2 < len(words))
            script = words[behind]
            for command in scripted(script.spot, script.text):
                yield from _commands(command, known, True)
            return
        if not word.text.startswith(("-", "+")) and word.text not in ("pipefail",):
            return


def _behind_prefixes(words: Sequence[Word], assigned: dict[str, str]) -> int:
    """The place of the program: behind assignments and programs that run another."""
    at = 0
    while at < len(words):
        text = words[at].text
        match = re.fullmatch(ASSIGNMENT, text, re.DOTALL)
        name = text.rsplit("/", 1)[-1]
        if match is not None:
            assigned[match[1]] = match[2]
            at += 1
        elif name in PREFIXES:
            at += 1
            while at < len(words) and words[at].text.startswith("-") and words[at].text != "--":
                at += 1
        elif name in WITH_OPTIONS:
            at = _behind_options(words, at)
        else:
            break
    return at


def _behind_options(words: Sequence[Word], at: int) -> int:
    """The next program that is known, else the word after."""
    for position in range(at + 1, min(len(words), at + 24)):
        if engine_of(words[position:]) is not None or words[position].text.rsplit("/", 1)[-1] in WITH_OPTIONS:
            return position
    return at + 1


def engine_of(words: Sequence[Word]) -> tuple[str, int] | None:
    """The engine that a command starts, and how many of its words say so; None where it starts none."""
    if not words:
        return None
    program = words[0].text.rsplit("/", 1)[-1]
    second = words[1].text if len(words) > 1 else ""
    if (program, second) in COMMANDS:
        return COMMANDS[program, second], 2
    if program in PROGRAMS:
        return PROGRAMS[program], 1 + (program == "trtllm-serve" and second == "serve")
    if re.fullmatch(r"python[\d.]*", program):
        position = next((at for at in range(1, min(len(words), 6)) if words[at].text == "-m"), 0)
        module = words[position + 1].text if position and position + 1 < len(words) else ""
        if module in MODULES:
            return MODULES[module], position + 2
        third = words[position + 2].text if position and position + 2 < len(words) else ""
        if (module, third) in COMMANDS:
            return COMMANDS[module, third], position + 3
        if second.endswith(("/vllm", "/sglang")) and (second.rsplit("/", 1)[-1], third or "") in COMMANDS:
            return COMMANDS[second.rsplit("/", 1)[-1], third], 3
    return None


def is_wrapped(launch: Launch) -> bool:
    """Whether a program around the engine takes options of its own."""
    return any(word.text in WRAPPERS for word in launch.program)


assert set(MODULES.values()) | set(PROGRAMS.values()) | set(COMMANDS.values()) <= set(GRAMMARS)
