"""Links between pages: names of rules and facts lead to what is said of them."""

from __future__ import annotations

import re
from functools import cache

CELL = re.compile(r"^\| `([a-z][a-z0-9_.-]*)` \|", re.MULTILINE)
"""The first cell of a line of a table."""
TEST = re.compile(r'\[([^\]]+)\]\(\.\./(tests/[\w/]+\.py) "(test_\w+)"\)')
"""A link to a test: to its file, with its name as the title."""


def linked(page: str, text: str) -> str:
    """A page with the names in its tables linked, or given anchors where they are explained."""
    if page == "facts.md":
        return CELL.sub(lambda found: f"| `{found[1]}`{{ #{anchor(found[1])} }} |", text)
    if page in ("rule-list.md", "index.md"):
        return CELL.sub(_rule_cell, text)
    if page == "comparison.md":  # tests are no part of the site: they are named
        return TEST.sub(lambda found: f'<abbr title="{found[2]}::{found[3]}">{found[1]}</abbr>', text)
    return text


def _rule_cell(found: re.Match[str]) -> str:
    name = found[1]
    return f"| [`{name}`](rules/{name}.md) |" if name in rule_ids() else found[0]


def fact_link(name: str) -> str:
    """The name of a fact, from the page of a rule to the list of facts."""
    return f"[`{name}`](../facts.md#{anchor(name)})"


def anchor(name: str) -> str:
    """The place of a fact on its page."""
    return f"fact-{name.replace('.', '-')}"


def reference(text: str) -> str:
    """A reference of a rule as a link, from the rule's page."""
    if text.startswith("docs/"):
        return f"[{text}](../{text.removeprefix('docs/')})"
    return f"<{text}>" if text.startswith("https://") else text


@cache
def rule_ids() -> frozenset[str]:
    """Ids that have a page."""
    from llmlint.builtin import BUILT_IN
    from llmlint.compiled.rules import RULES

    return frozenset({*(rule.id for rule in RULES), *BUILT_IN})
