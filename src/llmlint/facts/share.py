"""Facts about the share of a GPU's memory that an engine takes for itself."""

from __future__ import annotations

import math

from llmlint.facts.fact import Flag, Group, Memory, Number, Places, Words, asked, fact

OPTIONS = {"vllm": "gpu-memory-utilization", "sglang": "mem-fraction-static"}
LARGEST = 0.95
"""The largest share that is offered as a remedy."""
SMALLEST = 0.8
"""The smallest that is."""
USUAL = 0.92
"""vLLM's own default in 0.22.1 and since (0.90 in 0.19.0); both recorded starts before it that wrote it went well."""
BEFORE, SINCE = 0.96, 0.98
"""Shares of vLLM from which little is left to what lies outside: before 0.21, whose CUDA graphs do, and since.

Recorded start-ups before 0.21 that ran out of memory after the cache was sized: 0 of 37 below 0.95, 2 of 38 at 0.95, 1
of 9 at 0.98 (benchmarks/accuracy/data/serving.jsonl; tests/engines/test_recorded_shares.py counts them). A warning at
0.95, which people write most, would be wrong 18 times in 19. Since 0.21: 0 of 9 below 0.95, none above recorded, so
that SINCE is an assumption.
"""


class ShareFacts(Group):
    """The engine's share of a GPU."""

    @fact()
    def option(self) -> Words:
        """The engine's option for its share."""
        name = OPTIONS.get(self.facts.engine.name or "")
        return f"--{name}" if name else ""

    @fact()
    def place(self) -> Places:
        """The argument for the share. Where findings point."""
        from llmlint.facts.rewriting import given

        return (given(self.facts, self.facts.engine.place(OPTIONS.get(self.facts.engine.name or "", "")), "", USUAL),)

    @fact("engine.args")
    def written(self) -> Number | None:
        """The share that the arguments state."""
        flags, name = self.facts.engine.flags, OPTIONS.get(self.facts.engine.name or "")
        if flags is None or name is None:
            return None
        from llmlint.engines import options

        return options.share(self.facts.engine.words, name)

    @fact("engine.name")
    def limit(self) -> Number | None:
        """The share from which vLLM was seen to run out of memory, by its version and whether it captures graphs."""
        if self.facts.engine.name != "vllm":
            return None
        from llmlint.engines.versions import parsed
        from llmlint.engines.vllm.releases import GRAPHS_INSIDE

        version = parsed(self.facts.engine.version)
        old = version is not None and version < GRAPHS_INSIDE
        return BEFORE if old and not self._eager else SINCE

    @property
    def _eager(self) -> bool:
        flags = self.facts.engine.flags
        return flags is not None and bool(flags.values.get("enforce-eager"))

    @fact()
    def risk(self) -> Words:
        """What a share that is too large leaves no room for."""
        if self.limit == BEFORE:
            return "CUDA graphs, which lie outside the share in this version"
        return "the driver's context and what the profiling run did not see"

    @fact()
    def outside(self) -> Words:
        """What an engine that runs out of memory beside its share needs there, and what there is."""
        outcome = self.facts.engine.outcome
        return outcome.remarks[-1] if outcome is not None and outcome.late else ""

    @fact()
    def outside_place(self) -> Places:
        """The arguments that decide about what lies beside the share. Where findings point."""
        from llmlint.facts.fact import Place

        return (Place(self.facts.engine.place("kv-cache-memory-bytes", "max-num-seqs", OPTIONS["vllm"]), ""),)

    @fact("model.id", "machine.gpus")
    def smaller(self) -> Number | None:
        """The largest smaller share with which the engine would start, in hundredths; None where none would."""
        from llmlint.facts.remedy import outcome, starts

        name = OPTIONS.get(self.facts.engine.name or "")
        found = self.facts.engine.outcome
        if name is None or found is None or not found.budget or not found.usable:
            return None
        present = self.written or found.budget / found.usable
        for hundredths in range(math.ceil(present * 100) - 1, round(SMALLEST * 100) - 1, -1):
            if starts(outcome(self.facts, {name: str(hundredths / 100)})):
                return hundredths / 100
        return None

    @fact("model.id", "machine.gpus")
    def larger(self) -> Number | None:
        """The smallest larger share with which the engine would start, in hundredths; None where none would.

        Found by halving: what starts with a share starts with a larger one that still leaves room for the context.
        """
        from llmlint.facts.remedy import starts, tried

        name = OPTIONS.get(self.facts.engine.name or "")
        found = self.facts.engine.outcome
        if name is None or found is None or not found.budget or not found.usable:
            return None
        present = self.written or found.budget / found.usable
        least, most = int(present * 100) + 1, round(LARGEST * 100)
        if least > most or not starts(tried(self.facts, {name: str(most / 100)})):
            return None
        while least < most:
            middle = (least + most) // 2
            if starts(tried(self.facts, {name: str(middle / 100)})):
                most = middle
            else:
                least = middle + 1
        return most / 100

    @fact("machine.gpus", "machine.ram")
    def left_to_system(self) -> Memory | None:
        """Of memory that CPU and GPU share, what an engine that fills its share leaves to everything else."""
        outcome = self.facts.engine.outcome
        if outcome is None or outcome.usable is None or outcome.budget is None:
            return None
        return outcome.usable - outcome.budget

    @fact()
    def is_shared(self) -> Flag:
        """Whether the engine takes a share of memory that CPU and GPU share."""
        return self.facts.machine.unified_memory and self.facts.engine.name in OPTIONS

    @asked
    def safe(self, reserve: Memory) -> Words:
        """The largest share, in hundredths, that leaves the system so much."""
        outcome = self.facts.engine.outcome
        if outcome is None or not outcome.usable:
            return self.option
        return f"{self.option}={int(100 * (1 - reserve / outcome.usable)) / 100:g}"
