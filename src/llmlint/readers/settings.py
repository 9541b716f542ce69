"""Options of an engine that come from its environment, as words of its command line.

llama.cpp reads `LLAMA_ARG_…` (common/arg.cpp), TGI the upper-case name of every option (clap's `env`), Ollama has
nothing else. vLLM and SGLang take no option from the environment.
"""

from __future__ import annotations

from collections.abc import Iterable

from llmlint.engines.flag_table import table
from llmlint.unit import Unit, Variable, Word


def words(engine: str, unit: Unit) -> tuple[Word, ...]:
    """The options that variables set, in front of which those of the command line win."""
    reader = {"llama.cpp": _llamacpp, "tgi": _tgi, "ollama": _ollama}.get(engine)
    if reader is None:
        return ()
    return tuple(word for variable in unit.environment.values() for word in reader(variable))


def _llamacpp(variable: Variable) -> Iterable[Word]:
    if not variable.name.startswith("LLAMA_ARG_") or variable.value is None:
        return ()
    name = _llamacpp_option(variable.name)
    return _option(name, variable, "llama.cpp") if name else ()


def _llamacpp_option(name: str) -> str:
    """The option of a variable: the name itself, but for those that are called otherwise."""
    bare = name.removeprefix("LLAMA_ARG_").lower().replace("_", "-")
    return f"--{RENAMED.get(bare, bare)}"


RENAMED = {"n-parallel": "parallel", "n-ubatch": "ubatch-size", "batch": "batch-size", "ubatch": "ubatch-size"}
"""Where the variable of llama.cpp is not the option's name (common/arg.cpp)."""


def _tgi(variable: Variable) -> Iterable[Word]:
    known = table("tgi")
    name = "--" + variable.name.lower().replace("_", "-")
    if known is None or variable.value is None or variable.name != variable.name.upper() or not known.options(name):
        return ()
    return _option(name, variable, "tgi")


def _ollama(variable: Variable) -> Iterable[Word]:
    known = table("ollama")
    if known is None or variable.value is None or not known.options(variable.name):
        return ()
    return (Word(f"{variable.name}={variable.value}", variable.spot, item=False),)


def _option(name: str, variable: Variable, engine: str) -> Iterable[Word]:
    """The option with its value; a switch only where it is on."""
    known = table(engine)
    found = known.options(name) if known is not None else []
    value = variable.value or ""
    if found and found[0][0].kind in ("flag", "bool"):
        on = value.lower() in ("1", "true", "on", "yes", "enabled")
        return (Word(name, variable.spot, item=False),) if on else ()
    return (Word(name, variable.spot, item=False), Word(value, variable.spot, item=False))
