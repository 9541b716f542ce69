"""The first look at a folder's texts finds what parsing them finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmlint import document
from llmlint.readers.kubernetes.heads import MOST_OBJECTS, Allowance, heads
from llmlint.readers.kubernetes.objects import objects

TESTS = Path(__file__).resolve().parent.parent
FILES = sorted(
    path
    for folder in ("readers", "deployments", "folders")
    for path in (TESTS / folder).rglob("*.yaml")
    if "apiVersion" in path.read_text(encoding="utf-8")
)
SERVICE = "apiVersion: v1\nkind: Service\n"
ODD = {
    "quoted": "apiVersion: 'v1'\nkind: \"Service\" # x\nmetadata:\n  # name: no\n  name: 'one'\n",
    "braces": "apiVersion: v1\nkind: Service\nmetadata: {name: one, namespace: two}\n",
    "braces in braces": f"{SERVICE}metadata: {{labels: {{name: no}}, name: 'one', annotations: {{namespace: x}}}}\n",
    "braces and quotes": f"{SERVICE}metadata: {{annotations: {{a: 'x, name: no'}}, name: one, namespace: a}}\n",
    "braces over lines": "apiVersion: v1\nkind: Service\nmetadata: {name: one,\n  namespace: two}\n",
    "name in a later text": "apiVersion: v1\nkind: Service\nmetadata: {name: one, a: 'b, name: no'}\n",
    "name in a text": "apiVersion: v1\nkind: Service\nmetadata: {a: 'b, name: no', name: one}\n",
    "deep": f"{SERVICE}metadata:\n    labels:\n      name: no\n    namespace: two\n    name: one\n",
    "turned": "metadata:\n  name: one\nkind: Service\napiVersion: v1\n",
    "windows": "apiVersion: v1\r\nkind: Service\r\nmetadata:\r\n  name: one\r\n---\r\nkind: Pod\r\napiVersion: v1\r\n",
    "end": "---\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: one",
    "list": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: one\n",
    "json": '{"apiVersion": "v1", "kind": "Service",\n "metadata": {"name": "one"}}',
    "string": f"{SERVICE}metadata:\n  name: one\na:\n  b: |\n    ---\n    kind: Pod\n    metadata:\n      name: x\n",
    "alias": "apiVersion: v1\nkind: Service\nmetadata: &m\n  name: one\nspec: *m\n",
    "nameless": "apiVersion: v1\nkind: Service\nmetadata:\n  labels: {a: b}\n",
    "comment in front": f"# kind: Pod\n# metadata:\n#   name: no\n{SERVICE}\nmetadata:\n\n  name: one\n",
    "number": "apiVersion: v1\nkind: Service\nmetadata:\n  name: 12\n",
    "explicit": "? apiVersion\n: v1\n? kind\n: Service\n? metadata\n: name: one\n",
    "tab": "apiVersion: v1\nkind: Service\nmetadata:\n\tname: one\n",
    "broken": "apiVersion: v1\nkind: [Service\nmetadata: {name: one\n",
    "template": "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n",
}


def parsed(text: str) -> list[tuple[str, str, str, int]]:
    return [
        (one.kind, one.name, one.namespace, one.spot("metadata", "name").placed().span.line)
        for read in document.read(text.encode()).documents
        if isinstance(read.data, dict) and isinstance(read.data.get("apiVersion"), str)
        if read.data.get("kind") != "Kustomization"
        for one in objects(read)
        if one.name
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_of_fixtures(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not document.read(text.encode()).problems and "{{" not in text and "{%" not in text:
        assert [(one.kind, one.name, one.namespace, one.line) for one in heads("x", text)] == parsed(text)


@pytest.mark.parametrize("name", [name for name in ODD if name not in {"template", "tab", "broken"}])
def test_of_other_spellings(name: str) -> None:
    found = heads("x", ODD[name])
    assert [(one.kind, one.name, one.namespace, one.line) for one in found] == parsed(ODD[name])
    assert all(ODD[name][one.start : one.end].count("one") or one.name == "12" for one in found)


@pytest.mark.parametrize("name", ["template", "tab", "broken", "nameless"])
def test_what_is_no_object_has_no_head(name: str) -> None:
    assert all(one.name == "one" for one in heads("x", ODD[name]))
    assert name == "tab" or heads("x", ODD[name]) == ()


def test_what_holds_very_much_is_not_looked_at() -> None:
    plain, quoted = f"{SERVICE}metadata:\n  name: one\n---\n", f"{SERVICE}metadata: {{a: 'b', name: one}}\n---\n"
    assert len(heads("x", plain * MOST_OBJECTS)) == MOST_OBJECTS
    assert heads("x", plain * (MOST_OBJECTS + 1)) == ()
    assert len(heads("x", quoted, Allowance(len(quoted)))) == 1
    assert heads("x", quoted, Allowance(len(quoted) - 10)) == ()
    assert len(heads("x", plain, Allowance(0))) == 1


def test_a_part_of_a_text_never_fails() -> None:
    for text in ODD.values():
        for end in range(len(text)):
            heads("x", text[:end])
            heads("x", text[end:])
