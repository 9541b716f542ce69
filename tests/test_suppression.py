from __future__ import annotations

import time
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlint.builtin import BUILT_IN
from llmlint.document import read
from llmlint.finding import Finding, Path, Span
from llmlint.suppression import Applied, apply

RULES = {"ram-small", "vram-small", "storage-slow"}
KNOWN = RULES | set(BUILT_IN)
TODAY = "2026-11-24"
DEPLOYMENT = """\
model: x
machine:
  ram: 8GB
  gpus:
  - name: A
    count: 2
  - name: B
  storage: {kind: hdd,
    free: 1TB}
"""


def applied(
    text: str,
    *found: tuple[str, Path] | tuple[str, Path, int] | Finding,
    ran: Collection[str] = KNOWN,
    today: str = TODAY,
) -> Applied:
    """The text's comments applied to findings about values of it: rule, path, and perhaps the document's index."""
    source = read(text.encode())
    findings = []
    for one in found:
        if isinstance(one, Finding):
            findings.append(one)
            continue
        rule, path, index = (*one, 0)[:3]
        document = next(document for document in source.documents if document.index == index)
        findings.append(Finding(rule, "error", "wrong", "a.yaml", document.value_span(path), index, path))
    return apply(source, findings, ran=ran, known=KNOWN, file="a.yaml", today=today)


def with_comments(*comments: tuple[int, str]) -> str:
    """The deployment with comments: behind a line by its number, or, by the negative number, alone above it."""
    lines = DEPLOYMENT.splitlines()
    for line, comment in sorted(comments, key=lambda one: -abs(one[0])):
        if line > 0:
            lines[line - 1] += f"  # {comment}"
        else:
            lines.insert(-line - 1, f"# {comment}")
    return "\n".join(lines) + "\n"


def rules(result: Applied) -> list[str]:
    return [finding.rule for finding in result.findings]


IGNORE = "llmlint: ignore[ram-small] we know"
PLACES: list[tuple[int, Path, bool]] = [
    # behind a value: its line, and its key's
    (3, ("machine", "ram"), True),
    (1, ("machine", "ram"), False),
    (2, ("machine", "ram"), False),
    (2, ("machine",), True),  # the key; the block's first line would do as well:
    (3, ("machine",), True),
    (4, ("machine", "gpus"), True),
    (5, ("machine", "gpus", 0), True),
    (6, ("machine", "gpus", 0), False),
    (5, ("machine", "gpus", 0, "name"), True),
    (6, ("machine", "gpus", 0, "name"), False),
    (9, ("machine", "storage"), True),  # any line of a value that has several
    (8, ("machine", "storage"), True),
    (8, ("machine", "storage", "free"), False),
    (1, (), True),
    # alone: the next key or item, and all that is under it
    (-2, ("machine", "ram"), True),
    (-2, ("machine", "gpus", 1, "name"), True),
    (-2, ("machine",), True),
    (-2, ("model",), False),
    (-1, ("model",), True),
    (-1, (), True),
    (-1, ("machine",), False),
    (-3, ("machine", "ram"), True),
    (-3, ("machine", "gpus"), False),
    (-4, ("machine", "gpus", 0, "count"), True),
    (-4, ("machine", "storage"), False),
    (-5, ("machine", "gpus", 0), True),
    (-5, ("machine", "gpus", 0, "count"), True),
    (-5, ("machine", "gpus", 1), False),
    (-6, ("machine", "gpus", 0, "name"), False),
    (-8, ("machine", "storage", "free"), True),
]


@pytest.mark.parametrize(("line", "path", "covered"), PLACES)
def test_what_a_comment_concerns(line: int, path: Path, covered: bool) -> None:
    result = applied(with_comments((line, IGNORE)), ("ram-small", path))
    if covered:
        assert result == Applied((), 1)
    else:
        assert rules(result) == ["ram-small", "suppression-unused"]


def test_comments_above_one_another_concern_the_same_node() -> None:
    text = with_comments((-3, IGNORE), (-3, "a remark"), (-3, "llmlint: ignore[vram-small]"))
    text = text.replace("# a remark", "\n# a remark\n")
    assert applied(text, ("ram-small", ("machine", "ram")), ("vram-small", ("machine", "ram"))) == Applied((), 2)


def test_a_comment_above_the_mark_of_a_document_concerns_its_first_key() -> None:
    assert applied(f"# {IGNORE}\n---\nmodel: x\n", ("ram-small", ("model",))) == Applied((), 1)


def test_flow_style() -> None:
    text = "{model: x,\n# llmlint: ignore[ram-small]\nmachine: {gpus: [\n{name: A},\n{name: B}]}}\n"
    assert applied(text, ("ram-small", ("machine", "gpus", 1, "name"))) == Applied((), 1)
    assert rules(applied(text, ("ram-small", ("model",)))) == ["ram-small", "suppression-unused"]


def test_comments_of_one_document_leave_the_others_alone() -> None:
    text = f"a: 1\n---\n# {IGNORE}\na: 1\n---\na: 1\n"
    result = applied(text, *[("ram-small", ("a",), index) for index in range(3)])
    assert [finding.document for finding in result.findings] == [0, 2]
    assert result.suppressed == 1


def test_a_comment_in_a_value_is_none() -> None:
    text = f"a: 'x # {IGNORE}'\nb: |\n  # {IGNORE}\n"
    assert rules(applied(text, ("ram-small", ("a",)))) == ["ram-small"]


def test_only_the_rules_that_are_named() -> None:
    result = applied(with_comments((3, IGNORE)), ("ram-small", ("machine", "ram")), ("vram-small", ("machine", "ram")))
    assert rules(result) == ["vram-small"]


def test_several_rules() -> None:
    text = with_comments((3, "llmlint: ignore[ ram-small ,vram-small] both"))
    assert applied(text, ("ram-small", ("machine", "ram")), ("vram-small", ("machine", "ram"))) == Applied((), 2)


@pytest.mark.parametrize("text", [
    "# llmlint: file-ignore[ram-small] why\n" + DEPLOYMENT,
    "# first\n\n#llmlint:file-ignore[ram-small]\n" + DEPLOYMENT,
    "%YAML 1.2\n# llmlint: file-ignore[ram-small]\n---\n" + DEPLOYMENT,
    "---\n# llmlint: file-ignore[ram-small]\n" + DEPLOYMENT,
])  # fmt: skip
def test_a_whole_file(text: str) -> None:
    text += "---\nmodel: y\n"
    found = [("ram-small", ("machine", "ram")), ("ram-small", ()), ("ram-small", ("model",), 1)]
    assert applied(text, *found) == Applied((), 3)  # type: ignore[arg-type]  # a list of pairs and triples


@pytest.mark.parametrize("line", [1, -2, -9])
def test_a_whole_file_is_ignored_above_its_first_key_only(line: int) -> None:
    result = applied(with_comments((line, "llmlint: file-ignore[ram-small]")), ("ram-small", ("machine", "ram")))
    assert rules(result) == ["ram-small", "suppression-invalid"]
    assert result.findings[1].message == "file-ignore stands above the first key of the file"


MALFORMED = [
    ("llmlint: ignore", "ignore names no rule: nothing ignores all rules at once"),
    ("llmlint: ignore ram-small", "ignore names no rule: nothing ignores all rules at once"),
    ("llmlint: file-ignore", "file-ignore names no rule: nothing ignores all rules at once"),
    ("llmlint: ignore[]", "a rule's id is missing: nothing ignores all rules at once"),
    ("llmlint: ignore[ram-small,]", "a rule's id is missing: nothing ignores all rules at once"),
    ("llmlint: ignore[ram-small", "the closing ] is missing"),
    ("llmlint: ignore[ram-small]reason", "a blank is missing behind ]"),
    ("llmlint: disable[ram-small]", "'disable' is no directive"),
    ("llmlint: Ignore[ram-small]", "'Ignore' is no directive"),
    ("llmlint: " + "x" * 99, "'" + "x" * 39 + "…' is no directive"),
    ("llmlint:", "the comment says nothing"),
    ("llmlint: [ram-small]", "the comment says nothing"),
    ("llmlint: ignore[ram-small] until=2026-13-01", "until=2026-13-01 is no date"),
    ("llmlint: ignore[ram-small] until=2026-1-1 x", "until=2026-1-1 is no date"),
    ("llmlint: ignore[ram-small] until=20270101", "until=20270101 is no date"),
    ("llmlint: ignore[ram-small] until= 2027-01-01", "until= is no date"),
    ("llmlint: ignore[ram-small] until: 2027-01-01", "until= is not read there"),
    ("llmlint: ignore[ram-small] a reason until=2027-01-01", "until= is not read there"),
    ("llmlint: ignore[ram-small] until=2027-01-01 until=2028-01-01", "until= is not read there"),
    ("TODO llmlint: ignore[ram-small]", "a directive begins its comment"),
]


@pytest.mark.parametrize(("comment", "message"), MALFORMED)
def test_what_cannot_be_read_is_said_and_silences_nothing(comment: str, message: str) -> None:
    result = applied(with_comments((3, comment)), ("ram-small", ("machine", "ram")))
    assert rules(result) == ["ram-small", "suppression-invalid"]
    finding = result.findings[1]
    assert (finding.message, finding.severity, finding.file) == (message, "error", "a.yaml")
    assert finding.help
    line = with_comments((3, comment)).splitlines()[2]
    assert line[finding.span.column - 1 : finding.span.end_column - 1] in line
    assert (finding.span.line, finding.span.end_column) == (3, len(line) + 1)


@pytest.mark.parametrize(
    "comment", ["see llmlint: a linter", "$schema=urn:llmlint:schema:deployment:1", "llmlint rule x"]
)
def test_comments_about_other_things(comment: str) -> None:
    assert applied(with_comments((3, comment))) == Applied((), 0)


def test_a_directive_may_follow_another_comment() -> None:
    assert applied(with_comments((3, f"small # {IGNORE}")), ("ram-small", ("machine", "ram"))) == Applied((), 1)


@pytest.mark.parametrize(("name", "help_text"), [
    ("ram-smal", "did you mean ram-small?"),
    ("RAM_small", "did you mean ram-small?"),
    ("syntx", "`llmlint rule` lists all ids"),
    ("quite-another-thing", "`llmlint rule` lists all ids"),
    ("all", "name each rule: nothing ignores several at once"),
    ("*", "name each rule: nothing ignores several at once"),
    ("memory/", "name each rule: nothing ignores several at once"),
])  # fmt: skip
def test_unknown_rules(name: str, help_text: str) -> None:
    (finding,) = applied(with_comments((3, f"llmlint: ignore[{name}]"))).findings
    assert (finding.rule, finding.severity) == ("suppression-unknown-rule", "warning")
    assert (finding.message, finding.help) == (f"no rule is called '{name}'", help_text)
    assert finding.span == Span(3, 31, 3, 31 + len(name))


@pytest.mark.parametrize("name", sorted(set(BUILT_IN) - {"schema", "duplicate-key"}))
def test_what_cannot_be_ignored(name: str) -> None:
    found = Finding(name, "error", "wrong", "a.yaml", Span(3, 3, 3, 4))
    result = applied(
        with_comments((3, f"llmlint: ignore[{name}, ram-small]")), found, ("ram-small", ("machine", "ram"))
    )
    assert rules(result) == [name, "suppression-invalid"]
    assert result.findings[1].message == f"{name} cannot be ignored"


def test_faults_of_shape_can_be_ignored() -> None:
    assert applied(with_comments((3, "llmlint: ignore[schema] newer")), ("schema", ("machine", "ram"))) == Applied(
        (), 1
    )


def test_unused_ids_are_named_one_by_one() -> None:
    text = with_comments((3, "llmlint: ignore[vram-small, ram-small, storage-slow]"))
    result = applied(text, ("ram-small", ("machine", "ram")))
    assert rules(result) == ["suppression-unused"] * 2
    line = text.splitlines()[2]
    marked = [line[one.span.column - 1 : one.span.end_column - 1] for one in result.findings]
    assert marked == ["vram-small", "storage-slow"]


def test_unused_is_judged_for_rules_that_ran() -> None:
    text = with_comments((3, "llmlint: ignore[ram-small, schema]"))
    assert rules(applied(text, ran={"schema"})) == ["suppression-unused"]
    assert applied(text, ran=set()) == Applied((), 0)


def test_unused_is_not_judged_where_a_fault_of_the_file_kept_rules_from_running() -> None:
    text = with_comments((3, IGNORE), (1, "llmlint: ignore[schema]"))
    assert rules(applied(text, ("schema", ("machine", "storage")))) == ["schema", "suppression-unused"]
    assert rules(applied(text, Finding("syntax", "error", "wrong", "a.yaml", Span(9, 1, 9, 2)))) == ["syntax"]


@pytest.mark.parametrize("until", ["2026-11-24", "2026-11-25", "2027-01-01"])
def test_until_holds_to_the_end_of_its_day(until: str) -> None:
    text = with_comments((3, f"llmlint: ignore[ram-small] until={until} until then"))
    assert applied(text, ("ram-small", ("machine", "ram"))) == Applied((), 1)


@pytest.mark.parametrize("found", [True, False])
def test_when_it_has_passed_the_finding_is_back_and_the_comment_named(found: bool) -> None:
    text = with_comments((3, "llmlint: ignore[ram-small] until=2026-11-23 soon"))
    result = applied(text, *[("ram-small", ("machine", "ram"))] * found)
    assert rules(result) == ["ram-small"] * found + ["suppression-expired"]
    assert result.findings[-1].message == "ignored ram-small until 2026-11-23, which has passed"
    assert result.findings[-1].severity == "warning"
    assert result.suppressed == 0


def test_without_a_date_the_clock_is_asked() -> None:
    text = with_comments((3, "llmlint: ignore[ram-small] until=2020-01-01"))
    assert rules(applied(text, today="")) == ["suppression-expired"]
    assert applied(with_comments((3, "llmlint: ignore[ram-small] until=9999-12-31")), ran=set(), today="") == Applied(
        (), 0
    )


def test_remarks_belong_to_their_document() -> None:
    text = "---\n---\na: 1\n---\n# llmlint: ignore[nothing]\nb: 1  # llmlint: ignore[nothing]\n"
    assert [(one.document, one.span.line) for one in applied(text).findings] == [(2, 5), (2, 6)]


def test_a_text_without_directives_is_not_looked_at() -> None:
    finding = Finding("ram-small", "error", "wrong", "a.yaml", Span(1, 1, 1, 2))
    source = read(b"a: 1  # nothing")
    source.written = None
    assert apply(source, [finding], ran=KNOWN, known=KNOWN, file="a.yaml", today=TODAY) == Applied((finding,), 0)


@pytest.mark.parametrize("directive", [
    "# llmlint: ignore[no-such-rule]\n",
    "# llmlint: ignore[ram-small]\n",
    "# llmlint: ignore[" + ",".join(["ram-smell"] * 20_000) + "]\n",
    "k: 1 # llmlint: ignore[ram-small] until=2020-01-01\n",
])  # fmt: skip
def test_many_directives_take_time_in_proportion(directive: str) -> None:
    text = "model: x\n" + directive * (400_000 // len(directive)) + "machine: y\n"
    found = [
        Finding("ram-small", "error", "wrong", "a.yaml", Span(line, 1, line, 2), 0, ("model",))
        for line in range(1, 3_000)
    ]
    begun = time.process_time()
    applied(text, *found)
    assert time.process_time() - begun < 10


COMMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["llmlint:", " ", "ignore", "file-ignore", "[", "]", ",", "ram-small", "until=", "2026-01-01", "#"]
        ),
        st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=4),
    ),
    max_size=9,
).map("".join)


@given(COMMENTS, st.sampled_from([1, 3, 8, -1, -2, -6]))
def test_no_directive_is_silently_nothing(comment: str, line: int) -> None:
    """What begins with our word takes back a finding or is spoken of."""
    text = with_comments((line, f"llmlint:{comment}"))
    found = [("ram-small", ("model",)), ("ram-small", ("machine", "ram")), ("ram-small", ("machine", "storage"))]
    result = applied(text, *found)
    remarks = [one for one in result.findings if one.rule != "ram-small"]
    assert result.suppressed or remarks
    assert len(result.findings) - len(remarks) + result.suppressed == len(found)
    for one in remarks:
        written = text.splitlines()[one.span.line - 1]
        assert 1 <= one.span.column < one.span.end_column <= len(written) + 1


OBJECT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: llm
  annotations:
    llmlint.dev/ignore-{rule}: {value}
spec:
  replicas: 1
  template:
    metadata:
      annotations: {{{inner}}}
    spec:
      containers: [{{name: engine, image: x}}]
"""
INSIDE: Path = ("spec", "template", "spec", "containers", 0, "image")
OUTSIDE: Path = ("spec", "replicas")


def annotated(rule: str = "ram-small", value: str = '"ours"', inner: str = "", **more: str) -> Applied:
    text = OBJECT.format(rule=rule, value=value, inner=inner)
    return applied(text, ("ram-small", OUTSIDE), ("ram-small", INSIDE), **more)


def test_an_annotation_is_about_its_object() -> None:
    assert annotated() == Applied((), 2)


def test_on_a_template_it_is_about_the_template() -> None:
    found = annotated(rule="vram-small", inner="llmlint.dev/ignore-ram-small: reason")
    assert sorted(rules(found)) == ["ram-small", "suppression-unused"]
    assert found.suppressed == 1


def test_an_annotation_holds_to_its_day() -> None:
    assert annotated(value="until=2026-11-24 soon").suppressed == 2
    found = annotated(value="until=2026-11-23 soon")
    assert sorted(rules(found)) == ["ram-small", "ram-small", "suppression-expired"]


@pytest.mark.parametrize(
    ("rule", "value", "remark"),
    [
        ("ram-smal", "x", "suppression-unknown-rule"),
        ("vram-small", "x", "suppression-unused"),
        ("ram-small", "until=soon", "suppression-invalid"),
        ("ram-small", "ours until=2027-01-01", "suppression-invalid"),
        ("ram-small", "true", "suppression-invalid"),
        ("ram-small", "{a: b}", "suppression-invalid"),
        ("syntax", "x", "suppression-invalid"),
        ("all", "x", "suppression-unknown-rule"),
    ],
)
def test_annotations_are_judged_as_comments_are(rule: str, value: str, remark: str) -> None:
    found = annotated(rule, value)
    assert found.suppressed == 0
    remarks = [one for one in found.findings if one.rule != "ram-small"]
    assert [one.rule for one in remarks] == [remark]
    assert remarks[0].span.line == 6


def test_other_annotations_of_ours_are_mistakes() -> None:
    found = annotated(
        rule="ram-small", inner="llmlint.dev/skip: x, other.dev/ignore-ram-small: y, llmlint.dev/ignore-: z"
    )
    assert rules(found) == ["suppression-invalid"] * 2


def test_an_annotation_elsewhere_is_none() -> None:
    text = "machine: {ram: 8GB}\nmetadata: {annotations: {llmlint.dev/ignore-ram-small: x}}\n"
    assert rules(applied(text, ("ram-small", ("machine", "ram")))) == ["ram-small"]
    quoted = OBJECT.format(rule="ram-small", value="x", inner="").replace("annotations:\n", "labels:\n")
    assert "ram-small" in rules(applied(quoted, ("ram-small", OUTSIDE)))
