"""Puts the code of a mutant in the place of the running one."""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType, ModuleType

from mutation.groups import ROOT

Place = tuple[str, str, int]
"""File, qualified name and first line."""


class OnModuleLevel(Exception):
    """The change is not within a function that is there."""


def place(code: CodeType) -> Place:
    """Where a code object was written."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


def functions() -> dict[Place, list[FunctionType]]:
    """All functions of the source tree that this process has."""
    found = defaultdict(list)
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename.startswith(str(ROOT / "src")):
            found[place(one.__code__)].append(one)
    return found


def forget() -> None:
    """Empty what functions have kept of results while tests were collected."""
    for one in gc.get_objects():
        if type(one) is FunctionType or type(one).__name__ == "_lru_cache_wrapper":
            clear = getattr(one, "cache_clear", None)
            if clear is not None and str(getattr(one, "__module__", "")).startswith("llmlint"):
                clear()


def exchange(module: str, source: str, there: dict[Place, list[FunctionType]]) -> None:
    """Let the functions of a module that a mutant changes run as it has them; raises `OnModuleLevel`."""
    file = str(ROOT / module)
    original = compile((ROOT / module).read_text(encoding="utf-8"), file, "exec", dont_inherit=True)
    changed = list(_changed(original, compile(source, file, "exec", dont_inherit=True)))
    for old, new in changed:
        for function in there.get(place(old), ()):
            if len(new.co_freevars) != len(old.co_freevars):
                raise OnModuleLevel
            function.__code__ = new
    if not all(place(old) in there for old, _ in changed):
        raise OnModuleLevel


def rebind(module: ModuleType, source: str) -> None:
    """Run a mutant's text in its module, and give others that import from it the values that it then has.

    Functions and classes stay who they are, for others compare them; functions look values up as they run.
    """
    before = dict(vars(module))
    exec(compile(source, str(module.__file__), "exec", dont_inherit=True), vars(module))
    for name, old in before.items():
        if isinstance(old, FunctionType | type | ModuleType):
            vars(module)[name] = old
        elif name in vars(module):
            _hand_on(name, old, vars(module)[name])


def _hand_on(name: str, old: object, new: object) -> None:
    if old is new:
        return
    for module in list(sys.modules.values()):
        if module.__name__.startswith(("llmlint", "tests", "test_")) and vars(module).get(name) is old:
            vars(module)[name] = new


def _changed(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    if old.co_flags & CO_OPTIMIZED:
        if not _same(old, new):
            yield old, new
        return
    within, others = _nested(old), _nested(new)
    if not _same_shell(old, new) or len(within) != len(others):
        raise OnModuleLevel
    for one, other in zip(within, others, strict=True):
        yield from _changed(one, other)


def _nested(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _same(old: CodeType, new: CodeType) -> bool:
    within, others = _nested(old), _nested(new)
    return (
        _same_shell(old, new)
        and len(within) == len(others)
        and all(_same(one, other) for one, other in zip(within, others, strict=True))
    )


def _same_shell(old: CodeType, new: CodeType) -> bool:
    """Whether they do the same but for what is defined in them; lines and columns do not count."""
    return _shell(old) == _shell(new)


def _shell(code: CodeType) -> tuple[object, ...]:
    constants = [None if isinstance(constant, CodeType) else repr(constant) for constant in code.co_consts]
    return (code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
