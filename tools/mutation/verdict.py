"""A plugin of pytest: instead of the tests, the mutants of a plan, each against its tests in a fork of the run.

`MUTATION_PLAN` is a file of one mutant a line, {"module", "source", "tests", "seconds", "rebind"}, the last where its
code runs only while the module is imported; `MUTATION_VERDICTS` gets a word a line for each: killed, timeout, survived,
or "again" where it must be tried in a process of its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FunctionType
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol

from mutation import exchange
from mutation.groups import ROOT

MEMORY = 3 << 30
"""Bytes beyond which a mutant is stopped: some grow without end."""
EXAMPLES = 30
"""Of a property, where its test does not say how many. Fewer than usual: a mutant that lives pays for all of them."""
PATIENCE, TIMES_AS_LONG = 10.0, 10.0
"""Seconds of the processor, and how often those of its tests, before a mutant counts as one that does not end."""
LONGEST = 600.0
"""Seconds by the clock, for those that wait and do nothing."""
EXITS = {0: "survived", 1: "killed", 3: "again", 4: "killed by a new value"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """A failing property is enough; which example is the smallest is nobody's question here. Fewer are tried, too."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    settings = hypothesis.settings
    settings.register_profile("mutation", parent=settings.get_profile("ci"), phases=phases, max_examples=EXAMPLES)
    settings.load_profile("mutation")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try each mutant; pytest's own loop has nothing left to do."""
    lines = Path(os.environ["MUTATION_PLAN"]).read_text(encoding="utf-8").splitlines()
    plan = [json.loads(line) for line in lines]
    for module in sorted({one["module"] for one in plan}):
        importlib.import_module(dotted(module))
    forks = _Forks(session)
    with Path(os.environ["MUTATION_VERDICTS"]).open("w", encoding="utf-8") as out:
        for one in plan:
            out.write(forks.verdict(one) + "\n")
            out.flush()
    return True


def dotted(module: str) -> str:
    """The name by which a file of the source tree is imported."""
    return module.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class _Forks:
    """Tries mutants in forks of the run as it was collected."""

    def __init__(self, session: pytest.Session) -> None:
        exchange.forget()
        self._items = {item.nodeid: item for item in session.items}
        self._there = exchange.functions()
        gc.freeze()  # forks share what is there, as long as no collection touches it
        self._repeatable: dict[tuple[str, ...], bool] = {}

    def verdict(self, one: dict[str, Any]) -> str:
        """The word for one mutant."""
        word = self._word(one)
        if word != "killed by a new value":
            return word
        return "killed" if self._stands_repetition(one) else "again"

    def _stands_repetition(self, one: dict[str, Any]) -> bool:
        """Whether its tests pass where the module is run a second time just as it is."""
        key = (one["module"], *one["tests"])
        if key not in self._repeatable:
            unchanged = (ROOT / one["module"]).read_text(encoding="utf-8")
            self._repeatable[key] = self._word(one | {"source": unchanged, "rebind": True}) == "again"
        return self._repeatable[key]

    def _word(self, one: dict[str, Any]) -> str:
        child = os.fork()
        if child == 0:
            chosen = [self._items[name] for name in one["tests"] if name in self._items]
            code = 1  # what raises is dead: a module that no longer loads, for one
            try:
                code = _tried(one, chosen, self._there)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return "timeout" if os.WIFSIGNALED(status) else EXITS.get(os.WEXITSTATUS(status), "killed")


def _tried(one: dict[str, Any], chosen: Sequence[pytest.Item], there: dict[exchange.Place, list[FunctionType]]) -> int:
    """In the fork: an exit of `EXITS`."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE + TIMES_AS_LONG * one["seconds"])
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    passed, failed = 0, 1
    try:
        if one.get("rebind"):
            raise exchange.OnModuleLevel
        exchange.exchange(one["module"], one["source"], there)
    except exchange.OnModuleLevel:
        exchange.rebind(sys.modules[dotted(one["module"])], one["source"])
        passed, failed = 3, 4  # not every copy of a value can be found: what survives is tried in a process of its own
    for item, following in zip(chosen, [*chosen[1:], None], strict=True):
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return failed
    return passed
