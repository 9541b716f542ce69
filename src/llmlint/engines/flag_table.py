"""The options of one engine, read from its table as text: a look-up finds its line, the rest is never parsed.

The tables are data/flags-<engine>.tsv; each says in its first lines where it comes from. A line is one option as it was
over a span of versions, so an option whose kind, values or default changed has several.
"""

from __future__ import annotations

import os

from llmlint.once import once
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

Version: TypeAlias = tuple[int, ...]
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
NEWEST = "newest"
"""In place of the version that dropped an option: gone from the newest known, nobody has looked since when."""


class Grammar(NamedTuple):
    """How an engine's command line is spelled."""

    title: str
    """The engine's name in messages."""
    equals: bool = True
    """`--name=value` is read."""
    underscores: bool = False
    """`--some_name` is read as `--some-name`."""
    abbreviations: bool = False
    """A unique beginning of a long name stands for it (argparse)."""
    negation: bool = False
    """A boolean has `--no-name` without saying so in the table."""
    dotted: bool = False
    """`--name.key value` sets one key of a JSON value."""
    greedy: bool = False
    """The word after an option is its value, whatever it looks like."""
    positional: int = 0
    """Words without an option that are read: the model."""
    snake: bool = False
    """Its own names have underscores."""
    bare: bool = False
    """Settings, not options: names without dashes, in any case of letters."""


GRAMMARS = {
    "vllm": Grammar("vLLM", underscores=True, abbreviations=True, negation=True, dotted=True, positional=1),
    "sglang": Grammar("SGLang", abbreviations=True, negation=True),
    "llama.cpp": Grammar("llama.cpp", equals=False, underscores=True, greedy=True),
    "ollama": Grammar("Ollama", bare=True),
    "tgi": Grammar("TGI"),
    "tensorrt-llm": Grammar("TensorRT-LLM", underscores=True, snake=True, positional=1),
    "transformers": Grammar("Transformers", negation=True, positional=1),
    "mlx": Grammar("MLX", abbreviations=True),
}
"""By the names of a deployment file. From the parsers: argparse (vLLM's own FlexibleArgumentParser, SGLang, MLX), clap
(TGI), click and typer (TensorRT-LLM, Transformers), common_params_parse_ex (llama.cpp)."""


class Option(NamedTuple):
    """One option over a span of versions."""

    name: str
    """The canonical long name, without dashes in front."""
    others: str
    """Other spellings between blanks; those with `!` in front set the opposite."""
    kind: str
    """flag, bool, bool= (takes true or false), int, size, size|auto, float, str, str2, choice, choice~ (case and dashes
    do not count), onoff, json, json|str, kv; with + several words, with * repeated, with ? the value is optional."""
    allowed: str
    """Values between bars, or a range such as `>0 <=1`; after a + they are words beside numbers."""
    default: str
    """As JSON; ? where nobody has looked or the machine decides."""
    since: str
    removed: str
    renamed: str
    """What took its place, where the source says so."""


class Table:
    """The options of one engine."""

    def __init__(self, engine: str, text: str) -> None:
        self.engine = engine
        self.grammar = GRAMMARS[engine]
        self.text = text
        head = text.partition("\n# versions: ")[2].partition("\n")[0]
        self.samples = tuple(version_of(word) for word in head.split())

    def options(self, spelling: str) -> list[tuple[Option, bool]]:
        """The lines that a spelling stands for, with True where it sets the opposite; by the name first."""
        name = spelling[2:] if spelling.startswith("--") else spelling if self.grammar.bare else ""
        found = [(option, False) for option in self._at(f"\n{name}\t")] if name else []
        return found or self.aliases(spelling)

    def aliases(self, spelling: str) -> list[tuple[Option, bool]]:
        """The lines that have a spelling beside their name."""
        found = [(option, False) for option in self._at(f" {spelling} ")]
        return found or [(option, True) for option in self._at(f" !{spelling} ")]

    def _at(self, wanted: str) -> list[Option]:
        """The lines with `wanted`; those of one name follow each other."""
        by_name = wanted[0] == "\n"
        found, place = [], self.text.find(wanted)
        while place >= 0:
            start = self.text.rfind("\n", 0, place + 1) + 1
            end = self.text.find("\n", place + 1)
            cells = self.text[start:end].split("\t")
            if len(cells) == len(Option._fields) and (by_name or wanted in cells[1]):
                found.append(Option(*cells))
            goes_on = not by_name or self.text.startswith(wanted, end)
            place = self.text.find(wanted, end) if goes_on else -1
        return found

    def written(self, name: str) -> str:
        """A canonical name as the engine's users type it."""
        return name if self.grammar.bare else "--" + (name.replace("-", "_") if self.grammar.snake else name)

    def all(self) -> list[Option]:
        """Every line; for suggestions and abbreviations only."""
        lines = (line.split("\t") for line in self.text.split("\n") if line and line[0] != "#")
        return [Option(*cells) for cells in lines if len(cells) == len(Option._fields)]

    def alive(self, option: Option, version: Version | None) -> bool:
        """Whether a version may know the option in this form: one of the versions looked at beside it does."""
        if not self.samples:
            after = version is None or not option.since or version_of(option.since) <= version
            return after and (not option.removed or (version is not None and version < version_of(option.removed)))
        return any(_covers(option, sample) for sample in beside(self.samples, version))

    def shown(self, version: Version | None) -> str:
        """The engine with its version, for messages."""
        version = version or (self.samples[-1] if self.samples else None)
        return f"{self.grammar.title} {'.'.join(map(str, version))}" if version else self.grammar.title


@once
def beside(samples: tuple[Version, ...], version: Version | None) -> tuple[Version, ...]:
    """The versions looked at next to a version, older and newer; the newest for None."""
    if version is None or version in samples:
        return (version or samples[-1],)
    return (*[sample for sample in samples if sample < version][-1:], *[s for s in samples if s > version][:1])


def _covers(option: Option, sample: Version) -> bool:
    after = not option.since or version_of(option.since) <= sample
    return after and (not option.removed or sample < version_of(option.removed))


@once
def version_of(text: str) -> Version:
    """The numbers of a version; `newest` is above all."""
    return (1 << 30,) if text == NEWEST else tuple(int(part) for part in text.split(".") if part.isdecimal())


@once
def table(engine: str) -> Table | None:
    """The options of the engine of this name; None where it has no table."""
    if engine not in GRAMMARS:
        return None
    with open(os.path.join(DATA, f"flags-{engine}.tsv"), encoding="utf-8", newline="\n") as file:
        return Table(engine, file.read())
