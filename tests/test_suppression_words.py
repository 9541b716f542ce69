"""What is said of comments and annotations that silence: message, what to do, and the place, each as a whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from llmlint.builtin import BUILT_IN
from llmlint.document import comments, read
from llmlint.finding import Finding, Path, Span
from llmlint.suppression import WORD, apply, speaks
from llmlint.suppression.annotations import annotated
from llmlint.suppression.directive import Directive, Id, directive
from llmlint.suppression.scope import Lines

RULES = {"ram-small", "vram-small"}
KNOWN = RULES | set(BUILT_IN)


def remarks(text: str, *found: tuple[Path, int], today: str = "2026-11-24") -> list[Finding]:
    """All that is left to report; found: where `ram-small` is wrong, and the document's number."""
    source = read(text.encode())
    spans = {document.index: document for document in source.documents}
    findings = [
        Finding("ram-small", "error", "wrong", "a.yaml", spans[index].value_span(path), index, path)
        for path, index in found
    ]
    return list(apply(source, findings, ran=KNOWN, known=KNOWN, file="a.yaml", today=today).findings)


WRITE = "write `# llmlint: ignore[rule-id] reason`"
COMMENTS = [
    ("a: 1 # llmlint: x", "suppression-invalid", "'x' is no directive", WRITE, Span(1, 6, 1, 18)),
    ("a: 1 # see # llmlint: x", "suppression-invalid", "'x' is no directive", WRITE, Span(1, 12, 1, 24)),
    (
        "a: 1 # TODO llmlint: ignore [ram-small]",
        "suppression-invalid",
        "a directive begins its comment",
        WRITE,
        Span(1, 13, 1, 40),
    ),
    (
        "a: 1 # llmlint: ignore[] x",
        "suppression-invalid",
        "a rule's id is missing: nothing ignores all rules at once",
        WRITE,
        Span(1, 6, 1, 27),
    ),
    ("a: 1 # llmlint: ignore[x]y", "suppression-invalid", "a blank is missing behind ]", WRITE, Span(1, 6, 1, 27)),
    (
        "a: 1 # llmlint: ignore[x] until=soon y",
        "suppression-invalid",
        "until=soon is no date",
        "write until=YYYY-MM-DD",
        Span(1, 6, 1, 39),
    ),
    (
        "a: 1 # llmlint: ignore[x] y until=2027-01-01",
        "suppression-invalid",
        "until= is not read there",
        "write until=YYYY-MM-DD once, directly behind the ]",
        Span(1, 6, 1, 45),
    ),
    (
        "a: 1\n# llmlint: file-ignore[ram-small] y",
        "suppression-invalid",
        "file-ignore stands above the first key of the file",
        "move it up, or use ignore[…] at the place",
        Span(2, 1, 2, 36),
    ),
    (
        "a: 1 # llmlint: ignore[syntax] y",
        "suppression-invalid",
        "syntax cannot be ignored",
        "delete it, and mend what is found",
        Span(1, 24, 1, 30),
    ),
    (
        "a: 1 # llmlint: ignore[ram-small] until=2026-11-23 y",
        "suppression-expired",
        "ignored ram-small until 2026-11-23, which has passed",
        BUILT_IN["suppression-expired"].fix,
        Span(1, 6, 1, 53),
    ),
    (
        "a: 1 # llmlint: ignore[ ram-small ] y",
        "suppression-unused",
        "ram-small has nothing to say here",
        BUILT_IN["suppression-unused"].fix,
        Span(1, 25, 1, 34),
    ),
]


@pytest.mark.parametrize(("text", "rule", "message", "help_text", "span"), COMMENTS)
def test_of_a_comment(text: str, rule: str, message: str, help_text: str, span: Span) -> None:
    (found,) = remarks(text + "\n")
    assert found == Finding(rule, BUILT_IN[rule].severity, message, "a.yaml", span, 0, help=help_text)


ANNOTATED = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    llmlint.dev/{}\nspec: {{a: 1}}\n"
LONG = "x" * 41
ANNOTATIONS = [
    ("ignore-: x", "'ignore-' is no annotation of llmlint's", 'write `llmlint.dev/ignore-rule-id: "reason"`', True),
    ("skip-ram: x", "'skip-ram' is no annotation of llmlint's", 'write `llmlint.dev/ignore-rule-id: "reason"`', True),
    (
        f"{LONG}: x",
        f"'{LONG[:39]}…' is no annotation of llmlint's",
        'write `llmlint.dev/ignore-rule-id: "reason"`',
        True,
    ),
    ("ignore-ram-small: 1", "the value of an annotation is a text", "put it in quotes", False),
    (
        "ignore-ram-small: until=soon",
        "until=soon is no date",
        "write until=YYYY-MM-DD once, in front of the reason",
        False,
    ),
    (
        f"ignore-ram-small: until={LONG}",
        f"until={LONG[:39]}… is no date",
        "write until=YYYY-MM-DD once, in front of the reason",
        False,
    ),
    (
        "ignore-ram-small: late until=2027-01-01",
        "until= is not read there",
        "write until=YYYY-MM-DD once, in front of the reason",
        False,
    ),
    ("ignore-syntax: x", "syntax cannot be ignored", "delete it, and mend what is found", True),
]


@pytest.mark.parametrize(("written", "message", "help_text", "at_key"), ANNOTATIONS)
def test_of_an_annotation(written: str, message: str, help_text: str, at_key: bool) -> None:
    key, value = written.split(": ")
    start = 5 if at_key else 5 + len(f"llmlint.dev/{key}: ")
    end = start + len(f"llmlint.dev/{key}" if at_key else value)
    (found,) = remarks(ANNOTATED.format(written))
    assert found == Finding(
        "suppression-invalid", "error", message, "a.yaml", Span(5, start, 5, end), 0, help=help_text
    )


def test_a_date_may_have_blanks_around_it_in_an_annotation() -> None:
    text = ANNOTATED.format('ignore-ram-small: "  until=2026-11-23  soon "')
    (expired,) = remarks(text)
    assert expired.message == "ignored ram-small until 2026-11-23, which has passed"
    assert (expired.rule, expired.span) == ("suppression-expired", Span(5, 5, 5, 33))


@pytest.mark.parametrize("missing", ["apiVersion: v1\n", "kind: Pod\n"])
def test_annotations_are_those_of_kubernetes_objects(missing: str) -> None:
    text = ANNOTATED.format("ignore-ram-small: x")
    assert remarks(text, (("spec", "a"), 0)) == []
    assert [one.rule for one in remarks(text.replace(missing, ""), (("spec", "a"), 0))] == ["ram-small"]


def test_what_aliases_share_is_looked_at_once() -> None:
    shared = "shared: &s {metadata: {annotations: {llmlint.dev/ignore-syntax: x}}}\n"
    text = f"apiVersion: v1\nkind: Pod\nspec: {{a: 1}}\n{shared}again: *s\nmore: [*s, *s]\n"
    assert len(remarks(text)) == 1


def test_an_annotation_is_about_its_document_and_what_lies_within_its_object() -> None:
    first, second = ANNOTATED.format("ignore-ram-small: x"), "apiVersion: v1\nkind: Pod\nspec: {a: 1}\n"
    found = remarks(f"{first}---\n{second}", (("spec", "a"), 0), (("spec", "a"), 1))
    assert [(one.rule, one.document) for one in found] == [("ram-small", 1)]
    inner = "apiVersion: v1\nkind: List\nitems:\n- metadata: {annotations: {llmlint.dev/ignore-ram-small: x}}\n"
    found = remarks(f"{inner}  spec: 1\n- spec: 2\n", (("items", 0, "spec"), 0), (("items", 1, "spec"), 0))
    assert [(one.rule, one.path) for one in found] == [("ram-small", ("items", 1, "spec"))]


@pytest.mark.parametrize("annotations", ["{llmlint.dev/ignore-ram-small: x, llmlint.dev/ignore-vram-small: y}"])
def test_annotations_are_spoken_of_in_the_order_of_the_text(annotations: str) -> None:
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{annotations: {annotations}}}\n"
    assert [one.message.split()[0] for one in remarks(text)] == ["ram-small", "vram-small"]


def test_several_expired_ids_are_named_together_and_cut() -> None:
    (found, *_) = remarks(f"a: 1 # llmlint: ignore[ram-small, vram-small, {'y' * 50}] until=2020-01-01\n")
    assert found.message == f"ignored ram-small, vram-small, {'y' * 39}… until 2020-01-01, which has passed"


def test_twenty_misspelt_ids_are_looked_up_and_no_more() -> None:
    found = remarks(f"a: 1 # llmlint: ignore[{','.join(['ram-smal'] * 21)}]\n")
    assert [one.help for one in found] == ["did you mean ram-small?"] * 20 + ["`llmlint rule` lists all ids"]


@pytest.mark.parametrize(("text", "said"), [("# llmlint: x", True), ("llmlint.dev/x: y", True), ("llmlint x", False)])
def test_which_texts_may_say_something(text: str, said: bool) -> None:
    assert speaks(text) == said


@pytest.mark.parametrize(
    ("lines", "silenced"),
    [
        ("# llmlint: file-ignore[ram-small]\na: 1", True),
        ("\n%YAML 1.2\n---\n# llmlint: file-ignore[ram-small]\na: 1", True),
        ("--- # llmlint: file-ignore[ram-small]\na: 1", False),
        ("a: 1 # llmlint: file-ignore[ram-small]", False),
    ],
)
def test_above_the_first_key_and_alone(lines: str, silenced: bool) -> None:
    found = [one.rule for one in remarks(lines + "\n", (("a",), 0))]
    assert found == ([] if silenced else ["ram-small", "suppression-invalid"])


@pytest.mark.parametrize(
    ("text", "path", "silenced"),
    [
        ("a:\n  - b: 1  # llmlint: ignore[ram-small]\n    c: 2\n", ("a", 0, "c"), False),
        ("a: |  # llmlint: ignore[ram-small]\n  text\nb: 1\n", ("a",), True),
        ("a: |\n  text\nb: 1  # llmlint: ignore[ram-small]\n", ("a",), False),
        ("a:  # llmlint: ignore[ram-small]\n  b: 1\n  c: 2\n", ("a",), True),
        ("a:  # llmlint: ignore[ram-small]\n  b: 1\n  c: 2\n", ("a", "b"), False),
        ("# llmlint: ignore[ram-small]\n---\na: 1\n", ("a",), True),
    ],
)
def test_places_at_the_edges(text: str, path: Path, silenced: bool) -> None:
    index = read(text.encode()).documents[-1].index
    found = [one.rule for one in remarks(text, (path, index))]
    assert found == ([] if silenced else ["ram-small", "suppression-unused"])


def test_a_machine_is_named_and_nothing_silenced() -> None:
    assert remarks("a: 1 # llmlint: machine=gpu-1\n") == []
    (found,) = remarks("a: 1 # llmlint: x machine=gpu-1\n")
    assert found.message == "'x' is no directive"


READ = [
    ("ignore[a]", "ignore", ["a"], "", ""),
    ("ignore[ a,b ]  some  reason ", "ignore", ["a", "b"], "", "some  reason"),
    ("file-ignore[a] until=2027-01-31", "file-ignore", ["a"], "2027-01-31", ""),
    ("ignore[a]  until=2027-01-31 why [not]", "ignore", ["a"], "2027-01-31", "why [not]"),
]


@pytest.mark.parametrize(("written", "verb", "names", "until", "reason"), READ)
@pytest.mark.parametrize("before", ["a: 1 ", ""])
def test_what_is_read_of_a_comment(  # noqa: PLR0917
    before: str, written: str, verb: str, names: list[str], until: str, reason: str
) -> None:
    text = f"{before}# llmlint: {written.rstrip()}"
    (comment,) = comments(read(f"{text}\nb: 2\n".encode()), WORD)
    said = directive(comment)
    assert isinstance(said, Directive)
    assert (said.verb, [one.name for one in said.ids], said.until, said.reason) == (verb, names, until, reason)
    assert (said.line, said.alone, said.within) == (1, not before, None)
    assert said.span == Span(1, len(before) + 1, 1, len(text) + 1)
    assert said.whole_file == (verb == "file-ignore")


@pytest.mark.parametrize(
    ("value", "until", "reason"), [("why", "", "why"), ("until=2027-01-31 why", "2027-01-31", "why")]
)
def test_what_is_read_of_an_annotation(value: str, until: str, reason: str) -> None:
    (said,) = annotated(read(ANNOTATED.format(f"ignore-a: {value}").encode()))
    span = Span(5, 5, 5, 25)
    assert said == Directive("ignore", (Id("a", span),), until, reason, 5, False, span, (0, ()))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_that_say_something(end: str) -> None:
    text = "# a\n\n%YAML 1.2\n---\n--- # b\n---  x: 1\n...\n... # c\n  # d\n y: 2\n"
    lines = Lines(text.replace("\n", end))
    assert [lines.after(line) for line in range(11)] == [6, 6, 6, 6, 6, 6, 10, 10, 10, 10, 0]


def test_a_key_that_is_written_twice_can_be_ignored() -> None:
    text = "a: 1  # llmlint: ignore[duplicate-key] so\n"
    found = Finding("duplicate-key", "error", "twice", "a.yaml", Span(1, 1, 1, 2))
    applied = apply(read(text.encode()), [found], ran=KNOWN, known=KNOWN, file="a.yaml", today="2026-11-24")
    assert (applied.findings, applied.suppressed) == ((), 1)


@pytest.mark.parametrize("word", ["UNTIL=2027-01-01", "Until: then", "until =x"])
def test_a_date_elsewhere_is_seen_however_it_is_written(word: str) -> None:
    (found,) = remarks(f"a: 1 # llmlint: ignore[ram-small] late {word}\n")
    assert found.message == "until= is not read there"


def test_digits_of_a_date_are_ascii() -> None:
    (found,) = remarks("a: 1 # llmlint: ignore[ram-small] until=２０２７-01-01\n")
    assert found.message == "until=２０２７-01-01 is no date"


def test_forty_characters_are_repeated_as_they_are() -> None:
    assert remarks(f"a: 1 # llmlint: {'x' * 40}\n")[0].message == f"'{'x' * 40}' is no directive"


def test_what_the_clock_says_is_a_date() -> None:
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    (found,) = remarks(f"a: 1 # llmlint: ignore[ram-small] until={yesterday}\n", today="")
    assert found.rule == "suppression-expired"
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    assert remarks(f"a: 1 # llmlint: ignore[ram-small] until={tomorrow}\n", (("a",), 0), today="") == []


def test_a_comment_behind_all_documents_belongs_to_the_last() -> None:
    found = remarks("a: 1\n---\nb: 1\n# llmlint: ignore[nothing]\n")
    assert [one.document for one in found] == [1]


@pytest.mark.parametrize("name", ["RAM_SMALL", "ram_smal", "Ram-Small"])
def test_ids_are_compared_in_small_letters_with_hyphens(name: str) -> None:
    (found,) = remarks(f"a: 1 # llmlint: ignore[{name}]\n")
    assert found.help == "did you mean ram-small?"


def test_a_directive_concerns_several_lines_of_a_value_and_its_keys() -> None:
    text = "a:\n  b: [1,\n    2,  # llmlint: ignore[ram-small]\n    3]\n"
    assert remarks(text, (("a", "b"), 0)) == []
    assert remarks(text, (("a", "b", 1), 0)) == []
    assert len(remarks(text, (("a", "b", 0), 0))) == 2
    key = "a:  # llmlint: ignore[ram-small]\n\n  - b: 1\n"
    assert remarks(key, (("a",), 0)) == []
    assert len(remarks(key, (("a", 0), 0))) == 2


def test_a_file_of_comments_alone_has_nothing_above_which_they_stand() -> None:
    (found,) = remarks("# llmlint: file-ignore[ram-small]\n")
    assert found.rule == "suppression-unused"


def test_a_span_that_ends_before_the_first_column_of_a_line_does_not_reach_it() -> None:
    text = "a: 1\nb: 2\nc: 3  # llmlint: ignore[ram-small]\n"
    spans = Span(1, 1, 3, 1), Span(1, 1, 3, 2)
    found = [Finding("ram-small", "error", "wrong", "a.yaml", span) for span in spans]
    for finding, left in zip(found, (["ram-small", "suppression-unused"], []), strict=True):
        applied = apply(read(text.encode()), [finding], ran=KNOWN, known=KNOWN, file="a.yaml", today="2026-11-24")
        assert [one.rule for one in applied.findings] == left
