"""The parsers' errors in our own words, at the place where the user has to look."""

from __future__ import annotations

import re
from typing import Any

from llmlint.document.notes import TEMPLATE, TEMPLATE_REMEDY
from llmlint.document.places import Text
from llmlint.document.position import line_end
from llmlint.finding import Problem

TOO_DEEP = "nested too deeply"

_UNQUOTED_TEMPLATE = re.compile(r"""^[^"'#\r\n]*?(\{\{|\{%)""", re.MULTILINE)
_INDENTATION = re.compile(r"[ \t]*")
_HERE = "problem_mark"
_BEGIN = "context_mark"

# Part of the parser's message (libyaml's, then ruamel's where it differs), part of its context, the mark to point at,
# what we say, the remedy.
_FAULTS = (
    (
        "unexpected end of stream",
        "",
        _BEGIN,
        "the quoted text that begins here does not end",
        "close it with the same quote",
    ),
    (
        "unexpected document",
        "quoted",
        _BEGIN,
        "the quoted text that begins here does not end before the next document",
        "close it with the same quote",
    ),
    (
        "expected ',' or ']'",
        "",
        _BEGIN,
        "the list that begins here is not closed, or a comma is missing in it",
        "close it with ]",
    ),
    (
        "expected ',' or '}'",
        "",
        _BEGIN,
        "the mapping that begins here is not closed, or a comma is missing in it",
        "close it with }",
    ),
    (
        "could not find expected ':'",
        "",
        _BEGIN,
        "this line is neither `key: value` nor an item of a list",
        "add the colon, or indent the line if it belongs to the one before",
    ),
    ("unexpected ':'", "", _HERE, "a colon cannot stand here", "put a blank behind it, or quote the value"),
    (
        "expected '-' indicator",
        "",
        _HERE,
        "this line is level with the items of a list, but is none",
        "begin it with `- `, or indent it otherwise",
    ),
    (
        "expected key",
        "",
        _HERE,
        "this line does not continue the mapping it stands in",
        "check its indentation and quotes",
    ),
    (
        "<block end>",
        "mapping",
        _HERE,
        "this line does not continue the mapping it stands in",
        "check its indentation and quotes",
    ),
    (
        "<block end>",
        "collection",
        _HERE,
        "this line is level with the items of a list, but is none",
        "begin it with `- `, or indent it otherwise",
    ),
    (
        "sequence entries are not allowed",
        "",
        _HERE,
        "an item of a list cannot stand here",
        "put it on a line of its own",
    ),
    ("mapping keys are not allowed", "", _HERE, "a key cannot stand here", "put it on a line of its own"),
    ("node content", "", _HERE, "a value is missing here", ""),
    (
        "undefined tag handle",
        "",
        _HERE,
        "the tag's handle is not declared",
        "remove the tag, or declare the handle with %TAG",
    ),
    ("incompatible YAML document", "", _HERE, "only %YAML 1.1 and 1.2 are read", "remove the directive"),
    ("duplicate", "", _HERE, "the same directive stands here again", "remove one of the two"),
    (
        "unknown directive",
        "",
        _HERE,
        "unknown directive",
        "only %YAML and %TAG are read; quote a value that begins with %",
    ),
    (
        "",
        "directive",
        _HERE,
        "a line that begins with % is a directive, and this one is malformed",
        "quote a value that begins with %",
    ),
    (
        "document start",
        "",
        _HERE,
        "the document has ended before this line",
        "begin the next document with ---, or check the indentation",
    ),
    ("document end marker", "", _HERE, "nothing may stand behind ... on its line", ""),
    ("unknown escape", "", _HERE, "unknown escape in double quotes", "write the backslash twice, or use single quotes"),
    ("Unicode character escape", "", _HERE, "the escape stands for no character", "write the character itself"),
    ("hexdecimal", "", _HERE, "the escape needs hexadecimal digits", "write the backslash twice, or use single quotes"),
    (
        "hexadecimal",
        "",
        _HERE,
        "the escape needs hexadecimal digits",
        "write the backslash twice, or use single quotes",
    ),
    ("", "alias", _BEGIN, "the name of an alias is malformed", "quote a value that begins with *"),
    ("", "anchor", _BEGIN, "the name of an anchor is malformed", "quote a value that begins with &"),
    ("", "tag", _BEGIN, "the tag is malformed", "quote a value that begins with !"),
    ("", "block scalar", _HERE, "the heading of a block text is malformed", "nothing but a comment may follow | or >"),
    (TOO_DEEP, "", _HERE, "nested more than 100 levels deep", ""),
)


def problem_of(error: Exception, reached: int, text: Text) -> Problem:
    """A problem for whatever the parser raised, after it had got so far."""
    mark = getattr(error, _HERE, None) or getattr(error, _BEGIN, None)
    if mark is None:
        return _problem(text, reached, f"the file cannot be read from here on ({type(error).__name__})", "")
    return (
        _template(text, mark.index)
        or _tab(text, mark.index)
        or _colon(text, error)
        or _character(text, error)
        or _known(text, error)
    )


def _problem(text: Text, offset: int, message: str, remedy: str, width: int = 1) -> Problem:
    return Problem(message, text.lines.span(offset, min(offset + width, line_end(text.content, offset))), remedy)


def _template(text: Text, offset: int) -> Problem | None:
    """An unquoted `{{` anywhere before the fault explains it better than the parser can."""
    found = _UNQUOTED_TEMPLATE.search(text.content, 0, line_end(text.content, offset))
    return _problem(text, found.start(1), TEMPLATE, TEMPLATE_REMEDY, 2) if found else None


def _tab(text: Text, offset: int) -> Problem | None:
    content = text.content
    begin = max(content.rfind("\n", 0, offset), content.rfind("\r", 0, offset)) + 1
    indentation = _INDENTATION.match(content, begin)
    tab = content.find("\t", begin, indentation.end() if indentation else begin)
    if tab < 0 and content[offset : offset + 1] == "\t":
        tab = offset
    if tab < 0:
        return None
    return _problem(text, tab, "a tab cannot indent a line in YAML", "indent with spaces")


def _colon(text: Text, error: Any) -> Problem | None:
    if "mapping values are not allowed" not in str(error.problem):
        return None
    offset = error.problem_mark.index
    before = text.content[:offset].splitlines()[-1:]
    if before and ": " in before[0]:
        return _problem(text, offset, "a second colon in one line", "quote a value that holds a colon and a blank")
    message = "this line looks like a key, but by its indentation belongs to the value above it"
    return _problem(text, offset, message, "indent it like the key it belongs beside")


def _character(text: Text, error: Any) -> Problem | None:
    if "cannot start any token" not in str(error.problem):
        return None
    offset = error.problem_mark.index
    character = text.content[offset : offset + 1]
    return _problem(text, offset, f"a value cannot begin with {character}", "quote it")


def _known(text: Text, error: Any) -> Problem:
    said, context = str(error.problem or ""), str(error.context or "")
    for part, of_context, which, message, remedy in _FAULTS:
        if part in said and of_context in context:
            mark = getattr(error, which) or error.problem_mark
            return _problem(text, mark.index, message, remedy)
    return _problem(text, error.problem_mark.index, f"not readable as YAML: {said}", "")
