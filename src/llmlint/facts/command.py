"""Facts about how the engine's command line is written in a manifest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Place, Places, Words, fact

if TYPE_CHECKING:
    from llmlint.engines.flag_style import Given
    from llmlint.unit import Unit, Word

GLUED = r"-{1,2}[A-Za-z][\w.-]*[ \t]+\S.*"
"""An option and its value in one word."""
LISTS = ("compose", "kubernetes", "helmrelease", "helm values", "akash", "kserve", "dynamo")
"""Formats that hand the items of a list to the engine as they are."""
FIRST_SERVE = (0, 11)
"""Version of vLLM before which its image starts the API server, which takes no model without an option. The change
itself is documented: it was `vllm.entrypoints.openai.api_server` in 2025 (vllm-project/vllm#17172), it is `vllm serve`
in docker/Dockerfile. In which release it came is an assumption without a source; images are said to ignore the model
as late as January 2026 (vllm-project/vllm#32294), so that this may be too early, and then too little is found, not too
much. The image for Intel GPUs (vllm-openai-xpu) is no exception: docker/Dockerfile.xpu starts `vllm serve` in each of
the two versions that were read (oneAPI 2025.2 and 2025.3), and its published tags begin later."""
NO_MODEL = {
    "vllm": "vLLM serves a small model of its own choice",
    "tgi": "TGI serves bigscience/bloom-560m",
    "sglang": "SGLang does not start",
}
"""What engines do that are told no model."""
NAMING = (
    "--model",
    "--model-path",
    "--model-id",
    "--model-tag",
    "--config",
    "--config-file",
    "--load-format",
    "--headless",
)


class CommandFacts(Group):
    """The command line."""

    @property
    def _unit(self) -> Unit | None:
        return self.facts.plan.unit

    @fact()
    def given(self) -> tuple[Given, ...]:
        """Every option as it is written. Not for rules."""
        engine = self.facts.deployment.engine
        launch = self._unit.launch if self._unit is not None else None
        if engine is None or launch is None or (launch.extended and not launch.wrapped):
            return ()
        from llmlint.engines.flag_style import observed
        from llmlint.engines.versions import parsed

        return observed(engine.name, engine.args, parsed(engine.version))

    def _at(self, one: Given, text: str, instead: str = "") -> Place:
        """The place of an option, which an edit may give another name."""
        path = ("engine", "args", one.place if one.place is not None else 0)
        return Place(path, text, None, one.spelling, instead or None)

    @fact()
    def deprecated(self) -> Places:
        """Options that the engine still takes and whose end is announced, with what to write instead; those that the
        newest release has no more, where the file does not tell the release."""
        from llmlint.engines.flag_style import deprecated
        from llmlint.engines.versions import parsed

        engine, found = self.facts.engine.name or "", []
        for one in self.given:
            name = one.spelling.lstrip("-").replace("_", "-")
            known = deprecated(engine, name, parsed(self.facts.engine.version))
            if known is not None:
                written = self._written(one)
                name = _alike(known.instead, written, engine)
                instead = f"; {name or known.instead} takes its place" if known.instead else "; nothing takes its place"
                text = f"{written} is on its way out{instead}"
                found.append(self._at(one, text, name)._replace(written=written))
        return (*found, *self._gone_by_now)

    @property
    def _gone_by_now(self) -> Places:
        """Options that the newest release has no more, where a manifest does not tell the release."""
        if not self.facts.manifest.exists or self.facts.engine.version is not None:
            return ()
        flags = self.facts.flags
        return tuple(
            one._replace(text=f"{one.text}, and the file states no version", replacement=None)
            for one in (*flags.removed, *flags.dated)
        )

    def _written(self, one: Given) -> str:
        """The option, or the variable that stands for it."""
        unit = self._unit
        words = unit.launch.words if unit is not None and unit.launch is not None else ()
        if unit is None or not isinstance(one.place, int) or one.place >= len(words):
            return one.spelling
        spot = words[one.place].spot
        return next((name for name, each in unit.environment.items() if each.spot == spot), one.spelling)

    @fact()
    def none_deprecated(self) -> Flag:
        """Whether the engine has announced the end of none of its arguments."""
        return not self.deprecated

    @fact()
    def abbreviated(self) -> Places:
        """Options of which only the beginning is written."""
        found = (one for one in self.given if one.whole)
        return tuple(self._at(one, f"{one.spelling} is short for {one.whole}", one.whole) for one in found)

    @fact()
    def none_abbreviated(self) -> Flag:
        """Whether all options are written in full."""
        return not self.abbreviated

    @fact()
    def repeated(self) -> Places:
        """Settings that are given twice, with different values; the last one counts."""
        if not self.given:
            return ()
        from llmlint.engines.flag_style import twice

        return tuple(self._at(one, _replaced(one, last)) for one, last in twice(self.given))

    @fact()
    def none_repeated(self) -> Flag:
        """Whether no setting is given twice with different values."""
        return not self.repeated

    @fact()
    def glued(self) -> Places:
        """Items of a list that hold an option and its value, which the engine reads as one word."""
        unit = self._unit
        if unit is None or unit.launch is None or unit.launch.scripted or unit.format not in LISTS:
            return ()
        words = [word for word in unit.launch.words if word.item and re.fullmatch(GLUED, word.text, re.DOTALL)]
        return tuple(_glued(word) for word in words)

    @fact()
    def none_glued(self) -> Flag:
        """Whether each item of a list is one word of the command line."""
        return not self.glued

    @fact()
    def ignored_model(self) -> Places:
        """A model without an option behind vLLM's API server, which takes it by `--model` only."""
        unit = self._unit
        if unit is None or unit.launch is None or not unit.launch.words or not self._is_api_server:
            return ()
        first, words = unit.launch.words[0], unit.launch.words
        named = any(word.text.partition("=")[0] in NAMING for word in words)
        if named or first.text.startswith("-") or any(mark in first.text for mark in "${ "):
            return ()
        return (Place(("engine", "args", 0), first.text, first.spot, first.text, ("--model", first.text)),)

    @property
    def _is_api_server(self) -> bool:
        """Whether vLLM is started as its API server: by name, or by the entry point of an old image."""
        unit = self._unit
        if unit is None or unit.launch is None or self.facts.engine.name != "vllm":
            return False
        if unit.launch.program:
            return any(word.text == "vllm.entrypoints.openai.api_server" for word in unit.launch.program)
        from llmlint.engines.versions import parsed

        version = parsed(self.facts.engine.version)
        return version is not None and version < FIRST_SERVE and not unit.launch.scripted and not unit.entrypoint

    @fact()
    def none_ignored(self) -> Flag:
        """Whether the engine takes the model in the form in which it is written."""
        return not self.ignored_model

    @fact()
    def lacks_model(self) -> Flag:
        """Whether nothing tells an engine its model: no argument, no variable, no platform, no script."""
        unit = self._unit
        if unit is None or unit.launch is None or unit.image is None or unit.launch.scripted or self._is_supplied(unit):
            return False
        from llmlint import images

        known = images.image(unit.image.value)
        if known is None or not known.official or self.facts.engine.name not in NO_MODEL or self.ignored_model:
            return False
        words = [word.text for word in unit.launch.words]
        named = any(word.partition("=")[0].replace("_", "-") in NAMING for word in words)
        hidden = any("$" in word or "{{" in word for word in words) or self.facts.command.glued
        return not named and not hidden and not (words and not words[0].startswith("-"))

    def _is_supplied(self, unit: Unit) -> bool:
        """Whether it may come from somewhere else."""
        elsewhere = bool({"model", "arguments", "image"} & unit.supplies) or "build" in unit.notes or unit.fragment
        tgi = self.facts.engine.name == "tgi" and ("MODEL_ID" in unit.environment or not unit.environment_complete)
        named = unit.model is not None or self.facts.deployment.model.id is not None
        return elsewhere or tgi or named or unit.format not in LISTS

    @fact()
    def without_model(self) -> Words:
        """What the engine does that is told no model."""
        return NO_MODEL.get(self.facts.engine.name or "", "the engine serves what it chooses")


def _alike(instead: str, written: str, engine: str) -> str:
    """What takes the place of an option or variable, in the form in which that is written; empty where there is none.

    TGI reads each option from a variable of its name too (clap's `env`); other engines have names of their own.
    """
    if not re.fullmatch(r"--[\w-]+", instead):
        return ""
    if written.startswith("-"):
        return instead
    return instead.lstrip("-").replace("-", "_").upper() if engine == "tgi" else ""


def _glued(word: Word) -> Place:
    """An option with its value, and the two words that were meant; its quotes are the shell's that is not there."""
    name, value = word.text.split(None, 1)
    value = value.strip()
    bare = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
    certain = not re.search(r"\s-{1,2}[A-Za-z]", value)
    return Place(("engine", "args"), name, word.spot, word.text, (name, bare) if certain else None)


def _replaced(one: Given, last: Given) -> str:
    before, after = " ".join(one.values) or one.spelling, " ".join(last.values) or last.spelling
    return f"--{one.name} is given twice: {before[:60]} gives way to {after[:60]}"
