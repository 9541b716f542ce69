"""Facts about how long an engine takes until it answers: it reads the whole checkpoint first."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Number, Size, Words, fact
from llmlint.facts.sold import duration
from llmlint.quantity import decimal_size

READ = 0.31e9
"""Bytes a second that the safetensors loader, vLLM's default, read from network SSDs: 15 GB (Llama 3 8B) in 47.99 s on
gp3 (NVIDIA, Reducing Cold Start Latency for LLM Inference with NVIDIA Run:ai Model Streamer, developer.nvidia.com;
first published by Run:ai in October 2024). Local disks are faster: 23.4 GB took 18 s in vllm-project/vllm#44881. That
a first start downloads at the same rate, 2.5 Gbit/s, is an assumption without a source, as is twice the rate from
RAM."""
PREPARE, COMPILE = 16.0, 43.0
"""Seconds from the start of the container to the engine's configuration, and of the first compilation of the model's
graph: about 16 and 43 in the one start of vllm-project/vllm#44881 (a mixture of 35 B on an RTX 5090), whose 210 s of
warm-up are left out as peculiar to it. Other reports: 19 to 25 s of compilation for Llama 3 8B
(vllm-project/vllm#11005)."""
FIRST = ("vllm", "sglang", "tgi", "tensorrt-llm", "llama.cpp")
"""Engines that answer health checks only once the model is loaded; Ollama loads it at the first request."""
STREAMING = ("runai_streamer", "tensorizer", "fastsafetensors", "sharded_state", "dummy")
"""Loaders that read faster than the default one."""


class LoadingFacts(Group):
    """The time from the start of the engine to its first answer."""

    @fact()
    def comes_first(self) -> Flag:
        """Whether the engine answers health checks only once it has loaded the model with its usual loader."""
        name = self.facts.engine.name
        return name in FIRST and self.facts.engine.word("load-format") not in STREAMING

    @fact("model.id", "model.parameters")
    def bytes(self) -> Size | None:
        """The checkpoint that is read."""
        weights = self.facts.estimate.weights
        return weights.bytes if weights is not None else None

    @fact("model.id", "model.parameters")
    def least(self) -> Number | None:
        """Seconds that loading takes at a good rate; weights that lie there may be read at twice the rate, from RAM."""
        if self.bytes is None:
            return None
        return PREPARE + self.bytes / READ / (2 if self.is_prepared else 1)

    @fact("model.id", "model.parameters")
    def likely(self) -> Number | None:
        """Seconds that a first start takes: the download, reading and compilation of the model."""
        if self.bytes is None:
            return None
        return PREPARE + COMPILE + self.bytes / READ * (1 if self.is_prepared else 2)

    @property
    def is_prepared(self) -> bool:
        """Whether the weights lie on the machine before the engine starts."""
        return self.facts.model.is_local

    @fact()
    def shown(self) -> Words:
        """How long it takes, with the size of the checkpoint."""
        return self._words(self.least)

    @fact()
    def first(self) -> Words:
        """How long a first start takes, with the size of the checkpoint."""
        return self._words(self.likely)

    def _words(self, seconds: float | None) -> str:
        if seconds is None or self.bytes is None:
            return "loading takes minutes"
        return f"loading {decimal_size(self.bytes)} takes about {duration(seconds)}"

    @fact()
    def arithmetic(self) -> Words:
        """How it was worked out."""
        if self.bytes is None:
            return ""
        reading = f"{decimal_size(self.bytes)} at {decimal_size(READ)}/s, as the default loader reads network SSDs"
        return f"{PREPARE:.0f} s until the engine is configured, and {reading}"

    @fact()
    def enough(self) -> Number:
        """Checks of 10 s each for a first start, rounded up to ten, and half as much again."""
        seconds = self.likely or 600.0
        return max(-(-int(seconds * 1.5) // 100) * 10, 30)

    @fact()
    def enough_words(self) -> Words:
        """The same, as seconds for a start period."""
        return f"{self.enough * 10:.0f}"
