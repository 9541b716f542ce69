"""Conditions: what is refused and where, what unknown does, and that the compiled form says what the grammar says."""

from __future__ import annotations

import itertools
import json
import operator
import subprocess
import sys
from collections.abc import Callable, Mapping
from random import Random
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llmlint import conditions
from llmlint.compiled.rules import RULES
from llmlint.expression import Expression, InvalidExpression, Kind, parse, placeholders
from llmlint.facts.registry import registry
from llmlint.passing import function, passing
from llmlint.rule import Condition, Rule

KINDS = {
    "offload": Kind("flag"),
    "remote": Kind("flag"),
    "gpus.count": Kind("number"),
    "model.parameters": Kind("number"),
    "ram.available": Kind("size"),
    "ram.total": Kind("size"),
    "model.size": Kind("size"),
    "storage.read": Kind("rate"),
    "load.time": Kind("duration"),
    "engine.name": Kind("text", ("vllm", "sglang", "llama.cpp", "ollama")),
    "engine.version": Kind("text"),
    "storage.kind": Kind("text", ("nvme", "ssd", "hdd")),
}

REFUSED = [
    # facts
    ("ram.availabel >= 32 GB", 1, "no such fact: ram.availabel; did you mean ram.available?"),
    ("offload and ram >= 32 GB", 13, "ram is a group of facts: ram.available, ram.total"),
    ("engine.name == vllm", 16, 'no such fact: vllm; text is written "vllm"'),
    ("zzz.yyy", 1, "no such fact: zzz.yyy"),
    ("known(ram.availabel)", 7, "did you mean ram.available?"),
    # kinds
    ("ram.available >= 32", 18, "a size against a plain number: say 32 GB"),
    ("32 <= ram.available", 1, "a size against a plain number: say 32 GB"),
    ("model.size / storage.read <= 60", 30, "a duration against a plain number: say 60 s"),
    ("storage.read > 3", 16, "a rate against a plain number: say 3 GB/s"),
    ("ram.available >= 32 GB/s", 18, "a size against a rate"),
    ("ram.available + load.time > 0", 17, "a size against a duration"),
    ("model.parameters > 8 B", 20, "a plain number against a size: B is bytes, 8 billion is 8000000000"),
    ("ram.total * ram.total > 8 GB", 25, "bytes^2 × seconds^0 against a size"),
    ("ram.total + 1 > 8 GB", 13, "a size against a plain number: say 1 GB"),
    ("ram.total % 3 == 0", 13, "a size against a plain number: say 3 GB"),
    ("engine.name == 3", 16, "text against a plain number"),
    ("gpus.count == '3'", 15, "a plain number against text"),
    ("engine.version < '1'", 18, "order is for numbers: text is compared by ==, != and in"),
    ("'%9999999d' % 1 == 2", 1, "arithmetic is for numbers, this is text"),
    ("'a' * 1000000000 == 'a'", 1, "arithmetic is for numbers, this is text"),
    ("-engine.name == 'a'", 2, "arithmetic is for numbers, this is text"),
    ("offload + 1 == 2", 1, "arithmetic is for numbers, this is a flag or condition"),
    ("offload == remote", 1, "a flag or condition is not compared: it stands bare, or after not"),
    ("(gpus.count > 1) == offload", 2, "a flag or condition is not compared"),
    ("offload in [1]", 1, "a flag or condition is not compared"),
    ("gpus.count", 1, "a plain number is no condition: compare it with something"),
    ("offload and gpus.count", 13, "a plain number is no condition"),
    ("not engine.name", 5, "text is no condition"),
    ("7", 1, "a plain number is no condition"),
    # choices
    ('engine.name == "vlm"', 16, "not one of vllm, sglang, llama.cpp, ollama; did you mean vllm?"),
    ('"vlm" != engine.name', 1, "not one of vllm, sglang, llama.cpp, ollama; did you mean vllm?"),
    ('engine.name in ["vllm", "tgi"]', 25, "not one of vllm, sglang, llama.cpp, ollama"),
    # lists
    ("gpus.count in []", 16, "a list holds numbers or text, divided by commas"),
    ("gpus.count in [1, 2,]", 21, "a list holds numbers or text, divided by commas"),
    ("gpus.count in [gpus.count]", 16, "a list holds numbers or text, divided by commas"),
    ("gpus.count in [[1]]", 16, "a list holds numbers or text, divided by commas"),
    ("gpus.count in (1, 2)", 15, "in is followed by a list in square brackets"),
    ("engine.name in 'vllm'", 16, "in is followed by a list in square brackets"),
    ('engine.name in ["vllm" "sglang"]', 24, "a comma or ] is missing"),
    ("ram.total in [8 GB, 16]", 21, "a size against a plain number: say 16 GB"),
    ("gpus.count not 3", 16, "after a value, not is followed by in"),
    ("gpus.count in [1", 16, "a comma or ] is missing"),
    # one comparison at a time
    ("8 GB <= ram.available <= 16 GB", 23, "one comparison at a time, joined by and"),
    ("gpus.count in [1] == offload", 19, "one comparison at a time, joined by and"),
    ("gpus.count == 1 not in [1]", 17, "one comparison at a time, joined by and"),
    # grammar
    ("", 1, "there is no condition here"),
    (" \n ", 1, "there is no condition here"),
    ("offload and", 11, "a fact, a number or text is missing here"),
    ("offload and   ", 11, "a fact, a number or text is missing here"),
    ("and offload", 1, "a fact, a number or text is missing here"),
    ("offload offload", 9, "offload is out of place: a sign, and or or is missing before it"),
    ("(offload", 8, "a ) is missing"),
    ("(offload]", 9, "this ] closes nothing"),
    ("offload)", 8, "this ) closes nothing"),
    ("offload, remote", 8, "a comma stands only in a list: [1, 2]"),
    ('engine.version == "a" "b"', 23, "a comma is missing between two texts"),
    ("[1] == [1]", 1, "a fact, a number or text is missing here"),
    ("gpus.count == --3", 16, "a fact, a number or text is missing here"),
    ("gpus.count == +3", 15, "a fact, a number or text is missing here"),
    ("engine.name[0] == 'v'", 12, "nothing can be indexed: looking into lists is a fact's work"),
    ("len(engine.name) > 1", 1, "nothing can be called but known(fact)"),
    ("__import__('os')", 1, "nothing can be called but known(fact)"),
    ("engine.name.upper() == 'V'", 1, "nothing can be called but known(fact)"),
    ("known offload", 7, "write known(fact)"),
    ("known(1)", 7, "known takes the name of one fact"),
    ("known(offload, remote)", 14, "known takes the name of one fact"),
    ("known(offload or remote)", 15, "known takes the name of one fact"),
    ("offload if remote else offload", 9, "if is out of place"),
    ("lambda: offload", 7, ": has no meaning in a condition"),
    ("offload; remote", 8, "; has no meaning in a condition"),
    # signs
    ("gpus.count = 1", 12, "write == to compare"),
    ("gpus.count === 1", 12, "write == to compare"),
    ("offload && remote", 9, "write and"),
    ("offload || remote", 9, "write or"),
    ("offload | remote", 9, "write or"),
    ("!offload", 1, "write not"),
    ("gpus.count <> 1", 12, "write !="),
    ("gpus.count => 1", 12, "write >="),
    ("gpus.count ≥ 1", 12, "write >="),
    ("gpus.count × 2 > 1", 12, "write * to multiply"),
    ("gpus.count // 2 > 1", 12, "write / to divide"),
    ("gpus.count ** 2 > 1", 12, "there are no shifts and no powers"),
    ("gpus.count << 2 > 1", 12, "there are no shifts and no powers"),
    ("(x := 1) > 0", 4, "nothing can be assigned"),
    ("offload # why", 9, "no comments inside a condition"),
    ("{ram.total} > 1 GB", 1, "a fact stands without braces here"),
    ("offload \\\n and remote", 9, "no backslashes"),
    ("offload\u00a0and remote", 8, "U+00A0 has no meaning in a condition"),
    ("engine.name == “vllm”", 16, "write straight quotes around text"),
    ("engine.name == 'é' and ram.é", 27, "write a digit on each side of the decimal point, and a name"),
    ("ram .total > 1 GB", 5, "write a digit on each side of the decimal point, and a name"),
    # words
    ("offload is remote", 9, "write == or !="),
    ("offload AND remote", 9, "write and"),
    ("offload == True", 12, "there is no such constant: a flag stands bare"),
    ("ram.total == None", 14, "there is no such constant"),
    ("true", 1, "there is no such constant"),
    # text
    ('engine.name == "vllm', 16, "this text is not closed, or has a backslash in it"),
    ('engine.name == "v\\x6clm"', 16, "this text is not closed, or has a backslash in it"),
    ('engine.name == f"vllm"', 16, "text has no prefix"),
    # numbers and units
    ("ram.total > 32 gb", 16, "no such unit: gb; did you mean GB?"),
    ("load.time > 5 mins", 15, "no such unit: mins; did you mean min?"),
    ("ram.total > 32 quux", 16, "no such unit: quux; known are B, kB"),
    ("gpus.count > 4x", 15, "write the number out in plain decimals"),
    ("gpus.count > 1e9", 15, "write the number out in plain decimals"),
    ("gpus.count > 0x10", 15, "write the number out in plain decimals"),
    ("gpus.count > 1_000", 15, "write the number out in plain decimals"),
    ("gpus.count > 1.", 15, "write plain decimals: 0.5, 12, 1.25"),
    ("gpus.count > .5", 14, "write a digit on each side of the decimal point"),
    ("gpus.count > 1.2.3", 17, "write plain decimals: 0.5, 12, 1.25"),
    ("gpus.count > 1j", 15, "no such unit: j"),
    ("gpus.count > " + "1" * 16, 14, "a number has at most 15 digits before and after the point"),
    # limits
    ("offload" + " " * 994, 1001, "a condition has at most 1000 characters"),
    ("not " * 60 + "offload", 241, "a condition has at most 60 parts"),
    ("(" * 21 + "offload" + ")" * 21, 21, "parentheses are at most 20 deep"),
    ("gpus.count in [" + "1," * 58 + "1]", 132, "a condition has at most 60 parts"),
]


@pytest.mark.parametrize(("text", "column", "message"), REFUSED)
def test_refuses(text: str, column: int, message: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        parse(text, KINDS)
    assert message in caught.value.message
    assert caught.value.column == column


HOLDS: list[tuple[str, dict[str, Any], bool | None]] = [
    ("ram.total >= 32 GB", {"ram.total": 32 * 10**9}, True),
    ("ram.total >= 32 GB", {"ram.total": 32 * 2**30}, True),
    ("ram.total >= 32 GiB", {"ram.total": 32 * 10**9}, False),
    ("ram.total >= 32 GB", {}, None),
    ("ram.total > 0", {"ram.total": 1}, True),
    ("0 + ram.total > 1 GB", {"ram.total": 2 * 10**9}, True),
    ("ram.total > 0.5 GiB", {"ram.total": 2**29 + 1}, True),
    ("ram.total / 20 GiB > 1", {"ram.total": 21 * 2**30}, True),
    ("model.size / storage.read <= 60 s", {"model.size": 60_000, "storage.read": 1000}, True),
    ("model.size / 2 GB/s <= 1 min", {"model.size": 120 * 10**9}, True),
    ("model.size/2GB/s<=1min", {"model.size": 121 * 10**9}, False),
    ("model.size / 2 GB / storage.read * 2 GB / 1 s == 0", {"model.size": 0, "storage.read": 1}, True),
    ("load.time < 500 ms", {"load.time": 0.4}, True),
    ("load.time < 1 h", {"load.time": 3600}, False),
    ("gpus.count in [1, 2, 4, 8]", {"gpus.count": 3}, False),
    ("gpus.count not in [1, 2]", {"gpus.count": 3}, True),
    ("gpus.count not in [1, 2]", {}, None),
    ("gpus.count % 2 == 0", {"gpus.count": 3}, False),
    ("1 + 2 * 3 == 7 and 2 - 3 - 4 == -5 and 8 / 4 / 2 == 1", {}, True),
    ("-gpus.count < 0", {"gpus.count": 1}, True),
    ("gpus.count * 1.5 == 3", {"gpus.count": 2}, True),
    ("1 / gpus.count > 0", {"gpus.count": 0}, None),
    ("1 % gpus.count > 0", {"gpus.count": 0.0}, None),
    ("engine.name == 'vllm'", {"engine.name": "vllm"}, True),
    ("engine.version in ['24 GB', \"it's\"]", {"engine.version": "24 GB"}, True),
    ("engine.version == 'é\ufeff😀'", {"engine.version": "é\ufeff😀"}, True),
    ("engine.version == ''", {"engine.version": ""}, True),
    ("offload", {"offload": True}, True),
    ("not offload", {}, None),
    ("not not offload", {"offload": False}, False),
    ("offload and remote", {"offload": False}, False),
    ("remote and offload", {"offload": False}, False),
    ("offload or remote", {"offload": True}, True),
    ("offload or remote and offload", {"offload": True}, True),
    ("not offload or offload", {"offload": True}, True),
    ("not (offload or remote)", {"offload": True}, False),
    ("not gpus.count == 2", {"gpus.count": 3}, True),
    ("known(offload)", {}, False),
    ("known(offload) and not known(remote)", {"offload": False}, True),
    ("known(offload) and offload", {}, False),
    ("offload\n  and\tremote\r\n", {"offload": True, "remote": True}, True),
    ("12 in [1, 12]", {}, True),
]


@pytest.mark.parametrize(("text", "facts", "outcome"), HOLDS)
def test_decides(text: str, facts: dict[str, Any], outcome: bool | None) -> None:
    expression = parse(text, KINDS)
    assert evaluate(expression, facts) is outcome


def evaluate(expression: Expression, facts: Mapping[str, Any]) -> bool | None:
    return expression.function()(*(facts.get(name) for name in expression.facts))


def test_facts_are_in_order_of_first_use() -> None:
    expression = parse("remote or offload and remote and known(ram.total)", KINDS)
    assert expression.facts == ("remote", "offload", "ram.total")
    assert expression.source == "lambda f0, f1, f2: either(f0, both(both(f1, f0), told(f2)))"
    assert expression.text == "remote or offload and remote and known(ram.total)"


def test_source_is_one_line_of_ascii() -> None:
    expression = parse("engine.version == 'é😀\n'", KINDS)
    for source in (expression.source, passing(expression, expression)):
        assert source.isascii()
        assert len(source.splitlines()) == 1


THREE = (True, False, None)


def test_kleene_tables() -> None:
    """Unknown stands for both answers: a connective is known where they agree."""
    worlds = {True: (True,), False: (False,), None: (True, False)}

    def agreed(function: Callable[..., bool], *operands: bool | None) -> bool | None:
        outcomes = {function(*world) for world in itertools.product(*(worlds[operand] for operand in operands))}
        return outcomes.pop() if len(outcomes) == 1 else None

    for left, right in itertools.product(THREE, THREE):
        assert conditions.both(left, right) is agreed(lambda a, b: a and b, left, right)
        assert conditions.either(left, right) is agreed(lambda a, b: a or b, left, right)
    for operand in THREE:
        assert conditions.opposite(operand) is agreed(operator.not_, operand)


numbers = st.none() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)


@given(numbers, numbers)
@example(10**400, 1.5)
@example(1e308, 1e308)
@example(10**400, 3)
def test_functions_are_total(left: float | None, right: float | None) -> None:
    for name in ("plus", "minus", "times", "over", "remainder"):
        result = getattr(conditions, name)(left, right)
        assert result is None or abs(result) <= conditions.LARGEST
        assert result is None or (left is not None and right is not None)
    for name in ("equal", "unequal", "less", "at_most", "more", "at_least"):
        assert (getattr(conditions, name)(left, right) is None) == (left is None or right is None)


# Any text.


def refused(read: Callable[[str, Mapping[str, Kind]], object], text: str) -> InvalidExpression | None:
    try:
        read(text, KINDS)
    except InvalidExpression as refusal:
        return refusal
    return None


PIECES = [*KINDS, *"()[],<+-*/%.{'é\\\n", "and", "or", "not", "in", "known", "==", "<=", "0", "32 GB", "60 s", "2 GB/s"]
PIECES += ["1.5", "'vllm'", '"x"', "_0", "lambda", "True"]
words = st.sampled_from(PIECES)


@given(st.text(max_size=60) | st.lists(words, max_size=70).map(" ".join) | st.lists(words, max_size=30).map("".join))
@example("(" * 1000)
@example("not " * 250)
@example("- " * 500)
@example("'" * 999)
@example("a" * 1000)
@example("\ud800")
@example("9" * 1000)
@example("known(" * 160)
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    refusal = refused(parse, text)
    if refusal is None:
        assert evaluate(parse(text, KINDS), {}) in THREE
    else:
        assert 1 <= refusal.column <= max(len(text), 1)
        assert refusal.message.isprintable()
        assert len(refusal.message) < 300


# Generated trees, and an evaluator that shares nothing with the compiler.

Tree: TypeAlias = tuple[Any, ...]
FACTS = {name: kind.dimension for name, kind in KINDS.items() if kind.dimension in ("flag", "number", "text")}
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
}
number_facts = st.sampled_from([("fact", name) for name, kind in FACTS.items() if kind == "number"])
flag_facts = st.sampled_from([("fact", name) for name, kind in FACTS.items() if kind == "flag"])
constants = st.tuples(st.just("number"), st.sampled_from(["0", "1", "2", "3.5", "0.25", "70"]))
sums = st.recursive(
    number_facts | constants,
    lambda part: st.tuples(st.sampled_from("+-*/%"), part, part) | st.tuples(st.just("minus"), part),
    max_leaves=5,
)
comparisons = (
    st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), sums, sums)
    | st.tuples(st.sampled_from(["in", "not in"]), sums, st.lists(constants, min_size=1, max_size=3).map(tuple))
    | flag_facts
)
asking = st.tuples(st.just("known"), st.sampled_from(list(FACTS)))


def trees(leaves: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    """Conditions over `leaves` that keep to the most parts a condition may have."""
    return st.recursive(
        leaves,
        lambda part: st.tuples(st.sampled_from(["and", "or"]), part, part) | st.tuples(st.just("not"), part),
        max_leaves=4,
    ).filter(lambda tree: parts_of(tree) <= 60)


def parts_of(tree: Tree) -> int:
    return 1 + sum(
        parts_of(part) if isinstance(part[0], str) else sum(map(parts_of, part))
        for part in tree[1:]
        if isinstance(part, tuple)
    )


values = st.fixed_dictionaries(
    {
        name: st.none() | {"flag": st.booleans(), "number": st.integers(-3, 3) | st.sampled_from([0.5, 70.0])}[kind]
        for name, kind in FACTS.items()
        if kind != "text"
    }
)
STRENGTH = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "minus": 7}


def written(tree: Tree, least: int = 0) -> str:
    """The tree as text, in parentheses only where it binds less than `least`."""
    sign = tree[0]
    if sign in {"fact", "number"}:
        return str(tree[1])
    if sign == "known":
        return f"known({tree[1]})"
    strength = STRENGTH.get(sign, 4)
    if sign == "not":
        text = f"not {written(tree[1], 3)}"
    elif sign == "minus":
        text = f"-{written(tree[1], 8)}"
    elif sign in {"in", "not in"}:
        text = f"{written(tree[1], 5)} {sign} [{', '.join(written(item) for item in tree[2])}]"
    else:
        left = strength + (strength == 4)
        text = f"{written(tree[1], left)} {sign} {written(tree[2], strength + 1)}"
    return f"({text})" if strength < least else text


class Unknown(Exception):
    """Some part is unknown."""


def number_of(tree: Tree, facts: Mapping[str, Any]) -> Any:
    if tree[0] == "number":
        return float(tree[1]) if "." in tree[1] else int(tree[1])
    if tree[0] == "fact":
        if facts[tree[1]] is None:
            raise Unknown
        return facts[tree[1]]
    if tree[0] == "minus":
        return -number_of(tree[1], facts)
    try:
        return OPERATORS[tree[0]](number_of(tree[1], facts), number_of(tree[2], facts))
    except ZeroDivisionError:
        raise Unknown from None


def truth_of(tree: Tree, facts: Mapping[str, Any]) -> bool | None:
    sign = tree[0]
    if sign == "known":
        return facts.get(tree[1]) is not None
    if sign == "not":
        inner = truth_of(tree[1], facts)
        return None if inner is None else not inner
    if sign in {"and", "or"}:
        ranked = {False: 0, None: 1, True: 2}
        sides = [truth_of(part, facts) for part in tree[1:]]
        return (min if sign == "and" else max)(sides, key=ranked.__getitem__)
    try:
        if sign == "fact":
            return bool(number_of(tree, facts))
        if sign in {"in", "not in"}:
            return bool((number_of(tree[1], facts) in [number_of(item, facts) for item in tree[2]]) == (sign == "in"))
        return bool(OPERATORS[sign](number_of(tree[1], facts), number_of(tree[2], facts)))
    except Unknown:
        return None


@given(trees(comparisons | asking), values)
def test_compiled_agrees_with_a_plain_evaluator(tree: Tree, facts: dict[str, Any]) -> None:
    assert evaluate(parse(written(tree), KINDS), facts) is truth_of(tree, facts)


@given(st.none() | trees(comparisons | asking), trees(comparisons | asking), values)
def test_short_form_of_a_rule_is_true_where_it_surely_passes(
    when: Tree | None, require: Tree, facts: dict[str, Any]
) -> None:
    concerned = parse(written(when), KINDS) if when is not None else None
    passes = function(passing(concerned, parse(written(require), KINDS)))
    surely = (when is not None and truth_of(when, facts) is False) or truth_of(require, facts) is True
    assert passes(spaced(dict.fromkeys(KINDS) | facts)) is surely


def spaced(facts: Mapping[str, Any]) -> SimpleNamespace:
    """Facts by dotted names as attributes of attributes."""
    groups: dict[str, dict[str, Any]] = {}
    for name, value in facts.items():
        group, _, own = name.partition(".")
        groups.setdefault(group, {})[own] = value
    return SimpleNamespace(
        **{group: SimpleNamespace(**own) if "" not in own else own[""] for group, own in groups.items()}
    )


TRIED: dict[str, list[Any]] = {
    "flag": [True, False],
    "number": [0, 1, 2, 8, 0.9, 300],
    "size": [0, 8 * 10**9, 64 * 10**9, 10**12],
    "text": ["", "none", "vllm"],
}


def test_short_form_of_each_rule_says_what_its_conditions_say() -> None:
    kinds = {name: entry.kind for name, entry in registry().items()}
    draw = Random(7)
    for rule in RULES:
        names = dict.fromkeys((*(rule.when.facts if rule.when else ()), *rule.require.facts))
        for _ in range(40):
            facts = {name: draw.choice([None, *tried(kinds[name])]) for name in names}
            assert rule.passes(spaced(facts)) is surely_passes(rule, facts), (rule.id, facts)


def tried(kind: Kind | None) -> list[Any]:
    assert kind is not None
    return list(kind.choices) or TRIED[kind.dimension]


def surely_passes(rule: Rule, facts: Mapping[str, Any]) -> bool:
    def holds(condition: Condition) -> bool | None:
        return condition.function(*(facts[name] for name in condition.facts))

    return (rule.when is not None and holds(rule.when) is False) or holds(rule.require) is True


@given(trees(comparisons), values, values)
def test_knowing_more_never_flips(tree: Tree, facts: dict[str, Any], more: dict[str, Any]) -> None:
    expression = parse(written(tree), KINDS)
    before = evaluate(expression, facts)
    after = evaluate(expression, {name: more[name] if value is None else value for name, value in facts.items()})
    assert before is None or before is after


@given(trees(comparisons))
def test_precedence_is_pythons(tree: Tree) -> None:
    text = written(tree)
    facts = {"offload": True, "remote": False, "gpus.count": 3, "model.parameters": 5}
    mine = evaluate(parse(text, KINDS), facts)
    python = text
    for name, value in facts.items():
        python = python.replace(name, str(value))
    try:
        assert mine is eval(python)
    except ZeroDivisionError:
        return  # Python breaks off where we say unknown; or goes on to decide without that part


# Templates.


def test_placeholders() -> None:
    parts = placeholders("offloads {model.size} to {ram.total} of {{system}} memory", KINDS)
    assert parts == (("offloads ", "model.size"), (" to ", "ram.total"), (" of {system} memory", None))
    assert placeholders("", KINDS) == ()
    assert placeholders("{{{offload}}}", KINDS) == (("{", "offload"), ("}", None))


@pytest.mark.parametrize(
    ("template", "column", "message"),
    [
        ("needs {ram.totl}", 8, "no such fact: ram.totl; did you mean ram.total?"),
        ("needs {ram.total:>10}", 7, "write {fact.name}, or {{ for a brace itself"),
        ("needs {ram.total!r}", 7, "write {fact.name}"),
        ("needs {ram.total[0]}", 7, "write {fact.name}"),
        ("needs { ram.total }", 7, "write {fact.name}"),
        ("é needs {ram.total.__class__}", 10, "no such fact: ram.total.__class__"),
        ("{}", 1, "a fact's name is missing between the braces"),
        ("{0}", 2, "no such fact: 0"),
        ("needs {ram.total", 7, "write {fact.name}, or {{ for a brace itself"),
        ("needs ram.total}", 16, "write {fact.name}, or }} for a brace itself"),
    ],
)
def test_placeholders_refused(template: str, column: int, message: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        placeholders(template, KINDS)
    assert message in caught.value.message
    assert caught.value.column == column


@given(
    st.lists(st.sampled_from(["{", "}", "!", "\n", "{offload", "offload}"]), max_size=20).map("".join)
    | st.lists(words, max_size=9).map("{".join)
)
def test_any_template_is_read_or_refused_at_a_place_in_it(template: str) -> None:
    refusal = refused(placeholders, template)
    if refusal is not None:
        assert 1 <= refusal.column <= len(template)
    else:
        parts = placeholders(template, KINDS)
        shown = "".join(literal if name is None else f"{literal}{{{name}}}" for literal, name in parts)
        literal = "".join(text for text, _ in parts)
        assert len(shown) == len(template) - literal.count("{") - literal.count("}")


def test_the_hot_path_stays_light() -> None:
    """Running conditions and reading quantities must not load the parser or anything slow."""
    code = (
        "import sys, json; before = set(sys.modules); from llmlint import conditions, quantity; "
        "quantity.memory('24GB'); quantity.both_sizes(1); print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert {name for name in loaded if name.startswith("llmlint")} == {
        "llmlint",
        "llmlint.conditions",
        "llmlint.typed",
        "llmlint.quantity",
        "llmlint.version",
    }
    assert not loaded & {"ast", "difflib", "inspect", "dataclasses", "fractions", "decimal", "pathlib"}
