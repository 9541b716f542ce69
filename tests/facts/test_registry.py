"""Every fact says what it is, of what kind, and where one would write what it lacks."""

from __future__ import annotations

import pytest

from llmlint.compiled.shapes import SHAPES
from llmlint.expression import Kind
from llmlint.facts import Facts
from llmlint.facts.fact import Fact
from llmlint.facts.registry import DIMENSIONS, FactEntry, registry
from tests.facts.asked import facts_of

FACTS = registry()


@pytest.mark.parametrize("entry", FACTS.values(), ids=FACTS)
def test_it_is_documented(entry: FactEntry) -> None:
    assert entry.documentation
    assert entry.documentation.rstrip().endswith(".")


@pytest.mark.parametrize("entry", FACTS.values(), ids=FACTS)
def test_its_annotation_is_a_kind(entry: FactEntry) -> None:
    if entry.takes:
        assert entry.kind is None, "a condition asks nothing"
        assert entry.shown in ("words", "places")
    elif entry.shown == "places":
        assert entry.kind is None
    else:
        assert isinstance(entry.kind, Kind)
        assert entry.kind.dimension in DIMENSIONS.values()


@pytest.mark.parametrize("entry", FACTS.values(), ids=FACTS)
def test_its_keys_are_keys_of_the_deployment(entry: FactEntry) -> None:
    for key in entry.keys:
        record = "Deployment"
        for part in key.split("."):
            assert part in SHAPES[record][1], f"{entry.name}: {key}"
            shape = SHAPES[record][1][part][0]
            item = shape[1] if shape[0] == "list" else shape  # machine.gpus.memory: of each of them
            record = item[1] if item[0] == "record" else ""


def facts_by_name() -> dict[str, Fact[object]]:
    found = {}
    for name, entry in FACTS.items():
        if entry.takes:
            continue
        group, _, own = name.partition(".")
        found[name] = getattr(type(getattr(facts_of("model: {parameters: 1B}\nmachine: {}\n"), group)), own)
    return found


UNASKED = frozenset({"model.disagreement", "mending.volume", "mending.claim"})
"""Facts of which no key of a deployment would make more: what is None there cannot be written."""


@pytest.mark.parametrize(("name", "fact"), facts_by_name().items(), ids=facts_by_name())
def test_what_may_be_unknown_says_where_to_write_it(name: str, fact: Fact[object]) -> None:
    if fact.method.__annotations__["return"].endswith("None"):
        assert fact.keys or name in UNASKED, "a fact that may be None names a key"


@pytest.mark.parametrize("group", [name for name, member in vars(Facts).items() if isinstance(member, Fact)])
def test_groups_are_documented(group: str) -> None:
    member = vars(Facts)[group]
    assert member.__doc__
    assert type(getattr(facts_of("model: {parameters: 1B}\nmachine: {}\n"), group)).__doc__


SPARSE = [
    "model: {category: text}\nmachine: {}\n",
    "model: acme/house-model\nmachine: {gpus: []}\n",
    "model: acme/house-model\nmachine: {gpus: [Prototype]}\n",
    "model: {parameters: 8B}\nengine: vllm\n",
    "model: {parameters: 8B}\nmachine: {unified_memory: true}\n",
    "model: {parameters: 8B}\nmachine: {cpu: Apple M1}\n",
    "model: {parameters: 8B}\nmachine: {tier: mid, gpus: [{name: Apple M1}], ram: 4GB}\n",
    "model: DeepSeek-V2-67B\nmachine: aws/dl2q.24xlarge\n",
    "model: gpt-4\nmachine: {shared: box, psu: 100W}\n",
    "model: ./no-such-folder\nmachine: acme/large\n",
    "model: {parameters: 100K}\nprecision: iq1_s\nworkload: {offload: disk}\nmachine: {gpus: [{memory: 1GB}]}\n",
    "model: {parameters: 999T}\nprecision: fp32\nworkload: {offload: cpu}\nmachine: {gpus: [L4], tier: mid}\n",
]


@pytest.mark.parametrize("text", SPARSE)
@pytest.mark.parametrize("name", FACTS)
def test_it_answers_whatever_is_written(name: str, text: str) -> None:
    """Facts are total: no plan that fits the schema makes one raise, and texts never speak of None."""
    group, _, own = name.partition(".")
    value = getattr(getattr(facts_of(text), group), own)
    if isinstance(value, str):
        assert "None" not in value
        assert value == value.strip() or value.startswith(" for "), "only what continues a sentence"
