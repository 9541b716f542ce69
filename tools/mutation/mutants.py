"""The mutants of a module, made by mutmut's operators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import cast

import libcst
from libcst import matchers
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from mutation.groups import ROOT

NEVER_CALLED = ("len", "isinstance", "cast", "NamedTuple", "TypeVar")
"""Calls of which only the types would be changed, or that cannot be made with other arguments."""
NEVER_ASSIGNED = ("TYPE_CHECKING", "__all__")
LONGEST_QUOTE = 70


@dataclass(frozen=True)
class Mutant:
    """One change of a module."""

    module: str
    first: int
    last: int
    """Lines that are changed."""
    before: str
    after: str
    source: Callable[[], str]
    """The module as it is then; made when it is asked for, since a large module has thousands."""

    @property
    def name(self) -> str:
        """As reports list it."""
        return f"{self.module}:{self.first}: {self.before} → {self.after}"


def _walk(node: libcst.CSTNode) -> Iterator[libcst.CSTNode]:
    """The nodes of a tree in which something may be changed."""
    if not _is_passed_over(node):
        yield node
        for child in node.children:
            yield from _walk(child)


def _others(node: libcst.CSTNode) -> Iterator[libcst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind) and not (isinstance(node, libcst.SimpleString) and _is_prose(node)):
            yield from operator(node)


def _is_prose(node: libcst.SimpleString) -> bool:
    """Sentences, whose wording is no arithmetic. Words of a grammar and names are no sentences."""
    return " " in str(node.evaluated_value)


def _is_passed_over(node: libcst.CSTNode) -> bool:
    """Types, which mean nothing at run time, docstrings, decorators, and what only type checkers read."""
    if isinstance(node, libcst.Annotation | libcst.Decorator | libcst.ImportFrom | libcst.Import):
        return True
    if isinstance(node, libcst.Expr) and isinstance(node.value, libcst.SimpleString | libcst.ConcatenatedString):
        return True
    if isinstance(node, libcst.Call) and isinstance(node.func, libcst.Name) and node.func.value in NEVER_CALLED:
        return True
    if isinstance(node, libcst.If) and matchers.matches(node.test, matchers.Name("TYPE_CHECKING")):
        return True
    return isinstance(node, libcst.Assign) and any(
        isinstance(target.target, libcst.Name) and target.target.value in NEVER_ASSIGNED for target in node.targets
    )


def mutants(module: str) -> Iterator[Mutant]:
    """All of them, in the order of the text."""
    wrapper = MetadataWrapper(libcst.parse_module((ROOT / module).read_text(encoding="utf-8")))
    tree, places = wrapper.module, wrapper.resolve(PositionProvider)
    starts = [0, *accumulate(map(len, tree.code.splitlines(keepends=True)))]
    for node in _walk(tree):
        place = places.get(node)
        if place is None:
            continue
        for other in _others(node):
            where = slice(*(starts[at.line - 1] + at.column for at in (place.start, place.end)))
            before, after = _quoted(tree.code_for_node(node), tree.code_for_node(other))
            source = partial(_replaced, tree, node, other, where)
            yield Mutant(module, place.start.line, place.end.line, before, after, source)


def _replaced(tree: libcst.Module, node: libcst.CSTNode, other: libcst.CSTNode, where: slice) -> str:
    """The module with another node: in its text, or, where its place there has less than the node, in the tree."""
    code: str = tree.code
    if code[where] != tree.code_for_node(node):
        return str(cast(libcst.Module, tree.deep_replace(node, other)).code)
    return f"{code[: where.start]}{tree.code_for_node(other)}{code[where.stop :]}"


def parses(source: str) -> bool:
    """Whether a mutant is Python: an operator does not see what surrounds its node."""
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _quoted(before: str, after: str) -> tuple[str, str]:
    """Both on a line each; of long ones what surrounds the first difference."""
    one, other = " ".join(before.split()), " ".join(after.split())
    same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(other))
    start = max(0, same - LONGEST_QUOTE // 2)
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    if len(text) <= LONGEST_QUOTE:
        return text
    end = start + LONGEST_QUOTE
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
