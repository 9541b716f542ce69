"""What is fuzzed: functions that take any bytes and hold the parts of llmlint to what they promise of them.

Each raises AssertionError where a promise is broken, and whatever llmlint raises where it should not. None needs
atheris, so that the corpus is replayed by an ordinary test (tests/test_fuzz_corpus.py).
"""

from __future__ import annotations

import math
import re
import shlex
import tempfile
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

from llmlint import quantity
from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.catalog.local import read_local
from llmlint.compiled.rules import RULES
from llmlint.config import InvalidConfig, load
from llmlint.document import read
from llmlint.engines.flags import parse as parse_flags
from llmlint.engines.request import Flag
from llmlint.expression import InvalidExpression, placeholders
from llmlint.expression import parse as parse_condition
from llmlint.facts.registry import registry
from llmlint.finding import FileResult, Finding
from llmlint.linting import Settings, lint, read_plans
from llmlint.readers import shell
from llmlint.rule_file import InvalidRule, read_rule
from tests.documents import check_spans
from tests.mended import Text, mended

KNOWN = frozenset(rule.id for rule in RULES) | frozenset(BUILT_IN)
SETTINGS = Settings(RULES, Catalogue(), KNOWN, today="2026-01-01")
KINDS = {entry.name: entry.kind for entry in registry().values() if entry.kind is not None}
ENGINES = ("vllm", "sglang", "llama.cpp", "ollama", "tgi", "tensorrt-llm", "transformers", "mlx")
NAMES = {
    "native": "deploy.yaml",
    "kubernetes": "k8s.yaml",
    "compose": "compose.yaml",
    "modelfile": "Modelfile",
    "systemd": "llm.service",
    "charts": "values.yaml",
    "clouds": "service.dstack.yml",
}
"""Groups of readers, and a file name that each is used to."""
MOST_NUMBERS = 10**30
MANY = 2_000
"""Bytes up to which slower promises are held to."""


def check_document(data: bytes) -> None:
    """Every value and every problem has its place in the text; C and pure parser take the same texts for sound."""
    source = read(data)
    check_spans(source, data)
    again = read(data)
    assert [one.data for one in again.documents] == [one.data for one in source.documents] or _has_nan(source)
    assert again.problems == source.problems
    if len(data) <= MANY and not source.problems and not re.search(rb"[&*]", data):  # libyaml ends anchors elsewhere
        pure = read(data, pure=True)
        assert pure.problems or repr([one.data for one in pure.documents]) == repr([o.data for o in source.documents])


def _has_nan(source: object) -> bool:
    return "nan" in repr([one.data for one in source.documents])  # type: ignore[attr-defined]


def checked(result: FileResult, data: bytes) -> FileResult:
    """Findings have their places in the text, in order; none is a fault of our own."""
    lines = re.split(r"\r\n|\r|\n", result.text) if result.text else re.split(r"\r\n|\r|\n", data.decode("latin-1"))
    for one in result.findings:
        assert one.rule != "internal-error", one.message
        span = one.span
        assert (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column), one
        assert span.end_line <= len(lines), one
        assert span.column <= len(lines[span.line - 1]) + 2, one
        assert one.message, one
        assert _edits_are_inside(one, result.text), one
    order = [(one.span, one.document, one.rule, one.message) for one in result.findings]
    assert order == sorted(order) or any(one.rule == "schema" for one in result.findings[-1:])
    return result


def _edits_are_inside(one: Finding, text: str) -> bool:
    edits = sorted(one.fix.edits) if one.fix is not None else []
    apart = all(left.end <= right.start for left, right in pairwise(edits))
    return apart and all(0 <= edit.start <= edit.end <= len(text) for edit in edits)


def linted(name: str) -> Callable[[bytes], None]:
    """Lints a text as a file of some name, twice."""

    def target(data: bytes) -> None:
        for plan in read_plans(data, name, named=name == NAMES["native"]).plans:
            for path, spot in (plan.origins or {}).items():
                assert spot.placed().span.line >= 1, path
        result = checked(lint(data, name, SETTINGS, named=name == NAMES["native"]), data)
        assert lint(data, name, SETTINGS, named=name == NAMES["native"]) == result

    return target


def check_fix(data: bytes) -> None:
    """Fixes hold what tests/mended.py asks of them: nothing else changes, twice is once, other parsers read it too."""
    name = ("compose.yaml", "k8s.yaml", "deploy.yaml", "llm.service")[data[:1][0] % 4] if data else "deploy.yaml"
    text = Text(data[1:], name)
    if any(one.fix is not None for one in text.found(text.data).findings):
        mended(text, unsafe=True)


def check_condition(data: bytes) -> None:
    """A condition is refused at a place in it, or gives one function of the facts that it names, the same each time."""
    text = data.decode("utf-8", "replace")
    try:
        found = parse_condition(text, KINDS)
    except InvalidExpression as error:
        assert 1 <= error.column <= len(text) + 1, (error.column, text)
        assert str(error)
        assert len(str(error)) < 500
        return
    assert parse_condition(text, KINDS) == found
    assert "__" not in re.sub(r"'[^']*'|\"[^\"]*\"", "", found.source)
    for value in (None, 0, 1, -1, 10**12, 0.5, "vllm", True):
        answer = _asked(found.function, [value] * len(found.facts))
        assert answer in (True, False, None)


def _asked(function: Callable[..., object], values: list[object]) -> object:
    try:
        return function(*values)
    except TypeError:  # a text where the fact is a number: rules are only given what facts are
        return None


def check_template(data: bytes) -> None:
    """A message is refused at a place in it, or tells which facts it shows."""
    text = data.decode("utf-8", "replace")
    try:
        found = placeholders(text, KINDS)
    except InvalidExpression as error:
        assert 1 <= error.column <= len(text) + 1
        return
    shown = ((one.replace("{", "{{").replace("}", "}}"), name) for one, name in found)
    assert "".join(one + (f"{{{name}}}" if name is not None else "") for one, name in shown) == text


def check_flags(data: bytes) -> None:
    """A command line is read without an error, as a text and as words, the same each time."""
    if not data:
        return
    engine, text = ENGINES[data[0] % len(ENGINES)], data[1:].decode("utf-8", "replace")
    lines = text.split("\n")
    named: dict[str, Flag] = {line.partition("=")[0]: line.partition("=")[2] for line in lines}
    for args in (text, list(lines), named):
        found = parse_flags(engine, args)  # type: ignore[arg-type]  # a mapping of texts is one of flags
        assert parse_flags(engine, args) == found  # type: ignore[arg-type]
        for problem in found.problems:
            assert problem


def check_shell(data: bytes) -> None:
    """Words stand in the text one behind the other; where nothing is special they are those of Python's `shlex`."""
    text = data.decode("utf-8", "replace")
    at = 0
    for token in shell.words(text):
        assert at <= token.start < token.end <= len(text), token
        at = token.end
    for command in shell.commands(text):
        assert command.tokens
        assert command.depth >= 0
        at = command.tokens[0].start
        for token in command.tokens:
            assert at <= token.start < token.end <= len(text), token
            at = token.end
            for item in token.items:
                assert token.start <= item.start < item.end <= token.end
    if not set(text) & set("\\$`{\x00\x0b\x0c\x1c\x1d\x1e\x1f\x85\r") and text.isascii():
        try:
            words = shlex.split(text)
        except ValueError:
            return
        assert [token.text for token in shell.words(text)] == words


def check_quantities(data: bytes) -> None:
    """A quantity is a whole number of a size that can be, or refused in words."""
    text = data.decode("utf-8", "replace")
    for measure in (quantity.memory, quantity.storage, quantity.parameters, quantity.power, quantity.kubernetes):
        try:
            found = measure(text)
        except quantity.NotAQuantity as error:
            assert str(error)
            continue
        assert math.isfinite(found)
        assert abs(found) < MOST_NUMBERS
        assert measure(text) == found
    for shown in (quantity.decimal_size, quantity.binary_size, quantity.both_sizes, quantity.count):
        assert shown(len(data) * 997)


def check_config(data: bytes) -> None:
    """A configuration is read, or refused at places in it."""
    for name in (".llmlint.yaml", "pyproject.toml"):
        try:
            load(f"/nowhere/{name}", data)
        except InvalidConfig as error:
            assert error.problems
            for problem in error.problems:
                assert problem.message
                assert problem.span.line >= 1


def check_rule(data: bytes) -> None:
    """A rule of a stranger is read, or refused at places in it; no text in it is run or looked up."""
    try:
        found = read_rule(data, "rules/stranger.yaml")
    except InvalidRule as error:
        assert error.problems
        assert all(problem.message and problem.span.line >= 1 for problem in error.problems)
        return
    settings = SETTINGS._replace(rules=[found.rule])
    for text in (b"model: Qwen/Qwen3-8B\nprecision: int4\nmachine: {gpus: [L4]}\n", b"model: x\nprecision: q9\n"):
        checked(lint(text, "deploy.yaml", settings), text)


def check_comments(data: bytes) -> None:
    """Comments of ours in a deployment whose findings they may silence are told of at their places."""
    remark = data.decode("utf-8", "replace").replace("\n", "\n# llmlint:")
    head = f"# llmlint:{remark}\nmodel: meta-llama/Llama-3.1-70B-Instruct # llmlint: {remark}\n"
    text = head.encode() + b"precision: fp16\nmachine: {gpus: [L4]}\n"
    checked(lint(text, "deploy.yaml", SETTINGS), text)


def _as_model(name: str) -> Callable[[bytes], None]:
    """Reads bytes as a model file of some name."""

    def target(data: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            if name == "config.json":  # beside it weights of no tensors, so that the description counts
                (path.parent / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
            found = read_local(folder if name == "config.json" else str(path))
        assert found.row is not None or found.problems
        for problem in found.problems:
            assert problem.isprintable()
            assert len(problem) < 400
            assert not problem.startswith("cannot be understood")  # that is for what nobody has thought of
        size = found.row.checkpoint_bytes if found.row is not None else None
        assert size is None or name == "config.json" or 0 <= size <= len(data) or found.problems

    return target


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "document": check_document,
    **{group: linted(name) for group, name in NAMES.items()},
    "fix": check_fix,
    "condition": check_condition,
    "template": check_template,
    "flags": check_flags,
    "shell": check_shell,
    "quantities": check_quantities,
    "config": check_config,
    "rule": check_rule,
    "comments": check_comments,
    "gguf": _as_model("model.gguf"),
    "safetensors": _as_model("model.safetensors"),
    "description": _as_model("config.json"),
}
