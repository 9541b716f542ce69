"""Facts about the draft model of speculative decoding."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Place, Places, Size, Text, Words, fact
from llmlint.facts.faults import size
from llmlint.quantity import binary_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.engines.request import Draft


class DraftFacts(Group):
    """A second, small model that proposes tokens."""

    @fact("engine.args")
    def name(self) -> Text | None:
        """The draft model as the arguments name it; None without one, or where the model itself drafts."""
        engine = self.facts.engine
        if engine.flags is None or engine.name not in ("vllm", "sglang", "llama.cpp"):
            return None
        if engine.name == "llama.cpp":
            return engine.word("spec-draft-model", "spec-draft-hf")
        if engine.name == "sglang":
            return engine.word("speculative-draft-model-path")
        written = engine.flags.values.get("speculative-config")
        config = _read(written) if isinstance(written, str) else written
        model = config.get("model") if isinstance(config, dict) else None
        return model if isinstance(model, str) else None

    @fact()
    def place(self) -> Places:
        """The argument that names it. Where findings point."""
        names = ("speculative-config", "speculative-draft-model-path", "spec-draft-model", "spec-draft-hf")
        return (Place(self.facts.engine.place(*names), ""),)

    @property
    def beside(self) -> Draft | None:
        """The draft model where the engine's own sums count it (llama.cpp); None where nobody knows the model."""
        if self.facts.engine.name != "llama.cpp" or self.name is None:
            return None
        match = self.facts.catalogue.model(self.name)
        if match.row is None:
            return None
        from llmlint.engines.request import Draft

        return Draft(match.row, match.precision or "q4_k_m")

    @fact("engine.args")
    def weights(self) -> Size | None:
        """Its weights on one GPU, divided as the large model's are; None where nobody knows the model."""
        if self.name is None:
            return None
        match = self.facts.catalogue.model(self.name)
        if match.row is None:
            return None
        from llmlint.engines.weights import rank_weights

        tensor = self.facts.parallel.tensor or 1
        item = rank_weights(match.row, match.precision or "fp16", tensor_parallel=tensor, pipeline_parallel=1)
        return item.bytes if item is not None else None

    @fact("engine.args", "machine.gpus")
    def fits(self) -> Flag | None:
        """Whether the memory left for the cache holds the draft model and one request."""
        outcome = self.facts.engine.outcome
        if self.beside is not None:
            return True  # counted in the sums, which would have moved layers or failed
        if outcome is None or self.weights is None or self.facts.engine.fault != "none":
            return None
        return self.weights + self._one_request + self._own_request <= size(outcome, "kv_cache")

    @property
    def _own_request(self) -> int:
        """Bytes of the draft model's own cache of that request on one GPU, in the same pool as the large model's; 0
        where its layers, or what the large model's take, are not known."""
        cache = self.facts.engine.outcome.cache if self.facts.engine.outcome is not None else None
        row = self.facts.catalogue.model(self.name or "").row
        if cache is None or not cache.bytes_per_token or row is None or row.groups is None or row.hidden is None:
            return 0
        from llmlint.engines.vllm.layers import Format, specs
        from llmlint.engines.vllm.planner import Unplannable

        try:
            layers = specs(row.groups, row.hidden, Format(ranks=self.facts.parallel.tensor or 1))
        except Unplannable:
            return 0
        each = sum(spec.page // spec.block * number for spec, number in layers if spec.kind in ("full", "mla"))
        return round(self._one_request * each / cache.bytes_per_token)

    @property
    def _one_request(self) -> int:
        """Bytes of one request of the full context on one GPU, where the engine must hold one; 0 where it need not."""
        outcome = self.facts.engine.outcome
        cache = outcome.cache if outcome is not None else None
        if outcome is None or cache is None or not cache.max_concurrency or self.facts.engine.name != "vllm":
            return 0
        return int(size(outcome, "kv_cache") / cache.max_concurrency)

    @fact()
    def arithmetic(self) -> Words:
        """The draft model beside what it must leave."""
        outcome = self.facts.engine.outcome
        if outcome is None or self.weights is None:
            return "the draft model is not known"
        requests = self._one_request + self._own_request
        one = f" and one request of the full context {binary_size(requests)}" if requests else ""
        left = binary_size(size(outcome, "kv_cache"))
        return f"the draft model takes {binary_size(self.weights)}{one}; {left} are left beside the large model"


def _read(text: str) -> object:
    import json

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
