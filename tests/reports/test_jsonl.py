from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from llmlint.reports import ReportOptions
from llmlint.reports.schema_models import finding_schema

from .reporting import UNKNOWN, VRAM, at, reported, result

VALIDATOR = Draft202012Validator(finding_schema())


def test_a_line_for_each_finding_as_the_json_report_has_it() -> None:
    results = [result(VRAM, at(2, 12, 16))._replace(not_checked=(UNKNOWN,)), result()]
    rows = [json.loads(row) for row in reported(*results, form="jsonl").splitlines()]
    assert rows == json.loads(reported(*results, form="json"))["findings"]
    for row in rows:
        VALIDATOR.validate(row)


def test_complete_whatever_is_shown_elsewhere() -> None:
    options = ReportOptions(colour=True, width=20, verbosity="quiet", min_severity="error")
    assert reported(result(at(1, 1, 2)), form="jsonl", options=options) == reported(result(at(1, 1, 2)), form="jsonl")


def test_a_clean_run_has_no_line() -> None:
    assert reported(result(), form="jsonl") == ""
