"""Fixes of any text: fixtures of all readers and of the fixes, with lines taken away, put in and written otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import mended, test_rules
from tests.mended import MARK, Text

HERE = Path(__file__).parent
FIXTURES = sorted(
    path
    for folder in (HERE / "readers", HERE / "fixes", HERE / "deployments")
    for path in folder.rglob("*")
    if path.suffix in {".yaml", ".yml", ".service", ".json", ""} and path.is_file() and path.stat().st_size < 6_000
)
EXAMPLES = [
    text
    for loaded in test_rules.RULES.values()
    if loaded.rule.edit is not None
    for text in test_rules.literals(loaded, "fail")
]
"""Of what fixes are for."""
WORDS = [
    "--trust-remote-code", "--swap-space=4", "--max-model-length=4096", "--tensor-parallel-size=2", "--tp=2",
    "--quantization=awq", "--dtype=half", "--gpu-memory-utilization=0.99", "--enable-prefix-caching=true",
    "vllm serve", "--max-num-batched-token 4096", "HUGGING_FACE_HUB_TOKEN", "VLLM_USE_V1", "VLLM_LOGGIN_LEVEL",
    "meta-llama/Llama-3.1-8B-Instruct", "vllm/vllm-openai:v0.9.2", "a b", "'", "{}", "[]", "~", "é",
]  # fmt: skip
"""What fixes are about, and what they stumble over."""


def taken_away(text: str, draw: st.DrawFn) -> str:
    """Without one of its lines."""
    lines = text.split("\n")
    del lines[draw(st.integers(0, len(lines) - 1))]
    return "\n".join(lines)


def doubled(text: str, draw: st.DrawFn) -> str:
    """With one of its lines twice."""
    lines = text.split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    return "\n".join([*lines[: at + 1], *lines[at:]])


def with_word(text: str, draw: st.DrawFn) -> str:
    """With another word in the place of one, or beside it."""
    words = list(re.finditer(r"[^\s\"'\[\]{},]+", text))
    if not words:
        return text
    at, new = draw(st.sampled_from(words)), draw(st.sampled_from(WORDS))
    keep = draw(st.booleans())
    return f"{text[: at.end()] if keep else text[: at.start()]}{' ' if keep else ''}{new}{text[at.end() :]}"


def with_item(text: str, draw: st.DrawFn) -> str:
    """With another item in one of its lists."""
    items = list(re.finditer(r"(?m)^([ \t]*- ).*$", text))
    if not items:
        return text
    at = draw(st.sampled_from(items))
    return f"{text[: at.end()]}\n{at[1]}{draw(st.sampled_from(WORDS))}{text[at.end() :]}"


def remarked(text: str, draw: st.DrawFn) -> str:
    """With a comment, a blank line or blanks behind one of its lines."""
    lines = text.split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    lines[at] += draw(
        st.sampled_from(["  # note", " # 'n' [", "\t# tab", "   ", "\n", "\n# alone", "\n      # deep: {"])
    )
    return "\n".join(lines)


def quoted(text: str, draw: st.DrawFn) -> str:
    """With quotes around a value of one of its lines."""
    values = list(re.finditer(r"(?m)(?<=[:-] )([^\s'\"#&*\[{|>][^#'\"\n]*?)[ \t]*$", text))
    if not values:
        return text
    at, mark = draw(st.sampled_from(values)), draw(st.sampled_from("'\""))
    return f"{text[: at.start(1)]}{mark}{at[1]}{mark}{text[at.end(1) :]}"


def anchored(text: str, draw: st.DrawFn) -> str:
    """With an anchor at a block or value, to which an alias at the end leads."""
    values = list(re.finditer(r"(?m)^[ \t]*(?:- )?[\w.-]+:(?= |$)", text))
    if not values or "---" in text:
        return text
    at = draw(st.sampled_from(values))
    return f"{text[: at.end()]} &here{text[at.end() :]}" + (draw(st.sampled_from(["", "x-there: *here\n"])))


MUTATIONS = (taken_away, doubled, with_word, with_word, with_item, with_item, remarked, remarked, quoted, anchored)
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "with CRLF": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "with a mark": lambda data: MARK + data,
    "without the last line break": lambda data: data.rstrip(b"\r\n"),
    "with blanks at the end": lambda data: data + b"\n\n  \n",
}


@st.composite
def texts(draw: st.DrawFn, most: int = 4) -> Text:
    """A fixture, changed a few times, in some form."""
    if draw(st.booleans()):
        name, text = "example.yaml", draw(st.sampled_from(EXAMPLES))
    else:
        path = draw(st.sampled_from(FIXTURES))
        name, text = path.name, path.read_text(encoding="utf-8", errors="surrogateescape")
    for change in draw(st.lists(st.sampled_from(MUTATIONS), max_size=most)):
        text = change(text, draw)
    form = FORMS[draw(st.sampled_from(list(FORMS)))]
    return Text(form(text.encode("utf-8", "surrogateescape")), name)


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@given(text=texts())
@settings(max_examples=100, suppress_health_check=list(HealthCheck))
def test_fixes_of_any_text(text: Text, *, unsafe: bool) -> None:
    mended.mended(text, unsafe=unsafe)


@given(text=texts())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_what_is_offered_is_mended(text: Text) -> None:
    for unsafe in (False, True):
        marks = [one.rule for one in text.offered() if one.fix is not None and (one.fix.safe or unsafe)]
        before, after = text.found(text.data), text.fixed(unsafe=unsafe)
        assert bool(marks) == bool(after.fixed)
        for rule_id in marks:
            counts = [sum(one.rule == rule_id for one in each.findings) for each in (before, after.result)]
            assert counts[1] <= counts[0] - marks.count(rule_id)


class Fixing(RuleBasedStateMachine):
    """Somebody who edits, fixes, takes findings back by comments, and fixes again."""

    def __init__(self) -> None:
        super().__init__()
        self.text = Text(b"", "x.yaml")
        self.remarks = 0
        """Comments that were put in."""

    @initialize(text=texts(most=1))
    def begin(self, text: Text) -> None:
        self.text = text

    @rule(choice=st.data(), change=st.sampled_from(MUTATIONS))
    def edit(self, choice: st.DataObject, change: object) -> None:
        marked = self.text.data.startswith(MARK)
        text = self.text.data.removeprefix(MARK).decode("utf-8", "surrogateescape")
        new = change(text, choice.draw)  # type: ignore[operator]
        data = (MARK if marked else b"") + new.encode("utf-8", "surrogateescape")
        self.text = Text(data, self.text.name)
        self.remarks = new.count("# llmlint: ignore[")

    @rule(unsafe=st.booleans())
    def fix(self, *, unsafe: bool) -> None:
        after = mended.mended(self.text, unsafe=unsafe)
        self.text = Text(after.data, self.text.name)

    @precondition(lambda self: self.text.name.endswith(("yaml", "yml")))
    @rule(choice=st.data())
    def suppress(self, choice: st.DataObject) -> None:
        """A comment in front of a finding's line takes it back, and its fix with it."""
        found = [one for one in self.text.found(self.text.data).findings if one.fix is not None]
        if not found:
            return
        one = choice.draw(st.sampled_from(found))
        lines = self.text.data.decode("utf-8", "surrogateescape").split("\n")
        at = one.span.line - 1
        indent = re.match(r"[ \t]*", lines[at].removeprefix("\ufeff"))
        assert indent is not None
        comment = f"{indent[0]}# llmlint: ignore[{one.rule}] ours" + ("\r" if lines[at].endswith("\r") else "")
        if at == 0:
            return
        changed = Text(
            "\n".join([*lines[:at], comment, *lines[at:]]).encode("utf-8", "surrogateescape"), self.text.name
        )
        now = changed.found(changed.data).findings
        if any(each.rule in ("syntax", "schema", "unused-suppression", "invalid-suppression") for each in now):
            return  # inside a string, or a place of another file
        before = sum(each.rule == one.rule for each in self.text.found(self.text.data).findings)
        if sum(each.rule == one.rule for each in now) >= before:
            return
        self.text, self.remarks = changed, self.remarks + 1
        after = changed.fixed(unsafe=True)
        line = after.data.decode("utf-8", "surrogateescape").split("\n")
        assert sum("# llmlint: ignore[" in each for each in line) >= self.remarks

    @invariant()
    def comments_are_there(self) -> None:
        assert self.text.data.count(b"# llmlint: ignore[") >= self.remarks


def test_editing_and_fixing_by_turns() -> None:
    run_state_machine_as_test(
        Fixing,
        settings=settings(max_examples=30, stateful_step_count=8, suppress_health_check=list(HealthCheck)),
    )
