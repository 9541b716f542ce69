"""Text of others in Markdown: it is shown as it is, and becomes no markup, link, mention or reference.

Whatever a site would make something of (`@name`, `#12`, an address, `:smile:`, a commit's hash) stands as code, which
GitHub and GitLab leave alone, and so do words between single backticks, which our own messages put around keys and
options. Bars are written as entities: tables are cut at them before anything else is read.
"""

from __future__ import annotations

import re

from llmlint.reports.printable import printable

MADE_SOMETHING_OF = re.compile(
    r"[@#!~&^%+]\w"  # mentions and references of GitHub and GitLab
    r"|\$|:\w[\w+-]*:|://|www\.|\b(?i:GH|GL)-\d|\b[A-Z][A-Z0-9]+-\d|\b[0-9a-f]{7,64}\b|\[\[|\b\w+\.\w+:\w"
)
CODE = re.compile(r"(?<![`\w])`([^` ](?:[^`]*[^` ])?)`(?!`)")
MARKUP = re.compile(r"[\\`*_\[\]<>~]")
BAR = "&#124;"


def plain(text: str) -> str:
    """Text in a paragraph or cell: escaped, or as code where escapes do not keep a site from reading it."""
    text = " ".join(printable(text).split())
    if MADE_SOMETHING_OF.search(CODE.sub("`", text)):
        return code(text)
    between = CODE.split(text)  # text, code, text, …
    return "".join(code(part) if at % 2 else _escaped(part) for at, part in enumerate(between))


def _escaped(text: str) -> str:
    return MARKUP.sub(r"\\\g<0>", text.replace("&", "&amp;")).replace("|", BAR)


def code(text: str) -> str:
    """Text as code, on one line."""
    return BAR.join(_span(part) for part in printable(text).split("|"))


def _span(text: str) -> str:
    if not text.strip(" "):
        return text
    ticks = "`" * (_longest_run(text) + 1)
    gap = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{gap}{text}{gap}{ticks}"


def fenced(language: str, text: str) -> str:
    """Lines as a block of code, which nothing in them ends."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}\n"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
