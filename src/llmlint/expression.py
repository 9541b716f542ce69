"""The language of conditions: read, checked against the facts' kinds, and compiled, in one pass over the tokens.

    condition  = conj { "or" conj }           conj = neg { "and" neg }          neg = "not" neg | comparison
    comparison = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" list ]
    sum        = product { ("+" | "-") product }
    product    = sign { ("*" | "/" | "%") sign }          sign = [ "-" ] atom
    atom       = number [ unit ] | text | fact | "known" "(" fact ")" | "(" condition ")"
    list       = "[" constant { "," constant } "]"        fact = name { "." name }

What is not in the grammar is refused by not being there. It is read by its own descent, not by Python's `ast`: whose
messages and columns differ by version and would have to be translated back from bytes, with the units taken out before.
The compiled form is a lambda over the functions of `conditions.py`; only constants, those names and `f0 …` enter it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from llmlint import conditions
from llmlint.kinds import (
    Dimension,
    Kind,
    Term,
    combined,
    compared,
    constant,
    fact,
    measure,
    no_such_fact,
    out_of_place,
    refuse,
    truth,
)
from llmlint.tokens import InvalidExpression, Measure, Token, tokens
from llmlint.tuples import NamedTuple

__all__ = ["Dimension", "Expression", "InvalidExpression", "Kind", "parse", "placeholders"]

MOST_NODES = 60
"""Operands, operators and list items of one condition."""
DEEPEST = 20
"""Parentheses within parentheses: bounds the descent's stack."""

COMPARISONS = {"==": "equal", "!=": "unequal", "<": "less", "<=": "at_most", ">": "more", ">=": "at_least"}
ARITHMETIC = {"+": "plus", "-": "minus", "*": "times", "/": "over", "%": "remainder"}
PREFIX = "p_"
"""Of a parameter's name in the code."""
NO_PARAMETERS: Mapping[str, Given] = {}
NAMESPACE: dict[str, Any] = {name: getattr(conditions, name) for name in conditions.__all__} | {"__builtins__": {}}


class Given(NamedTuple):
    """A parameter as conditions see it."""

    gives: Measure | Literal["flag", "text"]
    default: object
    """Its value, or a mapping of values."""
    by: str = ""
    """The fact that chooses among the values of a mapping."""


class Expression(NamedTuple):
    """A condition that was checked."""

    text: str
    facts: tuple[str, ...]
    """Names in order of first use: the parameters of the function."""
    source: str
    """A lambda over names of `conditions`, one line of ASCII; parameters are its defaults, and cost nothing."""

    def function(self) -> Callable[..., bool | None]:
        """The compiled condition: values of `facts` (None if unknown) to true, false or unknown."""
        compiled: Callable[..., bool | None] = eval(self.source, NAMESPACE)
        return compiled


def parse(text: str, kinds: Mapping[str, Kind], parameters: Mapping[str, Given] = NO_PARAMETERS) -> Expression:
    """Read a condition over the facts of `kinds` and parameters; raises `InvalidExpression`."""
    parser = Parser(tokens(text), kinds, parameters)
    code = parser.whole()
    names = [f"f{index}" for index in range(len(parser.facts))]
    names += [f"{PREFIX}{name}={parameters[name].default!a}" for name in parser.used]
    return Expression(text, tuple(parser.facts), f"lambda {', '.join(names)}: {code}" if names else f"lambda: {code}")


class Parser:
    """One condition: a method for each line of the grammar."""

    def __init__(
        self, found: list[Token], kinds: Mapping[str, Kind], parameters: Mapping[str, Given] = NO_PARAMETERS
    ) -> None:
        self.tokens = found
        self.place = 0
        self.kinds = kinds
        self.parameters = parameters
        self.facts: list[str] = []
        self.used: list[str] = []
        """Parameters, in order of first use."""
        self.nodes = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token that is to be read next."""
        return self.tokens[self.place]

    def at(self, *signs: str) -> bool:
        """Whether one of these signs or keywords is next."""
        return self.next.kind == "sign" and self.next.text in signs

    def take(self) -> Token:
        """Read a token."""
        self.place += 1
        return self.tokens[self.place - 1]

    def node(self) -> Token:
        """Read a token that makes a node."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            refuse(f"a condition has at most {MOST_NODES} parts: split the rule, or make a fact of it", self.next)
        return self.take()

    def expect(self, sign: str, why: str) -> None:
        """Read this sign and no other."""
        if not self.at(sign):
            refuse(why, self.next)
        self.take()

    def whole(self) -> str:
        """The code of the whole condition."""
        if len(self.tokens) == 1:
            refuse("there is no condition here", self.next)
        term = self.condition()
        if self.next.kind != "end":
            refuse(self.stray(), self.next)
        return truth(term)

    def condition(self) -> Term:
        """Conjunctions joined by `or`."""
        term = self.conjunction()
        while self.at("or"):
            self.node()
            term = Term(f"either({truth(term)}, {truth(self.conjunction())})", "flag", term.token)
        return term

    def conjunction(self) -> Term:
        """Negations joined by `and`."""
        term = self.negation()
        while self.at("and"):
            self.node()
            term = Term(f"both({truth(term)}, {truth(self.negation())})", "flag", term.token)
        return term

    def negation(self) -> Term:
        """A comparison, or its opposite."""
        if not self.at("not"):
            return self.comparison()
        first = self.node()
        return Term(f"opposite({truth(self.negation())})", "flag", first)

    def comparison(self) -> Term:
        """Two sums compared, a sum looked for in a list, or a sum alone."""
        left = self.sum()
        if self.at(*COMPARISONS):
            sign = self.node()
            right = self.sum()
            compared(left, sign.text, right)
            term = Term(f"{COMPARISONS[sign.text]}({left.code}, {right.code})", "flag", left.token)
        elif self.at("in", "not"):
            term = self.membership(left)
        else:
            return left
        if self.at(*COMPARISONS, "in", "not"):
            refuse("one comparison at a time, joined by and", self.next)
        return term

    def membership(self, left: Term) -> Term:
        """`in` or `not in` and its list."""
        negated = self.at("not")
        if negated:
            self.take()
        if not self.at("in"):
            refuse("after a value, not is followed by in", self.next)
        self.node()
        code = f"among({left.code}, ({', '.join(self.items(left))},))"
        return Term(f"opposite({code})" if negated else code, "flag", left.token)

    def items(self, left: Term) -> list[str]:
        """The code of a list's constants, each checked against what is looked for."""
        self.expect("[", "in is followed by a list in square brackets")
        found: list[str] = []
        while True:
            if self.next.kind not in {"number", "text"}:
                refuse("a list holds numbers or text, divided by commas", self.next)
            item = constant(self.node())
            compared(left, "in", item)
            found.append(item.code)
            if self.at("]"):
                self.take()
                return found
            self.expect(",", "a comma or ] is missing")

    def sum(self) -> Term:
        """Products added and subtracted."""
        return self.chain(("+", "-"), self.product)

    def product(self) -> Term:
        """Factors multiplied and divided."""
        return self.chain(("*", "/", "%"), self.sign)

    def chain(self, signs: tuple[str, ...], part: Callable[[], Term]) -> Term:
        """Parts joined by arithmetic signs, from the left."""
        term = part()
        while self.at(*signs):
            sign = self.node().text
            right = part()
            gives = combined(term, sign, right)
            term = Term(f"{ARITHMETIC[sign]}({term.code}, {right.code})", gives, term.token)
        return term

    def sign(self) -> Term:
        """An operand, perhaps with a minus."""
        if not self.at("-"):
            return self.atom()
        first = self.node()
        operand = self.atom()
        return Term(f"negative({operand.code})", measure(operand), first)

    def atom(self) -> Term:
        """An operand."""
        if self.at("("):
            return self.group()
        if self.at("known"):
            first = self.take()
            self.expect("(", "write known(fact)")
            name = self.fact("known takes the name of one fact")
            self.expect(")", "known takes the name of one fact")
            return Term(f"told({name.code})", "flag", first)
        if self.next.kind in {"number", "text"}:
            return constant(self.node())
        return self.fact("a fact, a number or text is missing here")

    def group(self) -> Term:
        """A condition or a sum in parentheses."""
        self.depth += 1
        if self.depth > DEEPEST:
            refuse(f"parentheses are at most {DEEPEST} deep", self.next)
        self.take()
        inner = self.condition()
        self.expect(")", "a ) is missing" if self.next.kind == "end" else self.stray())
        self.depth -= 1
        return inner

    def fact(self, otherwise: str) -> Term:
        """A fact's name."""
        if self.next.kind != "name":
            refuse(otherwise, self.next)
        token = self.node()
        if self.at("("):
            refuse("nothing can be called but known(fact)", token)
        if token.text in self.parameters:
            return self.parameter(token)
        kind = self.kinds.get(token.text)
        if kind is None:
            refuse(no_such_fact(token.text, {**self.kinds, **dict.fromkeys(self.parameters, Kind("text"))}), token)
        return fact(self.code_of(token.text), kind, token)

    def code_of(self, name: str) -> str:
        """What a fact is called in the code."""
        if name not in self.facts:
            self.facts.append(name)
        return f"f{self.facts.index(name)}"

    def parameter(self, token: Token) -> Term:
        """A parameter's name."""
        given = self.parameters[token.text]
        if token.text not in self.used:
            self.used.append(token.text)
        name = f"{PREFIX}{token.text}"
        return Term(f"chosen({name}, {self.code_of(given.by)})" if given.by else name, given.gives, token)

    def stray(self) -> str:
        """Why the next token cannot follow the last."""
        return out_of_place(self.next, self.tokens[self.place - 1])


_BRACES = re.compile(r"\{\{|\}\}|\{([A-Za-z0-9_.]*(?:\([a-z0-9_]*\))?)\}|[{}]")


def placeholders(template: str, kinds: Mapping[str, Kind]) -> tuple[tuple[str, str | None], ...]:
    """A message's literal texts, each with the name of the fact that follows it, or None.

    `{fact.name}` is a fact's name and nothing more (`str.format` would follow attributes and take widths), `{{` and
    `}}` are literal braces. Raises `InvalidExpression`.
    """
    parts: list[tuple[str, str | None]] = []
    literal, place = "", 0
    for match in _BRACES.finditer(template):
        literal += template[place : match.start()]
        place = match.end()
        name = match[1]
        if name is not None:
            _check_placeholder(name, match.start() + 1, kinds)
            parts.append((literal, name))
            literal = ""
        elif len(match[0]) == 1:
            raise InvalidExpression(f"write {{fact.name}}, or {match[0] * 2} for a brace itself", match.start() + 1)
        else:
            literal += match[0][0]
    literal += template[place:]
    return (*parts, (literal, None)) if literal else tuple(parts)


def _check_placeholder(name: str, column: int, kinds: Mapping[str, Kind]) -> None:
    if not name:
        raise InvalidExpression("a fact's name is missing between the braces", column)
    if name not in kinds:
        raise InvalidExpression(no_such_fact(name, kinds), column + 1)
