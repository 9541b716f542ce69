"""Every mistake of a deployment file is a finding at its own line, in words, with what was probably meant."""

from __future__ import annotations

import json

import pytest

from llmlint.mistakes import MOST, Mistake, mistakes
from llmlint.plans import MOST_DEPLOYMENTS
from llmlint.read import read_plans
from llmlint.readers.native import MOST_VALUES

FULL_OF_THEM = """\
modle: llama
precision: int5
workload:
  context: 8k
  concurency: 4
  purpose: serving
  offload: yes
engine:
  name: vlm
  version: 0.33
machine:
  tier: profesional
  ram: 64
  gpus:
    - {nam: L4}
    - {name: L4, count: 0}
    - name: 4090
  storage: {kind: nvme, free: 1 parsec}
  psu: 850
extra: 1
"""
SAID = [
    "1:1: unknown key 'modle' (did you mean model?)",
    "1:1: the key model is missing (add it",
    "2:12: 'int5' is not one of the choices (did you mean",
    "4:12: expected a whole number, found the text '8k'",
    "5:3: unknown key 'concurency' (did you mean concurrency?)",
    "6:12: 'serving' is not one of the choices",
    "7:12: 'yes' is not one of the choices",
    "9:9: 'vlm' is not one of the choices (did you mean vllm?)",
    "10:12: expected text, found the number 0.33 (write it in quotes: '0.33')",
    "12:9: 'profesional' is not one of the choices (did you mean professional?)",
    "13:8: say the unit: 64GB",
    "15:8: unknown key 'nam' (did you mean name?)",
    "16:25: must be at least 1, is the number 0",
    "17:13: expected text, found the number 4090 (write it in quotes: '4090')",
    '18:31: "1 parsec" is not an amount of storage',
    "19:8: say the unit: 850W",
    "20:1: unknown key 'extra' (known here: ",
]


def said(text: str) -> list[str]:
    findings = read_plans(text.encode(), "deploy.yaml").findings
    assert {finding.rule for finding in findings} <= {"schema", "syntax"}
    return [
        f"{one.span.line}:{one.span.column}: {one.message}" + (f" ({one.help})" if one.help else "") for one in findings
    ]


def test_all_mistakes_are_told_each_at_its_place() -> None:
    told = said(FULL_OF_THEM)
    assert len(told) == len(SAID), told
    for one, start in zip(told, SAID, strict=True):
        assert one.startswith(start), (one, start)


def test_json_is_told_the_same_way() -> None:
    text = json.dumps({"model": "llama", "precison": "int4", "machine": {"ram": "64"}}, indent=2)
    assert said(text) == [
        "3:3: unknown key 'precison' (did you mean precision?)",
        "5:12: say the unit: 64GB",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model: llama\nram: 64GB\n", "2:1: unknown key 'ram' (did you mean machine.ram?)"),
        ("model: llama\ncontext: 8192\n", "2:1: unknown key 'context' (did you mean workload.context?)"),
        ("model: llama\nmachine: [L4]\n", "2:10: expected text or a mapping, found a list"),
        (
            "model: llama\nmachine: {precision: int4}\n",
            "2:11: unknown key 'precision' (precision stands at the top level)",
        ),
        ("model: [a]\nprecision: int4\n", "1:8: expected text or a mapping, found a list"),
        ("model: llama\nmachine: {gpus: {name: 7}}\n", "2:24: expected text, found the number 7"),
        ("model: llama\nmachine: {gpus: L4, ram: 1.5}\n", "2:26: say the unit: 1.5GB"),
        ("- model: llama\n", "1:1: expected a mapping, found a list"),
        ("just text\n", "1:1: expected a mapping, found the text 'just text'"),
    ],
)
def test_what_was_meant(text: str, expected: str) -> None:
    told = said(text)
    assert len(told) == 1
    assert told[0].startswith(expected), told


def test_extensions_and_schema_are_passed_over() -> None:
    assert said('{"$schema": "x", "model": "llama", "x-team": {"a": [1]}, "precision": "int4"}') == []


def test_every_document_is_told() -> None:
    assert said("model: a\nprecision: x1\n---\nmodel: b\nprecison: int4\n") == [
        "2:12: 'x1' is not one of the choices (" + said("model: a\nprecision: x1\n")[0].partition("(")[2],
        "5:1: unknown key 'precison' (did you mean precision?)",
    ]


def test_long_lists_of_mistakes_end() -> None:
    found = mistakes("deployment", {"model": "a", **{f"key{number}": 1 for number in range(2 * MOST)}})
    assert len(found) == MOST + 1
    assert found[-1] == Mistake((), True, f"there are more than {MOST} mistakes; the others are not listed")


def test_what_is_too_large_is_not_checked() -> None:
    text = "model: llama\nmachine:\n  gpus:\n" + "  - L4\n" * MOST_VALUES
    assert said(text) == [f"1:1: holds more than {MOST_VALUES} values, and is not checked: no deployment needs so many"]


def test_files_hold_a_limited_number_of_deployments() -> None:
    text = "---\nmodel: llama\nprecision: int4\n" * (MOST_DEPLOYMENTS + 2)
    read = read_plans(text.encode(), "deploy.yaml")
    assert len(read.plans) == MOST_DEPLOYMENTS
    assert said(text) == [
        f"{3 * MOST_DEPLOYMENTS + 2}:1: the file holds {MOST_DEPLOYMENTS + 2} deployments; this one and those after it "
        f"are not checked (put at most {MOST_DEPLOYMENTS} in a file)"
    ]


def test_values_are_shortened_and_kept_on_a_line() -> None:
    (told,) = said('model: llama\nprecision: "' + "x" * 500 + '\\n\\ny"\n')
    assert len(told) < 500
    assert "\n" not in told
