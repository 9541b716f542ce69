"""What a deployment says of its machine in one place counts wherever it is needed."""

from __future__ import annotations

import pytest

from tests.facts.asked import facts_of, facts_of_all

GIB = 2**30


@pytest.mark.parametrize("first", [0, 1])
def test_one_document_describes_a_shared_machine_for_all(first: int) -> None:
    whole = "model: {parameters: 8B}\nmachine: {shared: box, gpus: [L4], ram: 64GB, storage: 1TB, network: isolated}\n"
    bare = "model: {parameters: 8B}\nmachine: {shared: box}\n"
    for facts in facts_of_all("---\n".join([whole, bare] if first == 0 else [bare, whole])):
        assert facts.vram.total == 24 * GIB
        assert facts.ram.total == 64 * GIB
        assert facts.storage.free == 10**12
        assert facts.machine.network == "isolated"


def test_its_own_word_counts_first() -> None:
    text = "model: {parameters: 8B}\nmachine: {shared: box, ram: %s, gpus: []}\n"
    small, large = facts_of_all(f"{text % '16GB'}---\n{text % '32GB'}")
    assert (small.ram.total, large.ram.total) == (16 * GIB, 32 * GIB)


def test_tier_and_power_are_not_asked_twice() -> None:
    text = "model: {parameters: 8B}\nmachine: {shared: box, tier: mid, gpus: [RTX 4090], psu: 1kW}\n---\n"
    _, other = facts_of_all(text + "model: {parameters: 8B}\nmachine: {shared: box}\n")
    assert (other.machine.tier, other.power.supply, other.tier.of_gpu, other.gpu.hottest_watts) == (None,) * 4


@pytest.mark.parametrize(
    ("machine", "memory"),
    [
        ("{gpus: [L4]}", "vram"),
        ("{gpus: []}", "ram"),
        ("{tier: entry}", "ram"),
        ("{tier: entry, gpus: [L4]}", "vram"),
        ("{tier: mid}", None),
        ("{ram: 64GB}", None),
        ("{unified_memory: true}", "unified"),
        ("{cpu: Apple M4 Max}", "unified"),
        ("{cpu: Apple M4 Max, unified_memory: false, gpus: []}", "ram"),
        ("{gpus: [Apple M2 Ultra]}", "unified"),
        ("{gpus: [DGX Spark]}", "unified"),
        ("{cpu: AMD Ryzen 9 7950X}", None),
        ("aws/g6.xlarge", "vram"),
        ("acme/large", None),
        ("{instance: aws/g6.xlarge, gpus: []}", "ram"),
    ],
)
def test_where_the_model_lives(machine: str, memory: str | None) -> None:
    assert facts_of(f"model: {{parameters: 8B}}\nmachine: {machine}\n").estimate.memory == memory


@pytest.mark.parametrize(
    ("machine", "share"),
    [
        ("{cpu: Apple M1, ram: 8GB}", 0.6667 * 8),
        ("{cpu: Apple M4 Max, ram: 128GB}", 0.84 * 128),
        ("{unified_memory: true, ram: 128GB}", 120),
        ("{gpus: [DGX Spark]}", 120),
        ("{unified_memory: true, ram: 4GB}", 0),
        ("{unified_memory: true}", None),
    ],
)
def test_share_of_unified_memory(machine: str, share: float | None) -> None:
    found = facts_of(f"model: {{parameters: 8B}}\nmachine: {machine}\n").unified.share
    assert found == (int(share * GIB) if share is not None else None)


def test_an_instance_type_fills_in_what_is_not_written() -> None:
    facts = facts_of("model: {parameters: 8B}\nmachine: {instance: aws/g6.xlarge, ram: 12GB}\n")
    assert (facts.ram.total, facts.vram.total, facts.gpu.count) == (12 * GIB, 24 * GIB, 1)
    assert (facts.storage.free, facts.storage.kind) == (250 * 10**9, "nvme")


def test_written_storage_is_not_mixed_with_the_instance_types() -> None:
    facts = facts_of("model: {parameters: 8B}\nmachine: {instance: aws/g6.xlarge, storage: 500GB}\n")
    assert (facts.storage.free, facts.storage.kind) == (500 * 10**9, None)


@pytest.mark.parametrize(
    ("machine", "gap"),
    [
        ("{gpus: [RTX 4090], ram: 32GB}", 1),
        ("{gpus: [RTX 4090], ram: 16GB}", 2),
        ("{gpus: [RTX 4090], ram: 64GB, cpu: Intel Core i5-10400}", 2),
        ("{gpus: [RTX 4090], ram: 64GB, cpu: 8 vCPU}", 0),
        ("{gpus: [RTX 4090], cpu: Intel Core i5-10400}", 2),
        ("{gpus: [RTX 4090], cpu: AMD Ryzen 9 7950X}", None),
        ("{gpus: [RTX 4090]}", None),
        ("{gpus: [], ram: 8GB}", None),
    ],
)
def test_gap_between_tiers_of_parts(machine: str, gap: int | None) -> None:
    assert facts_of(f"model: {{parameters: 8B}}\nmachine: {machine}\n").tier.gap == gap
