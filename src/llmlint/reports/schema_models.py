"""What the JSON report holds, as types: `json.py` is checked against them, and schemas/report.json is made of them.

Imported only by the generator; the report itself needs none of it to be written.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict  # pydantic cannot use typing's before Python 3.12

from llmlint.finding import Severity

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCSTRINGS = ConfigDict(use_attribute_docstrings=True)

FromOne: TypeAlias = Annotated[int, Field(ge=1)]
FromZero: TypeAlias = Annotated[int, Field(ge=0)]
FactValue: TypeAlias = str | bool | int | float | None
JsonValue: TypeAlias = FactValue | list[Any] | dict[str, Any]


@with_config(DOCSTRINGS)
class ChangeEntry(TypedDict):
    """One value of a deployment, as it is and as it should be."""

    path: list[str | FromZero]
    """Keys and indices from the deployment's root, its shorthands expanded."""
    old: JsonValue
    """What is written; null where nothing is."""
    new: JsonValue
    """What to write."""
    line: FromOne
    """Where it is written, or would be."""


@with_config(DOCSTRINGS)
class RemedyEntry(TypedDict):
    """A change that was found, proven by linting the file with it."""

    changes: list[ChangeEntry]
    """To be made in this order."""
    diff: str
    """The same as a unified diff, as `git apply` takes it."""
    left: list[str]
    """Rules of severity error that the deployment breaks still; empty where it then passes."""


@with_config(DOCSTRINGS)
class EditEntry(TypedDict):
    """A stretch of the file and what comes in its place."""

    line: FromOne
    """From 1."""
    column: FromOne
    """From 1, counted in Unicode code points."""
    end_line: FromOne
    """Where it ends."""
    end_column: FromOne
    """The column behind its last character."""
    text: str
    """What comes there; empty where something is taken away."""


@with_config(DOCSTRINGS)
class FixEntry(TypedDict):
    """Edits that make a finding go away, all of them together."""

    safe: bool
    """`--fix` makes it; others only with `--unsafe-fixes`."""
    edits: list[EditEntry]
    """In the order of the text; they do not overlap."""


@with_config(DOCSTRINGS)
class FindingEntry(TypedDict):
    """One thing that is wrong with a deployment."""

    rule: str
    """Id of the rule; `llmlint rule ID` explains it."""
    aliases: list[str]
    """Other names of it, and the id of the rule that finds the usual cases of the same fault."""
    severity: Severity
    """How much it weighs."""
    message: str
    """What is wrong, in a sentence."""
    file: str
    """As it was named or found; bytes that are no text are spelt out."""
    document: FromZero
    """Which document of the file, from 0."""
    line: FromOne
    """From 1."""
    column: FromOne
    """From 1, counted in Unicode code points."""
    end_line: FromOne
    """Where it ends."""
    end_column: FromOne
    """The column behind its last character."""
    path: list[str | FromZero]
    """Keys and indices from the document's root to the value."""
    facts: dict[str, FactValue]
    """What the rule compared or quoted: name to value, in bytes, watts or plain numbers; null where it is unknown."""
    help: str
    """The remedy; empty if there is none to name."""
    notes: list[str]
    """The arithmetic, a line each."""
    remedies: list[RemedyEntry]
    """What `help` says, where it names changes that were found for this plan, cheapest first; else none."""
    fix: FixEntry | None
    """How `--fix` would mend it; null where it cannot."""


@with_config(DOCSTRINGS)
class NotCheckedEntry(TypedDict):
    """A rule that could not be decided for a deployment."""

    file: str
    """As in a finding."""
    document: FromZero
    """Which document of the file, from 0."""
    rule: str
    """Id of the rule."""
    facts: list[str]
    """What is unknown; `llmlint facts` explains the names."""
    keys: list[str]
    """Keys of the deployment file that would make it known."""


@with_config(DOCSTRINGS)
class UnreadableEntry(TypedDict):
    """A file that should have been linted and could not be read."""

    file: str
    """As it was given or found."""
    reason: str
    """Why it could not be read."""


@with_config(DOCSTRINGS)
class SummaryEntry(TypedDict):
    """Counts over all files."""

    files: FromZero
    """Looked at: recognised and passed over."""
    recognised: FromZero
    """Linted, broken ones included."""
    passed_over: FromZero
    """Not deployments."""
    deployments: FromZero
    """A file may hold several."""
    errors: FromZero
    """Findings of severity error."""
    warnings: FromZero
    """Findings of severity warning."""
    infos: FromZero
    """Findings of severity info."""
    suppressed: FromZero
    """Findings that comments in the files took back; they are not listed."""
    baselined: FromZero
    """Findings that a baseline held back; they are not listed."""
    earlier: FromZero
    """Findings that were there at the revision of `--since`; they are not listed."""
    stale: FromZero
    """Entries of baselines that count more than was found: `llmlint baseline prune` takes them out."""
    not_checked: FromZero
    """Rules that could not be decided for some deployment, each counted once."""
    formats: dict[str, FromZero]
    """How many deployments each format has: native, kubernetes, compose, …"""
    templates: FromZero
    """Files that were passed over as the sources of templates."""
    fixed: FromZero
    """Findings that this run has mended; they are not listed."""
    fixable: FromZero
    """Findings that `--fix` would mend."""
    unsafely_fixable: FromZero
    """Findings that it would mend with `--unsafe-fixes` only."""
    unreadable: list[UnreadableEntry]
    """Files that should have been linted and could not be read."""
    failure: str
    """What ended the run before all files were linted; empty where nothing did."""


@with_config(DOCSTRINGS)
class ReportFile(TypedDict):
    """What `llmlint --format json` prints. Within a version, fields are only added."""

    version: Literal[1]
    """Of this format."""
    findings: list[FindingEntry]
    """All of them, whatever `--min-severity` says; in each file by document, line, column and rule."""
    not_checked: list[NotCheckedEntry]
    """What could not be judged: unknown is neither a pass nor a fault."""
    summary: SummaryEntry
    """The run in numbers."""


class _WithoutTitles(GenerateJsonSchema):
    """Field titles only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # the same for all
        return False


def report_schema() -> dict[str, Any]:
    """The JSON Schema of the report. It admits fields that it does not list, as later programs may add some."""
    return _schema(ReportFile, "report", "Report of llmlint")


def finding_schema() -> dict[str, Any]:
    """The JSON Schema of a line of `--format jsonl`, with the same freedom."""
    return _schema(FindingEntry, "finding", "Finding of llmlint")


def _schema(source: Any, name: str, title: str) -> dict[str, Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(source)
    schema = adapter.json_schema(mode="serialization", schema_generator=_WithoutTitles)
    return {"$schema": DIALECT, "$id": f"urn:llmlint:schema:{name}:1", "title": title} | {
        key: value for key, value in schema.items() if key != "title"
    }
