"""Reports read back by programs that are not ours, or by a few lines that do as the service's own reader does."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import xmlschema
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from markdown_it.token import Token

FORMATS = Path(__file__).parent / "formats"
PASSED_OVER = re.compile(r"^(<details><summary>The change for .*</summary>|</details>)$")


class Read(NamedTuple):
    """A finding as somebody else understands it."""

    level: str
    file: str
    line: int
    message: str
    """The first line of it."""


@cache
def schema(name: str) -> Draft202012Validator:
    """One of the schemas of this folder."""
    text = (FORMATS / f"{name}.schema.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))


def strict(text: str) -> Any:
    """JSON without NaN, without names that come twice, all ASCII."""
    assert text.isascii()

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} in JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    value = json.loads(text, parse_constant=refuse, object_pairs_hook=once)
    assert text_is_whole(value)
    return value


def text_is_whole(value: object) -> bool:
    """Whether no text in it holds half a character."""
    if isinstance(value, dict):
        return all(text_is_whole(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(map(text_is_whole, value))
    return not isinstance(value, str) or not re.search("[\ud800-\udfff]", value)


def sarif_run(text: str) -> Any:
    """The run of a log that fits the schema, whose indices and fingerprints hold together."""
    log = strict(text)
    schema("sarif").validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    marks = [result["partialFingerprints"]["llmlint/v1"] for result in run["results"]]
    assert len(set(marks)) == len(marks)
    return run


def sarif(text: str) -> list[Read]:
    """Results; an escaped bracket is a bracket, and an unescaped one never begins a link."""
    found = []
    for result in sarif_run(text)["results"]:
        place = result["locations"][0]["physicalLocation"]
        message = result["message"]["text"].partition("\n")[0]
        assert not re.search(r"(?<!\\)\[[^\]]*\]\(", message)
        file = unquote_to_bytes(place["artifactLocation"]["uri"]).decode("utf-8", "surrogateescape")
        found.append(Read(result["level"], file, place["region"]["startLine"], message.replace("\\[", "[")))
    return found


def github(text: str) -> list[Read]:
    """Commands as the runner finds them (actions/runner: ActionCommand.cs): every line must be one."""
    lines = text.split("\n")
    assert lines.pop() == ""
    return [_command(line) for line in lines]


def _command(line: str) -> Read:
    assert line.startswith("::")
    info, separator, data = line[2:].partition("::")
    assert separator
    name, _, rest = info.partition(" ")
    assert name in ("error", "warning", "notice")
    properties = dict(pair.split("=", 1) for pair in rest.split(",")) if rest else {}
    assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
    read = {key: _unescaped(value, (":", ",")) for key, value in properties.items()}
    return Read(name, read.get("file", ""), int(read.get("line", 0)), _unescaped(data).partition("\n")[0])


def _unescaped(text: str, besides: tuple[str, ...] = ()) -> str:
    for character in ("\r", "\n", *besides, "%"):
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def gitlab(text: str) -> list[Read]:
    """Entries, no two with one fingerprint: GitLab would show one of them."""
    entries = strict(text)
    schema("gitlab").validate(entries)
    marks = [entry["fingerprint"] for entry in entries]
    assert len(set(marks)) == len(marks)
    return [
        Read(one["severity"], one["location"]["path"], one["location"]["lines"]["begin"], one["description"])
        for one in entries
    ]


@cache
def _junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(FORMATS / "junit.xsd")


def junit_suites(text: str) -> list[ElementTree.Element]:
    """Suites of a document that fits the schema, their counts those of their cases."""
    assert text.isascii()
    root = ElementTree.fromstring(text)
    _junit_schema().validate(root)
    suites = root.findall("testsuite")
    for suite in suites:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(name) == str(sum(case.find(tag) is not None for case in cases))
    return suites


def junit(text: str) -> list[Read]:
    """Failures and errors."""
    found = []
    for suite in junit_suites(text):
        for case in suite.findall("testcase"):
            for told in (*case.findall("failure"), *case.findall("error")):
                where = (case.get("name") or "").rpartition(" at ")[2].rsplit(":", 2)
                line = int(where[1]) if len(where) == 3 else 0
                found.append(Read(told.get("type") or "", suite.get("name") or "", line, told.get("message") or ""))
    return found


@cache
def _markdown() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "linkify", "strikethrough"])
    assert reader.linkify is not None
    reader.linkify.set({"fuzzy_link": False})  # GitHub makes no link of a bare `deploy.py`
    return reader


def markdown(text: str) -> list[Read]:
    """Rows of the table; what is not code is plain text that no site makes anything of."""
    tokens = _markdown().parse(text)
    for token in tokens:
        assert token.type != "html_block" or PASSED_OVER.match(token.content.strip()), token.content
    rows, row, table = [], [], False
    for token in tokens:
        if token.type in ("tbody_open", "tbody_close"):
            table = token.type == "tbody_open"
        elif token.type == "inline":
            shown = _shown(token)
            row += [shown] if table else []
        elif token.type == "tr_close" and table:
            rows.append(row)
            row = []
    return [_row(*cells) for cells in rows]


def _row(level: str, where: str, what: str, _: str) -> Read:
    file, _, line = where.rpartition(":")
    return Read(level, file, int(line), what)


def _shown(inline: Token) -> str:
    """The text of a paragraph or cell."""
    parts = []
    for token in inline.children or ():
        assert token.type in ("text", "code_inline", "text_special"), token
        if token.type == "code_inline":
            parts.append(token.content)
        else:
            assert not re.search(r"[@#!]\w|://|www\.|\$", token.content), token.content
            parts.append(token.content)
    return "".join(parts)
