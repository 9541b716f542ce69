"""Options of an engine that come from its environment, as words of its command line.

llama.cpp reads variables of its own names (data/variables-llama.cpp.tsv), TGI the upper-case name of every option
(clap's `env`), Ollama has nothing else. vLLM and SGLang take no option from the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from llmlint.engines.flag_table import DATA, table
from llmlint.unit import Unit, Variable, Word

ON = frozenset({"1", "true", "on", "yes", "enabled"})
"""What llama.cpp takes for yes (common/arg.cpp); for TGI, true."""
SECRETS = frozenset({"HF_TOKEN", "LLAMA_API_KEY"})
"""Variables that are options too, and stay where nobody prints them."""


def words(engine: str, unit: Unit) -> tuple[Word, ...]:
    """The options that variables set, in front of which those of the command line win."""
    reader = READERS.get(engine)
    if reader is None:
        return ()
    return tuple(
        word for variable in unit.environment.values() if variable.value is not None for word in reader(variable)
    )


@cache
def llamacpp_variables() -> Mapping[str, tuple[str, str]]:
    """The options of llama.cpp's variables, each with its opposite or nothing."""
    with open(os.path.join(DATA, "variables-llama.cpp.tsv"), encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {name: (option, opposite) for name, option, opposite in rows}


def _llamacpp(variable: Variable) -> Iterable[Word]:
    option, opposite = llamacpp_variables().get(variable.name, ("", ""))
    if variable.name in SECRETS:
        return ()
    if not option:
        positive = variable.name.replace("LLAMA_ARG_NO_", "LLAMA_ARG_", 1)
        opposite = llamacpp_variables().get(positive, ("", ""))[1] if positive != variable.name else ""
        return (_word(opposite, variable),) if opposite else ()
    return _option(option, opposite, variable, "llama.cpp")


def _tgi(variable: Variable) -> Iterable[Word]:
    known = table("tgi")
    name = "--" + variable.name.lower().replace("_", "-")
    if known is None or variable.name != variable.name.upper() or not known.options(name):
        return ()
    return _option(name, "", variable, "tgi")


def _ollama(variable: Variable) -> Iterable[Word]:
    known = table("ollama")
    if known is None or not known.options(variable.name):
        return ()
    return (_word(f"{variable.name}={variable.value}", variable),)


READERS: Mapping[str, Callable[[Variable], Iterable[Word]]] = {"llama.cpp": _llamacpp, "tgi": _tgi, "ollama": _ollama}


def _option(name: str, opposite: str, variable: Variable, engine: str) -> Iterable[Word]:
    """The option with its value; of a switch only itself where it is on, its opposite where it is off."""
    known = table(engine)
    found = known.options(name) if known is not None else []
    value = variable.value or ""
    if not found or found[-1][0].kind not in ("flag", "bool"):
        return (_word(name, variable), _word(value, variable))
    if value.lower() in ON:
        return (_word(name, variable),)
    return (_word(opposite, variable),) if opposite else ()


def _word(text: str, variable: Variable) -> Word:
    return Word(text, variable.spot, item=False)
