from __future__ import annotations

import json
import math
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from llmlint.finding import FileResult, Finding, Span
from llmlint.reports import ReportOptions
from llmlint.reports.schema_models import report_schema

from .reporting import UNKNOWN, VRAM, at, reported, result


def closed_schema() -> dict[str, Any]:
    """The schema, with fields that it does not list forbidden: ours must list them all."""
    schema = report_schema()
    for body in (schema, *schema["$defs"].values()):
        body["additionalProperties"] = False
    return schema


VALIDATOR = Draft202012Validator(closed_schema())


def read(*results: FileResult, options: ReportOptions | None = None) -> Any:
    """The report, which must be strict JSON that fits its schema."""
    text = reported(*results, form="json", options=options)
    assert text.isascii()
    report = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    VALIDATOR.validate(report)
    return report


def test_the_whole_report() -> None:
    passed_over = FileResult("values.yaml", "", passed_over="not a deployment")
    assert read(result(VRAM)._replace(not_checked=(UNKNOWN,), suppressed=2), passed_over) == {
        "version": 1,
        "findings": [
            {
                "rule": "vram-too-small",
                "aliases": [],
                "severity": "error",
                "message": "needs 161.0 GB, the machine offers 48.0 GiB (51.5 GB)",
                "file": "deploy.yaml",
                "document": 0,
                "line": 12,
                "column": 10,
                "end_line": 12,
                "end_column": 36,
                "path": ["machine", "gpus", 0],
                "facts": {"estimate.needed": 161_000_000_000, "vram.total": 51_539_607_552, "machine.tier": None},
                "help": "smallest change that fits: precision int4 (40.25 GB)",
                "notes": ["70 B parameters × 2 bytes (fp16) × 1.15 (text) = 161.0 GB"],
                "remedies": [],
                "fix": None,
            }
        ],
        "not_checked": [
            {
                "file": "deploy.yaml",
                "document": 0,
                "rule": "ram-too-small-for-model",
                "facts": ["ram.needed", "ram.total"],
                "keys": ["machine.ram", "model.parameters"],
            }
        ],
        "summary": {
            "files": 2,
            "recognised": 1,
            "passed_over": 1,
            "deployments": 1,
            "errors": 1,
            "warnings": 0,
            "infos": 0,
            "suppressed": 2,
            "not_checked": 1,
            "formats": {},
            "templates": 0,
            "fixed": 0,
            "fixable": 0,
            "unsafely_fixable": 0,
            "unreadable": [],
            "failure": "",
            "baselined": 0,
            "stale": 0,
            "earlier": 0,
        },
    }


def test_each_finding_is_a_line() -> None:
    first, *lines, _ = reported(result(VRAM, at(1, 1, 2)), form="json").splitlines()
    assert first == '{"version": 1, "findings": ['
    assert [json.loads(line.rstrip(","))["rule"] for line in lines] == ["vram-too-small", "some-rule"]


@pytest.mark.parametrize("results", [[], [result()], [result(), result(VRAM), result()], [result(VRAM), result(VRAM)]])
def test_valid_whatever_is_found(results: list[FileResult]) -> None:
    assert len(read(*results)["findings"]) == sum(len(one.findings) for one in results)


def test_a_broken_file_has_findings_too() -> None:
    broken = Finding("syntax", "error", "not UTF-8", "deploy.yaml", Span(1, 1, 1, 1))
    assert read(FileResult("deploy.yaml", "", (broken,)))["summary"]["deployments"] == 0


def test_complete_whatever_is_shown_elsewhere() -> None:
    options = ReportOptions(colour=True, width=20, verbosity="quiet", min_severity="error")
    assert reported(result(at(1, 1, 2)), form="json", options=options) == reported(result(at(1, 1, 2)), form="json")


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.5, 1.5), (math.inf, None), (-math.inf, None), (math.nan, None), (2 * 10**308, None), (2**60, 2**60),
     (True, True), ("text", "text"), (None, None), (("a", 1), "('a', 1)"), ("\udcff", "\\udcff")],
)  # fmt: skip
def test_values_of_facts(value: object, written: object) -> None:
    (finding,) = read(result(VRAM._replace(facts=(("fact", value),))))["findings"]
    assert finding["facts"] == {"fact": written}
    assert type(finding["facts"]["fact"]) is type(written)


def test_the_schema_is_one_that_others_can_use() -> None:
    schema = report_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:llmlint:schema:report:1"
    assert schema["title"]


def test_the_schema_describes_every_field() -> None:
    schema = report_schema()
    for name, body in {"report": schema, **schema["$defs"]}.items():
        assert sorted(body["required"]) == sorted(body["properties"])
        assert all(field.get("description") for field in body["properties"].values()), name
