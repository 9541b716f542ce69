"""Rules as SARIF describes them, so that a reader of an alert needs nothing else."""

from __future__ import annotations

import re
from typing import Any

from llmlint.reports.described import Described, paragraphs, remedy
from llmlint.reports.json import whole
from llmlint.reports.printable import printable
from llmlint.reports.sarif_result import LEVELS

LONGEST = 1_024
"""Characters of a description: GitHub's limit."""
WEIGHTS = {"error": "error", "warning": "warning", "info": "recommendation"}
"""GitHub's words for severities of what is no security problem."""


def rule_entry(rule: Described) -> dict[str, Any]:
    """The descriptor of a rule; Markdown is made of the program's own texts only."""
    why, what_to_do = "\n\n".join(map(printable, paragraphs(rule.why))), printable(remedy(rule))
    told = f"`llmlint rule {printable(rule.id)}` shows examples."
    text = "\n\n".join(part for part in (why, f"What to do: {what_to_do}" if what_to_do else "", told) if part)
    entry: dict[str, Any] = {
        "id": whole(rule.id),
        "shortDescription": {"text": _short(_sentence(rule.summary))},
        "fullDescription": {"text": _short(why or _sentence(rule.summary))},
        "help": {"text": text},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"problem.severity": WEIGHTS[rule.severity]},
    }
    if rule.ours:
        entry["help"]["markdown"] = f"{why}\n\n**What to do:** {_code_in_braces(what_to_do)}\n\n{told}"
    words = printable(rule.id).split("-")
    if len(words) > 1:  # one word would differ from the id by its capital only, which Microsoft's validator dislikes
        entry["name"] = "".join(word.capitalize() for word in words)
    if rule.subject:
        entry["properties"]["tags"] = [rule.subject]
    if rule.aliases:
        entry["deprecatedIds"] = list(rule.aliases)
    return entry


def _sentence(text: str) -> str:
    return f"{printable(text).rstrip('.')}."


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _code_in_braces(text: str) -> str:
    return re.sub(r"\{[a-z_.]+\}", r"`\g<0>`", text)
