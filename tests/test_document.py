from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import llmlint.document
from llmlint.document import MAX_BYTES, backend, read
from llmlint.finding import Span

from .documents import BACKENDS, one

# What plain words mean: the table of YAML 1.2's core schema.

MEANINGS: list[tuple[str, Any]] = [
    ("no", "no"), ("on", "on"), ("yes", "yes"), ("y", "y"), ("off", "off"),
    ("true", True), ("True", True), ("TRUE", True), ("tRUE", "tRUE"), ("false", False), ("FALSE", False),
    ("~", None), ("null", None), ("Null", None), ("NULL", None), ("", None), ("nULL", "nULL"),
    ("010", 10), ("0o10", 8), ("0o19", "0o19"), ("0x1F", 31), ("0x", "0x"), ("0b11", "0b11"), ("-0x1F", "-0x1F"),
    ("0", 0), ("-0", 0), ("+12", 12), ("-12", -12), ("1_000", "1_000"), ("12:30:45", "12:30:45"),
    ("2026-01-01", "2026-01-01"), ("1e3", 1000.0), ("1E+3", 1000.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5),
    ("1.5", 1.5), ("1.5.1", "1.5.1"), (".", "."), ("e3", "e3"), ("1e", "1e"), ("=", "="), ("24GB", "24GB"),
    ("٣", "٣"), ("1" * 40, int("1" * 40)),
]  # fmt: skip


@BACKENDS
@pytest.mark.parametrize(("word", "value"), MEANINGS)
def test_plain_word(word: str, value: Any, pure: bool) -> None:
    data = one(f"key: {word}\n", pure).data
    assert (data["key"], type(data["key"])) == (value, type(value))
    assert one(f"['{word}', \"{word}\"]", pure).data == [word, word]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 12", "12"), ("!!int '12'", 12), ("!!float 3", 3.0), ("!!bool 'true'", True), ("!!null ''", None),
        ("!!null", None), ("!!str", ""), ("!!seq [1]", [1]), ("!!map {a: 1}", {"a": 1}), ("! 12", "12"),
        ("!Ref x", "x"), ("!Ref 12", 12), ("!Ref '12'", "12"), ("!Sub [a, b]", ["a", "b"]),
        ("!<tag:example.com,2000:x> y", "y"),
    ],
)  # fmt: skip
@BACKENDS
def test_tag(text: str, value: Any, pure: bool) -> None:
    document = one(f"key: {text}\n", pure)
    assert document.data == {"key": value}
    assert str(document.tag(("key",))).startswith("!") or str(document.tag(("key",))).startswith("tag:")


# Faults: what the file says, where we point, what we say, what is read nevertheless.


class Fault(NamedTuple):
    text: str | bytes
    place: tuple[int, int]
    says: str
    data: Any = None


FAULTS = {
    "duplicate key": Fault("a: 1\nb: 2\na: 3\n", (3, 1), "line 1, column 1, and line 3, column 1", {"a": 3, "b": 2}),
    "duplicate key in flow": Fault("{a: 1, a: 2}", (1, 8), "line 1, column 2, and line 1, column 8", {"a": 2}),
    "number and text as keys": Fault("1: a\n'1': b\n", (2, 1), "written twice", {"1": "b"}),
    "tab": Fault("a:\n\tb: 1\n", (2, 1), "tab"),
    "tab below a value": Fault("a: 1\n  \tb: 2\n", (2, 3), "tab"),
    "self alias": Fault("a: &a [*a]\n", (1, 8), "inside &a itself (line 1, column 4)", {"a": [None]}),
    "self merge": Fault("a: &a\n  <<: *a\n", (2, 7), "inside &a itself", {"a": {}}),
    "undefined alias": Fault("a: *b\n", (1, 4), "no &b", {"a": None}),
    "merge of a scalar": Fault("a: &a 1\nb:\n  <<: *a\n", (3, 3), "merges mappings", {"a": 1, "b": {}}),
    "python tag": Fault("a: !!python/object/apply:os.system [id]\n", (1, 4), "tag !!python/object", {"a": ["id"]}),
    "python tag behind an anchor": Fault("a: &x !!python/name:os x\n", (1, 7), "unknown tag", {"a": "x"}),
    "set": Fault("a: !!set {x: }\n", (1, 4), "unknown tag !!set", {"a": {"x": None}}),
    "tag that does not fit": Fault("a: !!int many\n", (1, 4), "!!int does not fit many", {"a": "many"}),
    "map of a list": Fault("a: !!map [1]\n", (1, 4), "!!map does not fit", {"a": [1]}),
    "complex key": Fault("[1, 2]: x\n", (1, 1), "cannot be a key", {"[1, 2]": "x"}),
    "complex block key": Fault("? a: 1\n  b: 2\n: x\n", (1, 3), "cannot be a key", {"a: 1\n  b: 2": "x"}),
    "alias of a list as key": Fault("- &a [1]\n- *a : x\n", (2, 3), "cannot be a key", [[1], {"*a": "x"}]),
    "digits": Fault("a: " + "1" * 41, (1, 4), "more than 40 digits", {"a": "1" * 41}),
    "digits of a fraction": Fault("a: 0." + "1" * 41, (1, 4), "more than 40 digits", {"a": "0." + "1" * 41}),
    "hexadecimal digits": Fault("a: 0x" + "F" * 41, (1, 4), "more than 40 digits", {"a": "0x" + "F" * 41}),
    "5000 digits": Fault("a: " + "9" * 5000, (1, 4), "more than 40 digits", {"a": "9" * 5000}),
    "1e400": Fault("a: 1e400\n", (1, 4), "too large", {"a": "1e400"}),
    "infinity": Fault("a: -.inf\n", (1, 4), "not a finite number", {"a": "-.inf"}),
    "not a number": Fault("a: .NaN\n", (1, 4), "not a finite number", {"a": ".NaN"}),
    "template": Fault("a: {{ .Values.x }}\n", (1, 4), "template", {"a": {"{ .Values.x }": None}}),
    "template and more": Fault("a: {{ .x }}-{{ .y }}\n", (1, 4), "template"),
    "template condition": Fault("{{- if .x }}\na: 1\n{{- end }}\n", (1, 1), "template"),
    "jinja": Fault("{% if x %}\na: 1\n{% endif %}\n", (1, 1), "template"),
    "YAML 1.3": Fault("%YAML 1.3\n---\na: 1\n", (1, 1), "%YAML 1.1 and 1.2"),
    "YAML 2.0": Fault("%YAML 2.0\n---\na: 1\n", (1, 1), "%YAML 1.1 and 1.2"),
    "YAML 1.1": Fault("%YAML 1.1\n---\na: no\n", (3, 4), "no is false in YAML 1.1", {"a": "no"}),
    "NUL": Fault(b"a: 1\nb: \x00", (2, 4), "NUL"),
    "NUL by escape": Fault('a: "x\\0y"\n', (1, 4), "NUL", {"a": "x\ufffdy"}),
    "bell": Fault(b"a: \x07", (1, 4), "U+0007"),
    "delete": Fault("é: \x7f", (1, 4), "U+007F"),
    "NEL": Fault("a: 1\u0085b: 2", (1, 5), "NEL"),
    "line separator": Fault("a: 1\u2028b: 2", (1, 5), "U+2028"),
    "paragraph separator": Fault("# \u2029", (1, 3), "U+2029"),
    "byte order mark in the middle": Fault("a: \ufeff1", (1, 4), "byte order mark"),
    "UTF-32": Fault("a: 1".encode("utf-32"), (1, 1), "UTF-32"),
    "UTF-32-BE": Fault(b"\x00\x00\xfe\xff" + "a: 1".encode("utf-32-be"), (1, 1), "UTF-32"),
    "UTF-16 without byte order mark": Fault("a: 1".encode("utf-16-le"), (1, 2), "NUL"),
    "half a character in UTF-16": Fault(b"\xff\xfea\x00\n\x00\x3d\xd8", (2, 1), "byte 6 of the file (0x3d)"),
    "Latin-1": Fault("é: 1\ncafé: 2\n".encode("latin-1"), (1, 1), "byte 0 of the file (0xe9) is not UTF-8"),
    "invalid bytes": Fault(b"a: \xc3\xa9\r\nb: \xff\n", (2, 4), "byte 10 of the file (0xff)"),
    "surrogates": Fault('a: "\\ud83d\\ude00"\n', (1, 4), ""),
    "lone surrogate in JSON": Fault('{"a": "\\ude00"}', (1, 7), ""),
    "escape beyond Unicode": Fault('a: "\\UFFFFFFFF"\n', (1, 4), ""),
    "unclosed quote": Fault('a: "x\nb: 1\n', (1, 4), "does not end"),
    "unclosed list": Fault("a: [1, 2\n", (1, 4), "not closed"),
    "unclosed mapping": Fault('{"a": 1', (1, 1), "not closed"),
    "two colons": Fault("a: b: c\n", (1, 5), "second colon"),
    "key in a value": Fault("a: 1\n  b: 2\n", (2, 4), "belongs to the value above"),
    "key beside items": Fault("- a\nb: 1\n", (2, 1), "level with the items"),
    "item beside keys": Fault("a: 1\n- b\n", (2, 1), "does not continue the mapping"),
    "no colon": Fault("a: 1\nb\nc: 2\n", (2, 1), "neither `key: value`"),
    "reserved": Fault("a: @b\n", (1, 4), "cannot begin with @"),
    "star": Fault("a: *\n", (1, 4), "alias"),
    "undeclared handle": Fault("a: !e!x y\n", (1, 4), "handle"),
    "unknown escape": Fault('a: "\\q"\n', (1, 5), "unknown escape"),
    "block heading": Fault("a: |x\n b\n", (1, 5), "heading"),
    "deep flow": Fault("[" * 101 + "]" * 101, (1, 101), "100 levels"),
    "deep block": Fault("- " * 101 + "x", (1, 201), "100 levels"),
    "deep by aliases": Fault(f"- &a {'[' * 60 + ']' * 60}\n- {'[' * 40}*a{']' * 40}\n", (2, 43), "100 levels"),
    "documents": Fault("---\n" * 1_001, (1_001, 1), "1,000 documents"),
    "key too long": Fault("? " + "k" * 1_025 + "\n: 1\n", (1, 3), "1,024", {"k" * 1_024: 1}),
    "value too long": Fault("a: " + "v" * 65_537 + "\n", (1, 4), "65,536", {"a": "v" * 65_536}),
    "bytes": Fault(b"a" * (MAX_BYTES + 1), (1, 1), "1,048,577 bytes"),
    "directive": Fault("%YAML x\n---\na: 1\n", (1, 7), "directive"),
    "%TAG lines": Fault("".join(f"%TAG !a{n}! x\n" for n in range(101)) + "---\na: 1\n", (101, 1), "%TAG"),
}  # fmt: skip
PURE_POINTS_ELSEWHERE = {
    "YAML 1.3": (2, 1), "lone surrogate in JSON": (1, 7), "unknown escape": (1, 6), "directive": (1, 7),
}  # fmt: skip


@BACKENDS
@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, pure: bool) -> None:
    text, place, says, data = FAULTS[name]
    source = read(text.encode() if isinstance(text, str) else text, pure=pure)
    (problem,) = source.problems
    assert says in problem.message
    if pure and name in PURE_POINTS_ELSEWHERE:
        place = PURE_POINTS_ELSEWHERE[name]
    if name in ("surrogates", "lone surrogate in JSON", "escape beyond Unicode"):
        assert problem.span.line == place[0]  # the parsers point here and there in the scalar
    else:
        assert (problem.span.line, problem.span.column) == place
    assert [document.data for document in source.documents] == ([] if data is None else [data])


# What is no fault.

FINE: dict[str, tuple[str | bytes, Any]] = {
    "UTF-8 byte order mark": (b"\xef\xbb\xbfa: 1", {"a": 1}),
    "UTF-16-LE": (b"\xff\xfe" + "é: 1".encode("utf-16-le"), {"é": 1}),
    "UTF-16-BE": (b"\xfe\xff" + "é: 😀".encode("utf-16-be"), {"é": "😀"}),
    "CRLF": ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    "lone CR": ("a: 1\rb: 2\r", {"a": 1, "b": 2}),
    "colons in flow": (
        "[0.0.0.0:8000, {url: http://x:80/?y=1}, a?b, -p:1, c: d:e]",
        ["0.0.0.0:8000", {"url": "http://x:80/?y=1"}, "a?b", "-p:1", {"c": "d:e"}],
    ),
    "colons in flow, and all else": (
        "a: &x [h:1, '2:3', \"4:5\\x3a?\"]\nb: *x\nc:d: !t e:f # g:h\ni: |\n  j:k?\n? l:m\n: n\n",
        {"a": ["h:1", "2:3", "4:5:?"], "b": ["h:1", "2:3", "4:5:?"], "c:d": "e:f", "i": "j:k?\n", "l:m": "n"},
    ),
    "colons in flow after a quote": ('{"a":b, it\'s:d: 1}', {"a": "b", "it's:d": 1}),
    "anchor with a dot": ("a: &x.y 1\nb: *x.y\n", {"a": 1, "b": 1}),
    "bare document after an end": ("a: 1\n...\n", {"a": 1}),
    "tab as a blank": ("a:\t1\t\nb: [1,\t2]\n", {"a": 1, "b": [1, 2]}),
    "tab in a value": ("a: x\ty\nb: x\n  \ty\n\n  z\n", {"a": "x\ty", "b": "x y\nz"}),
    "tabs in JSON": ('{\n\t"a":\t[\n\t\t1\n\t]\n}', {"a": [1]}),
    "surrogates in JSON": ('{"a": "\\ud83d\\ude00\\\\ud83d", "\\ud83d\\ude00": "\\/"}', {"a": "😀\\ud83d", "😀": "/"}),
    "no blanks in JSON": ('{"a":1,"b":[true,null]}', {"a": 1, "b": [True, None]}),
    "anchor given twice": ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
    "anchor given anew inside": ("a: &x [&x 1, *x]\nb: *x\n", {"a": [1, 1], "b": 1}),
    "alias as key": ("a: &x b\n*x : 1\n", {"a": "b", "b": 1}),
    "keys that are no text": (
        "1: a\ntrue: b\n~: c\n1.50: d\n",
        {"1": "a", "true": "b", "~": "c", "1.50": "d"},
    ),
    "merge": ("a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\n", {"a": {"x": 1, "y": 2}, "b": {"y": 3, "x": 1}}),
    "merge of several": (
        "- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b]\n  z: 3\n",
        [{"x": 1}, {"x": 2, "y": 2}, {"z": 3, "x": 1, "y": 2}],
    ),
    "merge of a merge": ("- &a {x: 1}\n- &b {<<: *a}\n- {<<: *b}\n", [{"x": 1}, {"x": 1}, {"x": 1}]),
    "merge written out": ("a:\n  <<: {x: 1}\n", {"a": {"x": 1}}),
    "merge in quotes": ("'<<': 1\n", {"<<": 1}),
    "YAML 1.2 directive": ("%YAML 1.2\n---\na: no\n", {"a": "no"}),
    "100 levels": ("[" * 100 + "]" * 100, json.loads("[" * 100 + "]" * 100)),
    "brackets in quotes": ("a: '" + "[" * 50_000 + "'", {"a": "[" * 50_000}),
    "hash in values": ("a: b#c\nd: 'e # f'\n", {"a": "b#c", "d": "e # f"}),
    "block scalars": ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", {"a": "x\ny\n", "b": "x y"}),
    "pair in a flow list": ("[a: 1, b]", [{"a": 1}, "b"]),
    "list level with its key": ("a:\n- 1\n-\n- - x\n", {"a": [1, None, ["x"]]}),
}


@BACKENDS
@pytest.mark.parametrize("name", FINE)
def test_fine(name: str, pure: bool) -> None:
    text, data = FINE[name]
    assert one(text, pure).data == data


@BACKENDS
def test_documents_count_even_if_empty(pure: bool) -> None:
    source = read(b"# only a comment\n---\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n", pure=pure)
    assert [(document.index, document.data) for document in source.documents] == [(0, {"a": 1}), (3, {"b": 2})]
    assert read(b"", pure=pure).documents == []


@BACKENDS
def test_documents_before_the_fault_are_kept(pure: bool) -> None:
    source = read(b"a: &x 1\n---\nb: 2\n---\nc: [\n", pure=pure)
    assert [document.data for document in source.documents] == [{"a": 1}, {"b": 2}]
    assert len(source.problems) == 1


def test_an_anchor_is_its_documents_own() -> None:
    assert "no &x" in read(b"a: &x 1\n---\nb: *x\n").problems[0].message


def test_many_faults_are_counted() -> None:
    problems = read(b"a: 1\n" * 1_000).problems
    assert len(problems) == 21
    assert problems[-1].message == "979 more faults from here on"
    assert problems[-1].span == Span(22, 1, 22, 2)


def test_a_strangers_text_is_cut_and_made_printable_in_messages() -> None:
    message = read(b'"\\e[2J' + b"x" * 500 + b'": 1\n"\\e[2J' + b"x" * 500 + b'": 2\n').problems[0].message
    assert message.isprintable()
    assert len(message) < 200


def test_aliases_share_what_they_name() -> None:
    data = one("a: &a {x: 1}\nb: *a\nc: [*a]\n").data
    assert data["a"] is data["b"] is data["c"][0]


# The back end.


def test_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    from llmlint.document import events

    assert backend() == "C"
    monkeypatch.setattr(events, "CParser", None)
    assert backend() == "pure Python"
    assert one("a: 1").data == {"a": 1}
    assert "20,000 values" in read(b"- a\n" * 20_001).problems[0].message


def test_nothing_is_loaded_before_the_first_file() -> None:
    program = "import sys, llmlint.document; print([n for n in sys.modules if 'ruamel' in n])"
    path = str(Path(llmlint.document.__file__).parents[2])
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": path}
    )
    assert shown.stdout == "[]\n"
