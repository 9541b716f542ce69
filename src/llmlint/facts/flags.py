"""Facts about the engine's arguments, one by one, as its own parser would read them."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Place, Places, Words, fact

HELP = {
    "vllm": "`vllm serve --help=all`",
    "sglang": "`sglang serve --help`",
    "llama.cpp": "`llama-server --help`",
    "ollama": "`ollama serve --help` and the page of the Modelfile",
    "tgi": "`text-generation-launcher --help`",
    "tensorrt-llm": "`trtllm-serve --help`",
    "transformers": "`transformers serve --help`",
    "mlx": "`mlx_lm.server --help`",
}
"""What lists the options of an engine."""

WRAPPER = "dynamo."
"""Begins the names of Python modules that start an engine, with more options than it has (ai-dynamo/dynamo)."""


class FlagFacts(Group):
    """The engine's arguments, held against the options of its version."""

    @fact()
    def unknown(self) -> Places:
        """Arguments that this version of the engine does not know, with what may have been meant.

        None where a program around the engine takes options of its own: Dynamo's workers.
        """
        return () if self._is_wrapped else self._places("unknown")

    @fact()
    def removed(self) -> Places:
        """Arguments that the engine had once and no longer has at this version, with what took their place."""
        return self._places("removed")

    @fact()
    def invalid(self) -> Places:
        """Arguments whose value is missing, or is none that the engine takes."""
        return self._places("invalid", "missing")

    @fact()
    def all_known(self) -> Flag:
        """Whether the engine knows all its arguments; yes where there are none."""
        return not self.unknown

    @fact()
    def none_removed(self) -> Flag:
        """Whether this version still has all the arguments."""
        return not self.removed

    @fact()
    def all_valid(self) -> Flag:
        """Whether all arguments have values that the engine takes."""
        return not self.invalid

    @fact()
    def manual(self) -> Words:
        """What lists the options of the engine that is named."""
        return f"{HELP.get(self.facts.engine.name or '', 'its manual')} lists what {self.facts.engine.shown} takes"

    @property
    def _is_wrapped(self) -> bool:
        launch = self.facts.plan.unit.launch if self.facts.plan.unit is not None else None
        return launch is not None and any(word.text.startswith(WRAPPER) for word in launch.program)

    def _places(self, *kinds: str) -> Places:
        flags = self.facts.engine.flags
        found = []
        for problem in flags.problems if flags is not None else ():
            if problem.kind in kinds:
                inside = () if problem.index is None else (problem.index,)
                meant = f"; did you mean {problem.suggestion}?" if problem.suggestion else ""
                found.append(Place(("engine", "args", *inside), problem.message + meant))
        return tuple(found)
