"""What the words of a launch say: single options with their places, and the model."""

from __future__ import annotations

import re
from collections.abc import Mapping

from llmlint.engines.flag_table import Version
from llmlint.engines.flags import parse
from llmlint.unit import Launch, Said

MODEL_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "vllm": ("model", "model-tag"),
    "sglang": ("model-path",),
    "tgi": ("model-id",),
    "llama.cpp": ("model", "model-url", "docker-repo"),
    "tensorrt-llm": ("model",),
    "transformers": ("force-model", "model"),
    "mlx": ("model",),
}
"""Options that name the model, the first that is set counts."""
DYNAMO_MODEL = "--model-path"
"""How `dynamo.trtllm` names the model, which TensorRT-LLM's own program does not take."""
POSITIONAL = frozenset({"vllm", "sglang", "tensorrt-llm", "transformers"})
"""Engines that take the model without an option too."""
REPOSITORY = r"[\w.-]+/[\w.-]+"


class Options:
    """The options of one launch, parsed once."""

    def __init__(self, launch: Launch, version: Version | None) -> None:
        self.launch, self.version = launch, version
        self.words = launch.words
        self.flags = parse(launch.engine, [word.text for word in launch.words], version)

    def model(self) -> Said[str] | None:
        """The model as written."""
        if self.launch.engine == "llama.cpp" and (named := self.value("hf-repo")) is not None:
            file = self.value("hf-file")
            return named if file is None else Said(f"{named.value}/{file.value}", named.spot)
        for name in MODEL_OPTIONS.get(self.launch.engine, ()):
            if (found := self.value(name)) is not None:
                return found
        if self.launch.engine == "tensorrt-llm" and (found := self._written(DYNAMO_MODEL)) is not None:
            return found
        if self.launch.engine not in POSITIONAL or not self.words:
            return None
        if not self.words[0].text.startswith("-"):
            return Said(self.words[0].text, self.words[0].spot)
        return self._stray()

    def value(self, name: str) -> Said[str] | None:
        """The text of an option, at its value; also one that is still to be filled in."""
        value = self.flags.values.get(name)
        if not isinstance(value, str) or not value:
            return self._unfilled(name)
        at = next((index for index in range(len(self.words) - 1, -1, -1) if self._gives(index, value)), None)
        return Said(value, self.words[at].spot) if at is not None else None

    def _written(self, option: str) -> Said[str] | None:
        """The value behind an option that the engine's own table does not have."""
        for index, word in enumerate(self.words):
            name, equals, value = word.text.partition("=")
            if name == option and equals:
                return Said(value, word.spot)
            if name == option and index + 1 < len(self.words):
                return Said(self.words[index + 1].text, self.words[index + 1].spot)
        return None

    def _gives(self, index: int, value: str) -> bool:
        text = self.words[index].text
        return text == value or text.endswith((f"={value}", f" {value}"))

    def _unfilled(self, name: str) -> Said[str] | None:
        """An option whose value holds a variable that nobody filled in."""
        for index, word in enumerate(self.words):
            base, equals, value = word.text.partition("=")
            if base.replace("_", "-") not in (f"--{name}", f"-{name[0]}"):
                continue
            if not any(mark in one.text for one in self.words[index : index + 2] for mark in ("$", "{{", "<")):
                continue
            if equals:
                return Said(value, word.spot)
            if index + 1 < len(self.words):
                return Said(self.words[index + 1].text, self.words[index + 1].spot)
        return None

    def _stray(self) -> Said[str] | None:
        """A model that stands behind the options: the last word, where it looks like one and no option takes it."""
        words = self.words
        if len(words) < 2 or not re.fullmatch(REPOSITORY, words[-1].text) or not words[-2].text.startswith("--"):
            return None
        alone = parse(self.launch.engine, [words[-2].text], self.version)
        taken = "=" not in words[-2].text and alone.problems
        return None if taken else Said(words[-1].text, words[-1].spot)
