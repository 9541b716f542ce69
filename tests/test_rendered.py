"""What Helm has rendered names its templates, and so do the findings in it."""

from __future__ import annotations

from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.linting import Settings, lint

SETTINGS = Settings(
    [rule for rule in RULES if rule.subject == "engine" and "flag" in rule.id], Catalogue(), frozenset()
)
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers: [{image: "vllm/vllm-openai:v0.9.2", args: [--no-such-option]}]
"""
STREAM = f"""\
---
# Source: stack/templates/pod.yaml
{POD}---
# Source: stack/charts/engine/templates/pod.yaml
# llmlint: machine=l4
{POD}---
{POD}"""


def notes(text: str) -> list[tuple[str, ...]]:
    return [one.notes for one in lint(text.encode(), "rendered.yaml", SETTINGS).findings]


def test_a_finding_names_the_template_of_its_document() -> None:
    of_templates = [
        ("rendered from stack/templates/pod.yaml",),
        ("rendered from stack/charts/engine/templates/pod.yaml",),
    ]
    assert notes(STREAM) == [*of_templates, ()]
    assert notes(STREAM.replace("\n", "\r\n")) == [*of_templates, ()]


def test_other_files_have_no_such_note() -> None:
    assert notes(POD) == [()]
    assert notes(POD.replace("kind: Pod", "kind: Pod  # Source: x/y.yaml")) == [()]
