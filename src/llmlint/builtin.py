"""Ids that are not rules of the pack: findings about the file itself and about what people write to silence rules."""

from __future__ import annotations

from llmlint.finding import Severity
from llmlint.tuples import NamedTuple


class BuiltIn(NamedTuple):
    """A finding that the program makes by itself, without a rule file."""

    severity: Severity
    summary: str
    why: str
    fix: str


BUILT_IN = {
    "syntax": BuiltIn(
        "error",
        "The file is not YAML that can be relied on",
        "A fault of the text: it does not parse, a key is written twice, an alias runs in a circle, or a limit is "
        "exceeded. What cannot be read cannot be checked.",
        "Mend the text at the place that is named. It cannot be ignored.",
    ),
    "duplicate-key": BuiltIn(
        "warning",
        "A key of a manifest is written twice",
        "Most programs take the last value without a word, some the first, some refuse the file. Whoever changes the "
        "other one changes nothing. In llmlint's own files it is a fault of syntax.",
        "Keep one of the two.",
    ),
    "schema": BuiltIn(
        "error",
        "The file does not have the shape of a deployment",
        "An unknown key, a missing one, or a value of another kind. Nothing else of the document is checked until it "
        "fits, since every rule would speak of a plan that nobody wrote.",
        "`llmlint schema` prints what is allowed; editors complete it (docs/deployment-file.md).",
    ),
    "machine-unreadable": BuiltIn(
        "error",
        "A comment is meant to name a machine, and cannot be read",
        "What is planned would be checked without the machine that somebody wrote down for it, and nobody would know.",
        "Write `# llmlint: machine=aws/g6.12xlarge`, or parts: `# llmlint: machine=rtx4090*2 ram=64GB disk=1TB:nvme`.",
    ),
    "suppression-invalid": BuiltIn(
        "error",
        "A comment or annotation is meant to silence a rule, and cannot be read",
        "A directive that is silently nothing leaves people believing that a finding was dealt with.",
        'Write `# llmlint: ignore[rule-id] reason`, or the annotation `llmlint.dev/ignore-rule-id: "reason"`.',
    ),
    "suppression-unknown-rule": BuiltIn(
        "warning",
        "A comment or annotation silences a rule that does not exist",
        "It was misspelt, or the rule was renamed.",
        "Correct the id; `llmlint rule` lists all.",
    ),
    "suppression-unused": BuiltIn(
        "warning",
        "A comment or annotation silences a rule that has nothing to say there",
        "What it hid was mended; left in place it would hide the next fault.",
        "Delete the comment or annotation, or the id from it.",
    ),
    "suppression-expired": BuiltIn(
        "warning",
        "A comment or annotation silenced a rule until a date that has passed",
        "The finding is shown again, as its author asked for.",
        "Mend what is found, or set a new date.",
    ),
    "internal-error": BuiltIn(
        "error",
        "A rule failed to run",
        "This is a fault of llmlint, not of the file. The other rules were checked; the run ends with exit code 2.",
        "Please report it, with the file if you can.",
    ),
}
