"""Where the cursor stands in half-written YAML, and what is offered there."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from llmlint.finding import Path
from llmlint.lsp.actions import actions
from llmlint.lsp.analysis import Analysis, analysed
from llmlint.lsp.completion import completions
from llmlint.lsp.cursor import cursor
from llmlint.lsp.edits import changes
from llmlint.lsp.hover import hover
from llmlint.lsp.positions import Positions
from llmlint.lsp.session import Session, path_of, request_of


def at(text: str) -> tuple[list[str], int, int]:
    """The lines of a text without its mark `|>`, and where that stood."""
    before, _, after = text.partition("|>")
    lines = before.split("\n")
    return (before + after).split("\n"), len(lines) - 1, len(lines[-1])


@pytest.mark.parametrize(
    ("text", "path", "in_value", "typed"),
    [
        ("mo|>", (), False, "mo"),
        ("model: |>", ("model",), True, ""),
        ("model: meta|>", ("model",), True, "meta"),
        ("machine:\n  |>", ("machine",), False, ""),
        ("machine:\n  gp|>", ("machine",), False, "gp"),
        ("machine:\n  gpus: |>", ("machine", "gpus"), True, ""),
        ("machine:\n  gpus: [RTX|>", ("machine", "gpus", 0), True, "RTX"),
        ("machine:\n  gpus: [A, |>", ("machine", "gpus", 1), True, ""),
        ("machine:\n  gpus: [{name: RT|>", ("machine", "gpus", 0, "name"), True, "RT"),
        ("machine:\n  gpus: [{name: X, co|>", ("machine", "gpus", 0), False, "co"),
        ("machine:\n  gpus: [{name: X}, {|>", ("machine", "gpus", 1), False, ""),
        ("machine:\n  gpus:\n  - L4\n  - L|>", ("machine", "gpus", 1), True, "L"),
        ("machine:\n  gpus:\n    - name: L4\n      co|>", ("machine", "gpus", 0), False, "co"),
        ("machine:\n  gpus:\n    - name: |>", ("machine", "gpus", 0, "name"), True, ""),
        ("machine:\n  gpus: [L4]\nengine:\n  na|>", ("engine",), False, "na"),
        ("machine:\n  storage: {kind: |>", ("machine", "storage", "kind"), True, ""),
        ("a: 1\n---\nmachine:\n  |>", ("machine",), False, ""),
        ("machine: # of ours: {\n  |>", ("machine",), False, ""),
        ('"machine":\n  |>', ("machine",), False, ""),
        ("engine:\n  args:\n    max-mo|>", ("engine", "args"), False, "max-mo"),
        ("machine:\n  gpus: [\n    {name: L|>", ("machine", "gpus", 0, "name"), True, "L"),
        ("model: x\n|>\nmachine: {}", (), False, ""),
    ],
)
def test_places(text: str, path: Path, in_value: bool, typed: str) -> None:
    found = cursor(*at(text))
    assert found is not None
    assert (found.path, found.in_value, found.typed) == (path, in_value, typed)


def test_no_place_is_in_a_block_text() -> None:
    assert cursor(*at("a: |\n  machine:\n    |>")) is None
    assert cursor(*at("a: |\n  machine: {\nmachine:\n  |>")) == cursor(*at("a: 1\nmachine:\n  |>"))


def analysis(text: str, name: str = "deploy.yaml") -> Analysis:
    return analysed(name, Positions(text), Session().settled(name).checking)


def offered(text: str, name: str = "deploy.yaml") -> list[types.CompletionItem]:
    lines, line, character = at(text)
    return list(completions(analysis("\n".join(lines), name), types.Position(line, character)).items)


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("|>", {"model", "machine", "precision"}, {"gpus"}),
        ("model: x\n|>", {"machine", "precision"}, {"model"}),
        ("model: x\nmachine:\n  |>\n  ram: 64GB", {"gpus", "instance", "storage"}, {"ram", "model"}),
        ("model: meta-llama/Llama-3.1-8|>", {"meta-llama/Llama-3.1-8B-Instruct"}, {"Qwen/Qwen3-8B"}),
        ("model: x\nprecision: |>", {"fp16", "q4_k_m", "awq"}, {"FP16"}),
        ("model: x\nprecision: {kv_cache: |>", {"fp8", "fp8_e5m2"}, {"model"}),
        ("model: x\nengine: |>", {"vllm", "llama.cpp"}, {"model"}),
        ("model: x\nengine:\n  name: |>", {"vllm", "llama.cpp"}, set()),
        ("model: x\nengine:\n  name: vllm\n  args: [--max-model|>", {"--max-model-len"}, {"--ctx-size"}),
        ("model: x\nengine:\n  name: vllm\n  args: --enforce-eager --max-mo|>", {"--max-model-len"}, set()),
        ("model: x\nengine:\n  name: llama.cpp\n  args:\n    |>", {"ctx-size"}, {"max-model-len"}),
        ("model: x\nmachine: {gpus: [rtx409|>", {"RTX 4090"}, {"L4"}),
        ("model: x\nmachine:\n  gpus:\n    - name: H10|>", {"H100 NVL"}, {"L4"}),
        ("model: x\nmachine: {instance: aws/g6.|>", {"aws/g6.12xlarge"}, {"RTX 4090"}),
        ("model: x\nmachine:\n  storage: {kind: |>", {"nvme", "hdd"}, set()),
        ("model: x  # llmlint: |>", {"ignore[", "machine="}, set()),
        ("model: x  # llmlint: ignore[vram|>", {"vram-too-small"}, {"syntax"}),
        ("model: x  # llmlint: machine=rtx4090|>", {"RTX 4090"}, set()),
        ("services:\n  llm:\n    image: vllm/vllm-openai\n    command: --max-mod|>", {"--max-model-len"}, {"model"}),
        ("services:\n  web:\n    |>", set(), {"model", "machine"}),
        ("apiVersion: v1\nkind: Pod\n|>", set(), {"model", "machine"}),
    ],
)
def test_offers(text: str, there: set[str], not_there: set[str]) -> None:
    labels = {one.label for one in offered(text)}
    assert there <= labels
    assert not not_there & labels


def test_offers_of_the_configuration() -> None:
    assert {"fail-on", "severity"} <= {one.label for one in offered("|>", ".llmlint.yaml")}
    assert {"error", "never"} <= {one.label for one in offered("fail-on: |>", ".llmlint.yaml")}


def test_an_offer_takes_the_place_of_what_is_typed() -> None:
    (one,) = [
        one for one in offered("model: meta-llama/Llama-3.1-8|>") if one.label == "meta-llama/Llama-3.1-8B-Instruct"
    ]
    assert one.text_edit is not None
    edit = one.text_edit
    assert isinstance(edit, types.TextEdit)
    assert edit.range == types.Range(types.Position(0, 7), types.Position(0, 29))
    keys = {one.label: one for one in offered("model: x\n|>")}
    assert keys["precision"].documentation == "Number formats of weights and cache."


PIECES = st.sampled_from(
    ["model: x\n", "machine:\n", "  gpus: ", "[", "]", "{", "}", "- ", "name: ", "RTX 4090", ",", "\n", "\r\n", "\r",
     "🦙", " ", "# llmlint: ignore[", "'", '"', "&a ", "*a", "|\n", "  ", "\t", "engine: vllm\n", "--max-model-len",
     ":", "\0", "---\n", "services:\n", "precision: fp16\n", "apiVersion: v1\n"]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=14).map("".join), st.integers(0, 9), st.integers(0, 60))
def test_any_text_is_answered_at_any_place(text: str, line: int, character: int) -> None:
    found = analysis(text)
    assert "internal-error" not in {one.rule for one in found.result.findings}
    place = types.Position(line, character)
    hover(found, place)
    completions(found, place)
    where = types.Range(place, types.Position(line + 5, 0))
    document = types.TextDocumentIdentifier("file:///deploy.yaml")
    actions(found, document.uri, types.CodeActionParams(document, where, types.CodeActionContext([])))


TEXTS = st.lists(st.sampled_from(["a", "b", "🦙", "\n", "\r", "\r\n", " "]), max_size=12).map("".join)


@given(TEXTS, st.integers(0, 20))
def test_places_go_there_and_back(text: str, offset: int) -> None:
    """Every offset that is not inside a line break, in every unit."""
    offset = min(offset, len(text))
    inside = text[max(offset - 1, 0) : offset + 1] == "\r\n"
    for encoding in types.PositionEncodingKind:
        positions = Positions(text, encoding)
        if not inside:
            assert positions.offset(positions.at_offset(offset)) == offset


@given(TEXTS, TEXTS)
def test_edits_make_the_one_text_of_the_other(before: str, after: str) -> None:
    positions = Positions(before)
    edits = changes(positions, after)
    text = before
    for edit in sorted(edits, key=lambda one: positions.offset(one.range.start), reverse=True):
        text = text[: positions.offset(edit.range.start)] + edit.new_text + text[positions.offset(edit.range.end) :]
    assert text == after


def test_a_byte_order_mark_is_a_character_to_the_editor() -> None:
    positions = Positions("\ufeffmodel: x\nb: 1")
    assert positions.position(1, 1) == types.Position(0, 1)
    assert positions.place(types.Position(0, 1)) == (1, 1)
    assert positions.position(2, 1) == types.Position(1, 0)


def test_a_document_that_is_no_file_has_nothing_beside_it() -> None:
    assert path_of("untitled:Untitled-1") == "<untitled>"
    settled = Session().settled("<untitled>")
    assert not settled.checking.reads_files
    assert not settled.checking.settings.catalogue.reads_files


def test_what_an_editor_gives_is_taken_where_it_fits() -> None:
    request = request_of({"machine": "L4", "select": ["memory/", 3], "isolated": "yes", "config": ["x"]})
    assert (request.machine, request.select, request.isolated, request.config) == ("L4", ("memory/",), False, None)
    assert request_of("odd") == request_of(None)


def test_no_text_of_a_file_is_markup_in_a_hover() -> None:
    found = analysis("model: '![x](http://example.org/a.png)<b>'\nprecision: fp16\nmachine: {gpus: L4}\n")
    shown = hover(found, types.Position(0, 9))
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    assert not re.search(r"(?<!\\)!\[|(?<!\\)<b", shown.contents.value)
