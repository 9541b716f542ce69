"""Facts about the engine's arguments, one by one, as its own parser would read them."""

from __future__ import annotations

from llmlint.facts import where
from llmlint.facts.fact import Flag, Group, Place, Places, Words, fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmlint.engines.flags import FlagProblem
    from llmlint.plans import Spot
    from llmlint.unit import Launch

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
SLIP = 0.92
"""Ratio of difflib from which an option is another one, misspelt: of the options of Dynamo's workers none comes nearer
than 0.9 to one of vLLM, SGLang or TensorRT-LLM (ai-dynamo/dynamo, components/src/dynamo: vllm/backend_args.py at
036f289, common/configuration/groups/runtime_args.py at 007ec17, and those of older releases)."""
VALUELESS = "takes no value"
"""What `engines.flag_reader` says of an option with a value that it does not take."""


class FlagFacts(Group):
    """The engine's arguments, held against the options of its version."""

    @fact()
    def unknown(self) -> Places:
        """Arguments that this version of the engine does not know, with what may have been meant.

        None where a fork of the engine takes options of its own (ik_llama.cpp); behind a program around it, such as
        Dynamo's workers, only slips of the pen. Of an engine of which one build is known, and another may run, only
        those that look like a mistake.
        """
        if self._is_fork:
            return ()
        if self._is_wrapped:
            return tuple(filter(_is_slip, self._places("unknown", mistakes=True)))
        return self._places("unknown", mistakes=self._is_some_build)

    @fact()
    def removed(self) -> Places:
        """Arguments that the engine had once and no longer has at this version, with what took their place."""
        return () if self._is_fork else self._places("removed")

    @property
    def dated(self) -> Places:
        """Options without the value that newer releases read behind them, where a floating image brings the newest."""
        unit = self.facts.plan.unit
        if self._is_fork or self._is_some_build or unit is None or unit.image is None:
            return ()
        return tuple(
            place._replace(text=f"{place.text}: the newest takes the word behind it for one")
            for place in self._places("dated")
        )

    @fact()
    def invalid(self) -> Places:
        """Arguments whose value is missing, or is none that the engine takes."""
        if self._is_fork:
            return ()
        told = [place for place in self._places("invalid", "missing") if VALUELESS not in place.text]
        if self._launch is None:
            return tuple(told)
        known = {place.path[-1] for place in told}
        return (*told, *(place for index, place in self._nulls() if {index, index - 1}.isdisjoint(known)))

    def _nulls(self) -> Iterator[tuple[int, Place]]:
        """Nulls in lists that an option before them takes for a text, by their indexes."""
        from llmlint.engines.flag_reader import EMPTY

        words = self._launch.words if self._launch is not None else ()
        for index, word in enumerate(words):
            option = words[index - 1].text if index else ""
            if not word.text and option.startswith("-") and _is_null(word.spot):
                yield index, Place(("engine", "args", index), f"{option} is given {EMPTY}")

    @fact()
    def valued_switches(self) -> Places:
        """Options that take no value and are given one."""
        if self._is_fork:
            return ()
        found = (place for place in self._places("invalid") if VALUELESS in place.text)
        return tuple(self._without_value(place) for place in found)

    def _without_value(self, place: Place) -> Place:
        """The option alone, or its opposite, where option and value are one word."""
        from llmlint.engines.flag_table import table

        engine, index = self.facts.deployment.engine, place.path[-1]
        args = engine.args if engine is not None else None
        known = table(engine.name) if engine is not None and engine.name is not None else None
        if known is None or not isinstance(args, list) or not isinstance(index, int):
            return place._replace(replacement=None)
        name, equals, value = str(args[index]).partition("=")
        no = f"--no-{name[2:]}" if known.grammar.negation and name.startswith("--") else None
        new = {"true": name, "false": no}.get(value.lower()) if equals else None
        return place._replace(written=str(args[index]), replacement=new)

    @fact()
    def no_valued_switches(self) -> Flag:
        """Whether no option that takes no value is given one."""
        return not self.valued_switches

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
        return f"{HELP.get(self.facts.engine.name or '', 'its manual')} lists what {self.facts.engine.named} takes"

    @property
    def _launch(self) -> Launch | None:
        return self.facts.plan.unit.launch if self.facts.plan.unit is not None else None

    @property
    def _is_wrapped(self) -> bool:
        """Whether a program around the engine reads some options, and leaves the others to it."""
        return self._launch is not None and self._launch.wrapped

    @property
    def _is_fork(self) -> bool:
        """Whether it is a relation of the engine, whose options may differ in everything."""
        return self._launch is not None and self._launch.extended and not self._launch.wrapped

    @property
    def _is_some_build(self) -> bool:
        """Whether a manifest starts an engine of whatever age whose options are known of one build only."""
        unit, engine = self.facts.plan.unit, self.facts.deployment.engine
        if unit is None or engine is None or engine.version is not None:
            return False
        from llmlint import images
        from llmlint.engines.flag_table import table

        known = table(engine.name) if engine.name is not None else None
        image = images.image(unit.image.value) if unit.image is not None else None
        return known is not None and not known.samples and (image is None or not image.official)

    @property
    def _is_unstated(self) -> bool:
        """Whether it is a manifest whose engine may be of any version."""
        engine = self.facts.deployment.engine
        return self.facts.plan.unit is not None and engine is not None and engine.version is None

    def _places(self, *kinds: str, mistakes: bool = False) -> Places:
        flags = self.facts.engine.flags
        found = []
        for problem in flags.problems if flags is not None else ():
            if problem.kind not in kinds or self._is_glued(problem.index):
                continue
            if problem.suggestion or not mistakes:
                inside = () if problem.index is None else (problem.index,)
                unstated = ", and the file states no version" if problem.kind == "unknown" and self._is_unstated else ""
                meant = unstated + (f"; did you mean {problem.suggestion}?" if problem.suggestion else "")
                place = Place(("engine", "args", *inside), problem.message + meant, None, problem.spelling)
                found.append(place._replace(replacement=_replacement(problem), more=problem.values))
        return tuple(found)

    def _is_glued(self, index: int | str | None) -> bool:
        """Whether the word is an option and its value in one, which has a finding of its own."""
        import re

        from llmlint.facts.command import GLUED

        unit = self.facts.plan.unit
        words = unit.launch.words if unit is not None and unit.launch is not None else ()
        if not isinstance(index, int) or index >= len(words) or not self.facts.command.glued:
            return False
        return re.fullmatch(GLUED, words[index].text, re.DOTALL) is not None


def _is_slip(place: Place) -> bool:
    """Whether what is written is an option of the engine but for a letter or two."""
    from difflib import SequenceMatcher

    written, meant = place.written or "", place.replacement or ""
    return SequenceMatcher(None, written.replace("_", "-"), str(meant)).ratio() >= SLIP


def _is_null(spot: Spot) -> bool:
    """Whether what stands there is an item of a list, and nothing."""
    items = where.inside(spot.document.data, spot.path[:-1])
    at = spot.path[-1] if spot.path else None
    return isinstance(items, list) and isinstance(at, int) and at < len(items) and items[at] is None


def _replacement(problem: FlagProblem) -> str | None:
    """The name that an option has by now, or the nearest that there is; empty where it is gone for good."""
    if problem.kind == "removed":
        return problem.suggestion
    return problem.suggestion if " " not in problem.suggestion and problem.suggestion else None
