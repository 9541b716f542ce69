"""The short form of a rule: whether a deployment passes it beyond doubt, which nearly all rules of nearly all files do.

`not when or require` is true where `when` is known to be false, or `require` to be true. Neither asks for the third
value: both come down to Python's own `and` and `or`, which look at no more facts than they must. `passing` translates
the lambdas of `expression.py`; where its answer is no, those tell what is wrong from what is not known. Slow path.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from llmlint.expression import NAMESPACE, Expression

SIGNS = {"equal": "==", "unequal": "!=", "less": "<", "at_most": "<=", "more": ">", "at_least": ">=", "among": "in"}
OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in"}
"""Of what is known: facts are finite, so that one of the two holds."""
FACTS = "facts"
"""The only parameter that is given; figures of the rule are defaults."""


def passing(when: Expression | None, require: Expression) -> str:
    """The source of a function of `Facts`: true only where a rule holds or does not concern the deployment."""
    defaults: dict[str, str] = {}
    holds = _Read(require, defaults).sure(_lambda(require).body, True)
    if when is not None:
        holds = f"{_Read(when, defaults).sure(_lambda(when).body, False)} or {holds}"
    return f"lambda {', '.join([FACTS, *(f'{name}={value}' for name, value in defaults.items())])}: {holds}"


def function(source: str) -> Callable[..., bool]:
    """The compiled form of what `passing` gives."""
    compiled: Callable[..., bool] = eval(source, NAMESPACE)
    return compiled


def _lambda(expression: Expression) -> ast.Lambda:
    whole = ast.parse(expression.source, mode="eval").body
    assert isinstance(whole, ast.Lambda)
    return whole


class _Read:
    """Translates the code of one condition."""

    def __init__(self, expression: Expression, defaults: dict[str, str]) -> None:
        self.names = {f"f{place}": f"{FACTS}.{name}" for place, name in enumerate(expression.facts)}
        arguments = _lambda(expression).args
        figures = [one.arg for one in arguments.args][len(self.names) :]
        defaults |= dict(zip(figures, map(_constant, arguments.defaults), strict=True))

    def sure(self, node: ast.expr, wanted: bool) -> str:
        """Code that is true where the condition is known to be `wanted`, and false otherwise."""
        if not isinstance(node, ast.Call):
            return f"{self.value(node)} is {wanted}"
        assert isinstance(node.func, ast.Name)
        name, operands = node.func.id, node.args
        if name == "opposite":
            return self.sure(operands[0], not wanted)
        if name in ("both", "either"):
            joint = " and " if (name == "both") == wanted else " or "
            return f"({joint.join(self.sure(one, wanted) for one in operands)})"
        if name == "told":
            return f"{self.value(operands[0])} is {'not ' if wanted else ''}None"
        if name in SIGNS:
            return self._compared(name, operands, wanted)
        return f"{self.value(node)} is {wanted}"

    def _compared(self, name: str, operands: list[ast.expr], wanted: bool) -> str:
        if any(isinstance(one, ast.Call) for one in operands):  # arithmetic, once
            return f"{name}({', '.join(map(self.value, operands))}) is {wanted}"
        left, right = map(self.value, operands)
        known = [f"{self.value(one)} is not None" for one in operands if self._is_fact(one)]
        sign = SIGNS[name] if wanted else OPPOSITES[SIGNS[name]]
        if sign in ("==", "in") and len(known) < 2:  # no constant is None
            known = []
        return f"({' and '.join([*known, f'{left} {sign} {right}'])})" if known else f"{left} {sign} {right}"

    def _is_fact(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.names

    def value(self, node: ast.expr) -> str:
        """Code of an operand, None where it is unknown."""
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            return f"{node.func.id}({', '.join(map(self.value, node.args))})"
        return self.names.get(node.id, node.id) if isinstance(node, ast.Name) else _constant(node)


def _constant(node: ast.expr) -> str:
    """A number, a text or a tuple of them in ASCII; a default may also be a mapping."""
    return ast.unparse(node).encode("ascii", "backslashreplace").decode()
