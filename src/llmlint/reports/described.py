"""What reports say of rules: the texts of their files, for readers who see the finding far from the program."""

from __future__ import annotations

import re

from llmlint.builtin import BUILT_IN
from llmlint.finding import Severity
from llmlint.tuples import NamedTuple

BRACES = "Words in braces stand for figures of the plan; `llmlint facts` explains them."


class Described(NamedTuple):
    """A rule in words."""

    id: str
    severity: Severity
    summary: str
    why: str = ""
    fix: str = ""
    """As its file has it, facts in braces."""
    subject: str = ""
    ours: bool = True
    """Whether the texts come with the program; others may hold what is not to be trusted."""
    aliases: tuple[str, ...] = ()


def built_in() -> list[Described]:
    """Findings that the program makes by itself, which can come up in every run."""
    return [Described(name, one.severity, one.summary, one.why, one.fix, "file") for name, one in BUILT_IN.items()]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text whose lines are broken somewhere."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def remedy(rule: Described) -> str:
    """What to do about it, in one paragraph."""
    text = " ".join(paragraphs(rule.fix))
    return f"{text}. {BRACES}" if re.search(r"\{[a-z_.]+\}", text) else text
