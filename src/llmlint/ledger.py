"""The ledger of a plan: what it needs and what the machine has, item by item. The interface of `plan --format json`.

The TypedDicts are the source of schemas/plan.json. None stands for what is not known, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from llmlint.engines.estimate import Item
from llmlint.facts import Facts
from llmlint.facts.parallel import SIZES
from llmlint.finding import Finding
from llmlint.linting import Settings, all_facts, read_plans
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.engines.outcome import Outcome

Verdict = Literal["fits", "tight", "does-not-fit", "unknown"]
BOUND = {"pragma": "a comment", "--machine": "--machine", "configuration": "`machines:` of the configuration"}
SCARCE = 10
"""A plan is tight where less than one part in ten of the memory is left."""


class ItemEntry(TypedDict):
    """One summand."""

    name: str
    """weights, overhead, kv_cache, activations, cuda_graphs, runtime, offloaded, …"""
    bytes: int
    """Its likely size."""
    low: int | None
    """The least it may be; null where nobody has measured it."""
    high: int | None
    """The most it may be; null where nobody has measured it."""
    basis: Literal["exact", "engine", "fitted", "rule-of-thumb"]
    """How sure it is."""
    because: str
    """The arithmetic."""


class ModelEntry(TypedDict):
    """The model as it was understood."""

    id: str | None
    """The catalogue's id, else as written."""
    parameters: int | None
    """All of them, every expert included."""
    basis: str
    """Where the figures come from: declared, catalogue, alias, derived-from-name, local, user, none."""


class EngineEntry(TypedDict):
    """The engine as the file names it."""

    name: str
    """Its name."""
    version: str | None
    """Its version; null if not written."""


class GpuEntry(TypedDict):
    """The accelerators. Bytes are of one of them."""

    count: int | None
    """How many; 0 for none, null for unknown."""
    usable_bytes: int | None
    """Memory of one: as sold for the formula, as the driver reports it for an engine."""
    budget_bytes: int | None
    """What may be used of it."""
    items: list[ItemEntry]
    """What is put on one."""


class CacheEntry(TypedDict):
    """The KV cache, as the engine sets it up."""

    bytes_per_token: int | None
    """Of one GPU."""
    capacity_tokens: int | None
    """As the engine prints it."""
    needed_bytes: int | None
    """For context × concurrency, over all GPUs."""
    max_context: int | None
    """The longest request that fits."""
    max_concurrency: float | None
    """How many requests of the context fit at once."""


class HostEntry(TypedDict):
    """System memory."""

    usable_bytes: int | None
    """How much there is."""
    items: list[ItemEntry]
    """What is kept in it."""


class StorageEntry(TypedDict):
    """The storage that holds the model."""

    free_bytes: int | None
    """How much is free."""
    items: list[ItemEntry]
    """What is put on it."""


class Interval(TypedDict):
    """A figure with its bounds."""

    low: float
    """The least."""
    likely: float
    """The likely value."""
    high: float
    """The most."""


class SpeedEntry(TypedDict):
    """How fast it serves; known to the engine method only."""

    decode_tokens_per_second: Interval | None
    """Tokens a second for one request."""
    basis: str
    """How it was worked out."""


class PlanEntry(TypedDict):
    """One deployment."""

    file: str
    """The file it was read from."""
    document: int
    """Which document of the file, from 0."""
    name: str | None
    """Its label."""
    format: str
    """The format of the file."""
    model: ModelEntry
    """What is run."""
    method: Literal["formula", "engine"]
    """formula: the rule of thumb; engine: what the engine itself will do."""
    engine: EngineEntry | None
    """Null where none is named."""
    gpu: GpuEntry
    """The accelerators."""
    kv: CacheEntry | None
    """Null where the engine's cache is not known; the formula leaves it out of its sums."""
    host: HostEntry
    """What is kept in system memory."""
    storage: StorageEntry
    """The storage."""
    verdict: Verdict
    """tight: it fits, with less than a tenth of the memory left."""
    unknown: list[str]
    """Keys of the deployment file that the verdict lacks."""
    remarks: list[str]
    """What a reader must know of the method."""
    speed: SpeedEntry | None
    """Null under the formula."""


class PlanReport(TypedDict):
    """What `llmlint plan --format json` prints."""

    version: Literal[1]
    """Fields are only ever added within a version."""
    plans: list[PlanEntry]
    """One for each deployment."""


def whose_memory(entry: PlanEntry) -> str:
    """The GPUs that the items of a plan are on one of, in words."""
    cards, engine = entry["gpu"]["count"] or 1, entry["engine"]
    if cards == 1:
        return "GPU"
    if engine is not None and engine["name"] not in SIZES:  # llama.cpp and its like divide a model unevenly
        return f"the fullest of {cards} GPUs"
    return f"each of {cards} GPUs"


def plan_report(plans: Iterable[PlanEntry]) -> PlanReport:
    """The report of some plans."""
    return {"version": 1, "plans": list(plans)}


class Planned(NamedTuple):
    """The ledgers of a text's deployments."""

    plans: tuple[PlanEntry, ...]
    findings: tuple[Finding, ...] = ()
    """What keeps deployments, or parts of the text, from being read: syntax and schema. Rules are not asked."""
    passed_over: str = ""
    """Why nothing was recognised as a deployment; empty where something was."""


def planned(data: bytes, file: str, settings: Settings, *, named: bool = True) -> Planned:
    """The ledgers of the deployments in a file's bytes. `named`: it is a deployment, whatever it looks like."""
    read = read_plans(data, file, named=named, around=settings.around)
    if read.passed_over:
        return Planned((), passed_over=read.passed_over)
    together = all_facts(read.plans, settings.catalogue, file)
    return Planned(tuple(plan_entry(facts, file) for facts in together), tuple(read.findings))


def plan_entry(facts: Facts, file: str) -> PlanEntry:
    """The ledger of one deployment."""
    deployment = facts.deployment
    row = facts.model.row
    engine = deployment.engine
    foreseen = facts.engine.outcome
    outcome = foreseen if facts.engine.known else None
    return {
        "file": file,
        "document": facts.plan.document.index,
        "name": deployment.name,
        "format": facts.plan.format,
        "model": {
            "id": row.id if row is not None else deployment.model.id,
            "parameters": facts.model.parameters,
            "basis": facts.model.basis,
        },
        "method": "engine" if outcome is not None else "formula",
        "engine": {"name": engine.name, "version": engine.version} if engine is not None else None,
        "gpu": _engine_gpu(facts, outcome) if outcome is not None else _gpu(facts),
        "kv": _cache(foreseen) if foreseen is not None else None,  # may be known where the verdict is not
        "host": {
            "usable_bytes": facts.ram.total,
            "items": [_entry(item) for item in (outcome.host if outcome is not None else facts.estimate.host_items)],
        },
        "storage": {
            "free_bytes": facts.storage.free,
            "items": [_entry(item) for item in _stored(facts, outcome)],
        },
        "verdict": outcome.verdict if outcome is not None else verdict(facts),
        "unknown": unknown_keys(facts) if outcome is None else list(outcome.unknown),
        "remarks": remarks(facts),
        "speed": _speed(facts),
    }


def _engine_gpu(facts: Facts, outcome: Outcome) -> GpuEntry:
    items = [_entry(item) for item in outcome.gpu]
    return {"count": facts.gpu.count, "usable_bytes": outcome.usable, "budget_bytes": outcome.budget, "items": items}


def _cache(outcome: Outcome) -> CacheEntry | None:
    cache = outcome.cache
    if cache is None:
        return None
    return {
        "bytes_per_token": cache.bytes_per_token,
        "capacity_tokens": cache.capacity_tokens,
        "needed_bytes": cache.needed_bytes,
        "max_context": cache.max_context,
        "max_concurrency": cache.max_concurrency,
    }


def _stored(facts: Facts, outcome: Outcome | None) -> Sequence[Item]:
    if facts.model.is_local:
        return ()
    return outcome.storage if outcome is not None and outcome.storage else facts.estimate.storage_items


def _speed(facts: Facts) -> SpeedEntry | None:
    found = facts.speed.estimate
    if found is None:
        return None
    rate = found.decode
    return {
        "decode_tokens_per_second": {"low": rate.low, "likely": rate.likely, "high": rate.high},
        "basis": found.basis,
    }


def _gpu(facts: Facts) -> GpuEntry:
    memory = facts.estimate.memory
    cards = 1 if memory == "unified" else facts.gpu.count
    usable = facts.unified.share if memory == "unified" else facts.vram.smallest_card
    items = [_entry(item) for item in facts.estimate.gpu_items]
    return {"count": cards, "usable_bytes": usable, "budget_bytes": usable, "items": items}


def _entry(item: Item) -> ItemEntry:
    return {
        "name": item.name,
        "bytes": item.bytes,
        "low": item.low,
        "high": item.high,
        "basis": item.basis,
        "because": item.because,
    }


def verdict(facts: Facts) -> Verdict:
    """Whether the plan fits: by the memory where the model lives, and by what is offloaded from there."""
    if facts.storage.needed and facts.storage.free is not None and facts.storage.needed > facts.storage.free:
        return "does-not-fit"
    needed, offered = facts.estimate.needed, facts.estimate.offered
    if needed is None or offered is None:
        return "unknown"
    if needed <= offered:
        return "tight" if (offered - needed) * SCARCE < offered else "fits"
    if not facts.offload.bytes:
        return "does-not-fit"
    if facts.offload.mode == "disk":
        return "tight"
    if facts.ram.total is None:
        return "unknown"
    return "tight" if facts.offload.bytes <= facts.ram.total else "does-not-fit"


def unknown_keys(facts: Facts) -> list[str]:
    """Keys that would make the verdict known."""
    keys = []
    if facts.estimate.needed is None:
        keys.append("model.parameters")
    if facts.estimate.memory is None:
        keys.append("machine.gpus")
    elif facts.estimate.offered is None:
        keys.append({"vram": "machine.gpus", "unified": "machine.ram", "ram": "machine.ram"}[facts.estimate.memory])
    if facts.offload.bytes and facts.offload.mode == "cpu" and facts.ram.total is None:
        keys.append("machine.ram")
    return keys


def remarks(facts: Facts) -> list[str]:
    """What a reader must know of the figures."""
    found = _engine_remarks(facts) if facts.engine.known else _formula_remarks(facts)
    if facts.gpu.cards is None and facts.smallest.offer is not None:
        found.append(f"no GPU is stated; {facts.smallest.shown}")
    if facts.plan.bound:
        found.append(f"what the file does not say of the machine comes from {BOUND[facts.plan.bound]}")
    if facts.model.basis == "derived-from-name" and facts.model.row is not None:
        found.append(f"{facts.model.name} is taken for a copy of {facts.model.row.id}, by its name")
    return found


def _engine_remarks(facts: Facts) -> list[str]:
    outcome = facts.engine.outcome
    assert outcome is not None
    said = f"{facts.engine.name} would say: {outcome.refusal}" if outcome.refusal else ""
    return [one for one in (said, *outcome.remarks) if one]


def _formula_remarks(facts: Facts) -> list[str]:
    found = ["the rule of thumb leaves out the KV cache, which grows with context × concurrency"]
    engine = facts.deployment.engine
    if engine is not None:
        found.append(f"{engine.name} is named, and the rule of thumb knows nothing of its own budget and defaults")
    if not facts.precision.stated and facts.estimate.needed is not None:
        found.append("no precision is written: fp16 is assumed")
    if facts.estimate.refusal:
        found.append(facts.estimate.refusal)
    return found
