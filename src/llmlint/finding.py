"""What is found and where: the types that travel from the rules to the reports."""

from __future__ import annotations

from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Severity: TypeAlias = 'Literal["error", "warning", "info"]'
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the heaviest to the lightest."""

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the root of a document, or of a deployment, to one of its values."""


class Error(Exception):
    """The base of what is raised where a request cannot be met. What is wrong with a deployment is a finding."""


class Span(NamedTuple):
    """A stretch of text: lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Problem(NamedTuple):
    """A fault of the text itself, before anything is known of its meaning."""

    message: str
    span: Span
    help: str = ""
    rule: str = "syntax"
    """The finding that it becomes: one in a manifest need not stop what is read."""


class Edit(NamedTuple):
    """One value of a deployment, as it is and as it should be."""

    path: Path
    """Of the deployment with its shorthands expanded."""
    old: object
    """None where nothing is written."""
    new: object
    line: int
    """Where the value is written, or would be."""


class Remedy(NamedTuple):
    """The smallest change that was found for a finding, proven by linting the file with it."""

    edits: tuple[Edit, ...]
    before: str
    """The file's text, byte order mark and all; reports make a diff of it where they show one."""
    after: str
    """The text with the change."""
    file: str
    """The file as diffs name it."""
    left: tuple[str, ...]
    """Rules of severity error that the deployment then still breaks; none where it passes."""


class TextEdit(NamedTuple):
    """A stretch of the text and what comes in its place."""

    start: int
    """Offset in code points, from 0."""
    end: int
    """Exclusive."""
    text: str
    span: Span
    """The same stretch by lines and columns."""


class Fix(NamedTuple):
    """Changes of the file that make a finding go away, all of them or none."""

    safe: bool
    """It keeps what the author meant; an unsafe one may not, and is made only on request."""
    edits: tuple[TextEdit, ...]
    within: tuple[tuple[int, Path], ...] = ()
    """Document and path below which values may change; nothing else does."""


class Finding(NamedTuple):
    """One thing that is wrong with a deployment, at the user's own line."""

    rule: str
    severity: Severity
    message: str
    file: str
    span: Span
    document: int = 0
    path: Path = ()
    label: str = ""
    """What stands beside the caret in a code frame: the value as it was understood."""
    notes: tuple[str, ...] = ()
    """The arithmetic, a line each."""
    help: str = ""
    """The remedy."""
    facts: tuple[tuple[str, object], ...] = ()
    """Name and value of each fact that the rule compared or quoted."""
    remedies: tuple[Remedy, ...] = ()
    """What `help` says, for programs, the cheapest first; none where it is the rule's own words."""
    fix: Fix | None = None
    """How llmlint itself can mend it; None where it cannot."""
    aliases: tuple[str, ...] = ()
    """Other names of the rule."""
    elsewhere: str = ""
    """The other file, and line, that holds what is spoken of; the span is that of what names it here."""


class NotChecked(NamedTuple):
    """A rule that could not be decided for one deployment, and what would have to be known."""

    rule: str
    document: int
    facts: tuple[str, ...]
    """Names of the facts that are unknown."""
    keys: tuple[str, ...]
    """Keys of the deployment file that would make them known."""


class FileResult(NamedTuple):
    """All that a run has to say of one file."""

    file: str
    """The path as the user wrote it, or as it was found."""
    text: str
    """The source, for code frames; empty where it could not be decoded."""
    findings: tuple[Finding, ...] = ()
    """Sorted by document, line, column and rule; suppressed ones are left out."""
    not_checked: tuple[NotChecked, ...] = ()
    deployments: int = 0
    """How many documents of the file were recognised as deployments."""
    suppressed: int = 0
    """How many findings inline comments took back."""
    passed_over: str = ""
    """Why nothing of the file was linted; empty where something was."""
    formats: tuple[str, ...] = ()
    """What its deployments are written in, one for each: native, Kubernetes, Compose, …"""
    unsearched: bool = False
    """Whether the smallest changes for its findings were not looked for, since enough had been in this run."""
    untried: bool = False
    """Whether fixes were left out since finding out which of them hold would have taken too much."""
    baselined: int = 0
    """How many findings the baseline held back."""
    earlier: int = 0
    """How many findings were there before, of a run that shows new ones."""
    stale: int = 0
    """Entries of the baseline for this file that count more than was found."""
    fixed: int = 0
    """How many findings were mended in it, by this run."""
    data: bytes = b""
    """The bytes that were linted, by which some readers of reports know a line again."""
