"""Fixes: files and what becomes of them as data (`--update` writes what becomes), and what holds for all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st

from llmlint import document
from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.finding import FileResult, Finding, Span
from llmlint.fix import Fixed, fixed, offered
from llmlint.linting import Settings, all_facts, lint, read_plans
from llmlint.resources import CHECKOUT
from llmlint.rule_file import Loaded
from tests import test_rules

HERE = Path(__file__).parent
FILES = sorted(path for path in (HERE / "fixes").iterdir() if path.suffix != ".fixed")
MANIFESTS = sorted(
    path
    for folder in (HERE / "readers", HERE / "deployments", Path(CHECKOUT) / "examples")
    for path in folder.rglob("*")
    if path.suffix in {".yaml", ".yml", ".service", ".json"} and "rules" not in path.parts
)
SETTINGS = Settings(RULES, Catalogue(), frozenset(rule.id for rule in RULES) | frozenset(BUILT_IN))
MARK = b"\xef\xbb\xbf"


OF_WORDS = SETTINGS._replace(rules=[rule for rule in RULES if rule.id in ("removed-flag", "unknown-flag")])
"""For files that show how words are edited; others, `rule-…`, are judged by all rules."""


def mended(data: bytes, name: str = "example.yaml", *, words: bool = False) -> Fixed:
    """With the unsafe fixes too."""

    def found(text: bytes) -> FileResult:
        return lint(text, name, OF_WORDS if words else SETTINGS)

    return fixed(data, found, unsafe=True)


def _shows_words(path: Path) -> bool:
    return path.parent.name == "fixes" and not path.name.startswith("rule-")


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_file_becomes_what_stands_beside_it(path: Path, update: bool) -> None:
    after = mended(path.read_bytes(), path.name, words=_shows_words(path))
    assert after.failed == ()
    beside = path.with_name(f"{path.name}.fixed")
    if update:
        beside.write_bytes(after.data)
    assert after.data.decode() == beside.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_twice_is_once(path: Path) -> None:
    once = path.with_name(f"{path.name}.fixed").read_bytes()
    again = mended(once, path.name, words=_shows_words(path))
    assert (again.data, again.fixed, again.failed) == (once, (), ())


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_line_ends_mark_and_the_end_of_the_file_stay(path: Path) -> None:
    before, after = path.read_bytes(), path.with_name(f"{path.name}.fixed").read_bytes()
    assert mended(before.replace(b"\n", b"\r\n"), path.name, words=_shows_words(path)).data == after.replace(
        b"\n", b"\r\n"
    )
    assert mended(MARK + before, path.name, words=_shows_words(path)).data == MARK + after
    assert mended(before.rstrip(b"\n"), path.name, words=_shows_words(path)).data == after.rstrip(b"\n")


def test_another_encoding_is_left_alone() -> None:
    text = "model: {parameters: 8B}\nengine: {name: vllm, version: 0.33.0, args: [--swap-space=4, --max-num-seqs=4]}\n"
    data = text.encode("utf-16")
    assert mended(data).data == data
    assert mended(text.encode()).data != text.encode()


def test_a_text_that_is_broken_somewhere_is_left_alone() -> None:
    data = b"model: {parameters: 8B}\nengine: {name: vllm, args: [--swap-space=4, --max-num-seqs=4]}\n---\na: [\n"
    assert mended(data).data == data


def of_rules() -> list[ParameterSet]:
    """Failing examples of rules with an `edit`."""
    return [
        pytest.param(loaded, text, id=f"{name}-{number}")
        for name, loaded in test_rules.RULES.items()
        if loaded.rule.edit is not None
        for number, text in enumerate(test_rules.literals(loaded, "fail"), 1)
    ]


@pytest.mark.parametrize(("loaded", "text"), of_rules())
def test_a_fix_makes_its_finding_go_away(loaded: Loaded, text: str) -> None:
    """What is fixable in an example is fixed, and nothing that its fix promised is missing."""
    after = mended(text.encode())
    assert [one.message for one in after.failed if one.rule == loaded.rule.id] == []
    left = [one for one in after.result.findings if one.rule == loaded.rule.id]
    assert [one.message for one in left if one.fix is not None] == []
    check_offers(text.encode(), "example.yaml")


@pytest.mark.parametrize("loaded", [one for one in test_rules.RULES.values() if one.rule.edit is not None])
def test_some_example_of_a_rule_with_an_edit_is_mended(loaded: Loaded) -> None:
    after = [mended(text.encode()) for text in test_rules.literals(loaded, "fail")]
    done = [one for one in after if all(finding.rule != loaded.rule.id for finding in one.result.findings)]
    assert done, "no failing example is clean of the rule once it is mended"
    assert any(one.fixed for one in done)


def check_offers(data: bytes, name: str, *, words: bool = False) -> None:
    """What a report marks is gone once it is fixed, what it does not mark is not fixed, and twice is once."""

    def found(text: bytes) -> FileResult:
        return lint(text, name, OF_WORDS if words else SETTINGS)

    result = found(data)
    if not result.findings or any(one.rule == "syntax" for one in result.findings):
        return
    kept = offered(data, result, found)
    assert [one._replace(fix=None) for one in kept.findings] == [one._replace(fix=None) for one in result.findings]
    for unsafe in (False, True):
        after = fixed(data, found, unsafe=unsafe)
        marked = Counter(one.rule for one in kept.findings if one.fix is not None and (one.fix.safe or unsafe))
        before, now = (Counter(one.rule for one in each.findings) for each in (result, after.result))
        assert all(now[rule] <= before[rule] - number for rule, number in marked.items())
        assert marked.total() == 0 or after.data != data
        assert marked.total() > 0 or after.data == data
        errors = {one.rule for one in after.result.findings if one.severity == "error"}
        assert all(now[rule] <= before[rule] for rule in errors)
        again = fixed(after.data, found, unsafe=unsafe)
        assert (again.data, again.fixed) == (after.data, ())


def options(text: bytes) -> dict[str, object]:
    """What the command lines of an example say, by position and option."""
    found: dict[str, object] = {}
    for number, facts in enumerate(all_facts(read_plans(text, "example.yaml").plans, SETTINGS.catalogue, "")):
        flags = facts.engine.flags
        found |= {f"{number} {name}": value for name, value in (flags.values if flags is not None else {}).items()}
    return found


@pytest.mark.parametrize(("loaded", "text"), of_rules())
def test_other_options_stay_what_they_were(loaded: Loaded, text: str) -> None:
    after = mended(text.encode())
    before, now = options(text.encode()), options(after.data)
    assert sum(before.get(name) != now.get(name) for name in before | now) <= len(after.fixed)


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_offered_of_a_fixture_is_mended(path: Path) -> None:
    check_offers(path.read_bytes(), path.name, words=_shows_words(path))


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, str]:
    """One of the files with lines of comment, blank lines and comments behind values that were not there."""
    path = draw(st.sampled_from([path for path in FILES if path.suffix in {".yaml", ".service"}]))
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for number, line in enumerate(lines):
        if draw(st.integers(0, 3)) == 0 and _may_stand_before(line, lines[number - 1] if number else ""):
            found.append(draw(st.sampled_from(["", "   ", "# note %d", "    # note %d", "# note\t%d: [é, '"])))
            if "%d" in found[-1]:
                found[-1] %= number
        found.append(line)
    return path.name, "\n".join(found) + "\n"


def _may_stand_before(line: str, before: str) -> bool:
    """Not inside of strings of several lines, which comments would end or become a part of."""
    return re.match(r"\s*(?:- )?(?:args|command|image|services|spec|containers|model|engine):", line) is not None and (
        not before.endswith(("\\", "|", ">-")) and not before.startswith("%")
    )


@given(commented())
@settings(max_examples=60)
def test_comments_and_blank_lines_survive(file: tuple[str, str]) -> None:
    name, text = file
    after = mended(text.encode(), name, words=not name.startswith("rule-"))
    assert after.failed == ()
    kept, before = after.data.decode().splitlines(), text.splitlines()
    remarks = [line for line in before if not line.strip() or line.lstrip().startswith("#")]
    assert [line for line in kept if not line.strip() or line.lstrip().startswith("#")] == remarks
    rest = iter(kept)
    assert all(line in rest for line in before if line in kept), "the lines that stay keep their order"


def test_every_document_still_says_what_it_said_elsewhere() -> None:
    path = HERE / "fixes" / "several-documents.yaml"
    before, after = (
        document.read(data) for data in (path.read_bytes(), mended(path.read_bytes(), path.name, words=True).data)
    )
    assert [one.data["metadata"] for one in before.documents] == [one.data["metadata"] for one in after.documents]


TWO_NAMES = """\
x-settings: &settings {MAX_INPUT_LENGTH: "4096"}
services:
  llm:
    image: ghcr.io/huggingface/text-generation-inference:3.3.5
    environment: *settings
    command: [--model-id=Qwen/Qwen3-8B, --max-input-length=4096]
"""
"""TGI refuses both names of an option at once, and the one behind an anchor is not edited."""


def offers(text: str) -> list[tuple[str, int]]:
    """Rules and lines of the findings that a report marks as mendable."""

    def found(data: bytes) -> FileResult:
        return lint(data, "example.yaml", SETTINGS)

    data = text.encode()
    return [(one.rule, one.span.line) for one in offered(data, found(data), found).findings if one.fix is not None]


def test_what_cannot_be_mended_is_not_offered() -> None:
    assert ("deprecated-flag", 6) not in offers(TWO_NAMES)
    assert [one.rule for one in mended(TWO_NAMES.encode()).failed] == ["deprecated-flag"]


def test_both_names_are_mended_together() -> None:
    text = TWO_NAMES.replace(": &settings", ":").replace("*settings", '{MAX_INPUT_LENGTH: "4096"}')
    assert {("deprecated-flag", 5), ("deprecated-flag", 6)} <= set(offers(text))
    after = mended(text.encode())
    assert after.failed == ()
    assert b'{MAX_INPUT_TOKENS: "4096"}' in after.data
    assert b"--max-input-tokens=4096]" in after.data


def test_one_fix_that_fails_among_many_costs_few_runs() -> None:
    """Halves are tried, not each by itself."""
    args = "".join(f"    - --swap-space={number}\n" for number in range(60))
    text = f"model: {{parameters: 8B}}\nengine:\n  name: vllm\n  version: 0.33.0\n  args:\n{args}    - --seed=1\n"
    runs = 0

    def found(data: bytes) -> FileResult:
        nonlocal runs
        runs += 1
        result = lint(data, "example.yaml", OF_WORDS)
        lines = data.decode().splitlines()
        return result._replace(
            findings=tuple(_useless(one) if "=41" in lines[one.span.line - 1] else one for one in result.findings)
        )

    kept = offered(text.encode(), found(text.encode()), found).findings
    assert [one.span.line for one in kept if one.fix is None] == [6 + 41]
    assert len(kept) == 60
    assert runs <= 20  # and not 60
    after = fixed(text.encode(), found)
    assert after.data.decode() == text.replace(args, "    - --swap-space=41\n")
    assert len(after.failed) == 1


def _useless(finding: Finding) -> Finding:
    """The same with a fix that leaves it where it is."""
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    return finding._replace(fix=finding.fix._replace(edits=(edit._replace(end=edit.start, text=" " * 4 + "# no\n"),)))


def test_a_file_that_takes_too_much_is_offered_what_holds_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmlint.fix.WORK", 0)
    assert offers(TWO_NAMES) == []
    result = lint(TWO_NAMES.encode(), "example.yaml", SETTINGS)
    assert offered(TWO_NAMES.encode(), result, lambda data: lint(data, "example.yaml", SETTINGS)).untried


STREAM = "".join(
    f"---\nmodel: {{parameters: 8B}}\nengine:\n  name: vllm\n  version: 0.33.0\n  args:\n    - --swap-space={number}\n"
    for number in range(60)
).encode()
"""Sixty deployments, each with an option to take away."""


def runs_of(data: bytes, found: Callable[[bytes], FileResult]) -> tuple[int, set[int], Fixed]:
    """Lints that the offer takes, documents for which a fix is offered, and what --fix makes of the file."""
    runs = 0

    def counted(text: bytes) -> FileResult:
        nonlocal runs
        runs += 1
        return found(text)

    kept = offered(data, found(data), counted).findings
    return runs, {one.document for one in kept if one.fix is not None}, fixed(data, found)


def test_fixes_that_leave_their_findings_are_found_out_in_three_runs() -> None:
    """No halving, and no run for each: a report took 10 s for a thousand such fixes."""

    def found(data: bytes) -> FileResult:
        result = lint(data, "example.yaml", OF_WORDS)
        return result._replace(
            findings=tuple(_useless(one) if one.document % 2 == 0 else one for one in result.findings)
        )

    runs, offers, after = runs_of(STREAM, found)
    assert runs == 3  # all; those that help; the others alone
    assert offers == set(range(1, 60, 2))
    assert sorted(one.document for one in after.failed) == list(range(0, 60, 2))


def test_a_fix_that_brings_an_error_is_found_by_its_place() -> None:
    """An option that is gone from document 41 is an error there, by another rule."""

    def found(data: bytes) -> FileResult:
        result = lint(data, "example.yaml", OF_WORDS)
        if b"--swap-space=41\n" in data:
            return result
        spoilt = next(one for one in lint(STREAM, "x.yaml", OF_WORDS).findings if one.document == 41)
        findings = (*result.findings, spoilt._replace(rule="spoilt", severity="error", span=Span(2, 1, 2, 2), fix=None))
        return result._replace(findings=findings)

    runs, offers, after = runs_of(STREAM, found)
    assert runs <= 4
    assert offers == set(range(60)) - {41}
    assert [one.document for one in after.failed] == [41]


@pytest.mark.parametrize(("words", "runs"), [(2_100, 0), (300, 12)])
def test_a_file_with_very_many_findings_is_linted_few_times(words: int, runs: int) -> None:
    """Findings that are left out of the list cannot be counted, so that no fix can be judged."""
    args = "".join(f"    - --swap-space={number}\n" for number in range(words))
    text = f"model: {{parameters: 8B}}\nengine:\n  name: vllm\n  version: 0.33.0\n  args:\n{args}".encode()
    made = 0

    def found(data: bytes) -> FileResult:
        nonlocal made
        made += 1
        return lint(data, "example.yaml", OF_WORDS)

    first = lint(text, "example.yaml", OF_WORDS)
    kept = offered(text, first, found).findings
    assert made <= runs
    assert any(one.fix is not None for one in kept) == (runs > 0)
