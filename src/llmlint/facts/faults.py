"""Why an engine would refuse to start: one reason, so that one fault gives one finding. Slow path, but for its name."""

from __future__ import annotations

from llmlint.quantity import binary_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.engines.estimate import Item
    from llmlint.engines.outcome import Outcome
    from llmlint.facts import Facts
    from llmlint.facts.engine import Fault

CONTEXT = 300 * 2**20
"""Bytes of a CUDA context, which no weights may fill (297 MiB on an A40)."""


SHORTENING = ("tgi", "tensorrt-llm")
"""Engines that never fail for a context that nobody chose: they serve what fits."""


def fault(facts: Facts) -> Fault | None:
    """Of an engine that would not start, in the order in which engines look."""
    outcome = facts.engine.outcome
    if outcome is None or outcome.usable is None:
        return None
    if facts.engine.contradicts:
        return "arguments"
    if facts.parallel.divides is False or (facts.parallel.exceeds and not facts.parallel.spans_machines):
        return "ranks"
    if facts.context.beyond_model and facts.context.refuses_beyond:
        return "context"
    if size(outcome, "weights") + max(size(outcome, "runtime"), CONTEXT) > outcome.usable:
        return "weights"
    held = sum(item.bytes for item in (*outcome.gpu, *outcome.host) if item.name == "weights")
    if facts.machine.unified_memory and held > (facts.ram.total or held):
        return "weights"  # those on the host lie in the same memory
    if not any(item.name == "kv_cache" for item in outcome.gpu):
        return "weights"  # nothing is set aside for a cache, so that only weights keep it from starting
    if outcome.late:
        return "warm-up"
    if not size(outcome, "kv_cache"):
        return "share" if facts.share.larger is not None else "cache"
    return "cache" if facts.context.is_stated or outcome.engine in SHORTENING else "default-context"


def is_likely(facts: Facts) -> bool:
    """Whether the upper end of the interval of the cache would let the engine start."""
    outcome = facts.engine.outcome
    if outcome is not None and outcome.late:
        return outcome.late == "likely"
    kept = next((item for item in outcome.gpu if item.name == "kv_cache"), None) if outcome is not None else None
    if outcome is None or kept is None or kept.high is None:
        return False
    held = outcome.cache.max_concurrency if outcome.cache is not None else None
    return kept.high > kept.bytes and (not kept.bytes or held is None or kept.high * held >= kept.bytes)


def doubt(facts: Facts) -> str:
    """Why the upper end of the interval may hold: the version where none is stated, else what is only estimated."""
    outcome = facts.engine.outcome
    remarks = outcome.remarks if outcome is not None else ()
    version = next((remark for remark in remarks if remark.startswith("no version is stated")), None)
    return version or "at the upper end of what the cache may be it would start"


def ways(facts: Facts) -> str:
    """What to do about a start that is in doubt: the newest version if that decides, and what helps with any."""
    from llmlint.facts.remedy import changes, outcome, starts

    others = changes(facts)
    newest = outcome(facts, newest=True) if facts.engine.version is None and not facts.engine.is_newest else None
    if newest is not None and starts(newest):
        return f"engine.version: {newest.version} where that is what runs; else {others}"
    return others


def size(outcome: Outcome, name: str) -> int:
    """Bytes of one item on one GPU; 0 without it."""
    return next((item.bytes for item in outcome.gpu if item.name == name), 0)


def arithmetic(facts: Facts) -> str:
    """What is taken of the engine's share, item by item, and what is left for the cache."""
    outcome = facts.engine.outcome
    if outcome is None or not outcome.gpu:
        return "the sums of this engine are not known"
    names = {"activations": "activations", "cuda_graphs": "CUDA graphs", "runtime": "runtime", "weights": "weights"}
    names["draft_model"] = "draft model"
    others = [item for item in outcome.gpu if item.name != "kv_cache"]
    terms = [f"{names.get(i.name, i.name)} {binary_size(i.bytes)}" for i in others if not _is_outside(i)]
    outside = "".join(f"; {names[i.name]} {binary_size(i.bytes)} outside of it" for i in others if _is_outside(i))
    kept = next((item for item in outcome.gpu if item.name == "kv_cache"), None)
    left = f"; cache {binary_size(kept.bytes)}{_ends(kept)}" if kept is not None else ""
    share = f" of a share of {binary_size(outcome.budget)}" if outcome.budget is not None else ""
    return f"one GPU: {', '.join(terms)}{share}{outside}{left}"


def _is_outside(item: Item) -> bool:
    """Whether an item lies beside the engine's share: graphs, in versions of vLLM that do not count them."""
    return item.name == "cuda_graphs" and "outside the engine's share" in item.because


def _ends(item: Item) -> str:
    """The interval of an item, where it has one."""
    if item.low is None or item.high is None or item.low == item.high:
        return ""
    return f" ({binary_size(item.low)} to {binary_size(item.high)})"
