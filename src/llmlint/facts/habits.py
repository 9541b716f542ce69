"""Facts about options that people copy from one deployment to the next, where they do no good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Places, fact

if TYPE_CHECKING:
    from llmlint.catalog.rows import Accelerator
    from llmlint.engines.versions import Version
    from llmlint.facts.devices import Cards

NATIVE: dict[str, Version] = {
    "llama": (0, 4),
    "mistral": (0, 4),
    "mixtral": (0, 4),
    "qwen2": (0, 4),
    "qwen2_moe": (0, 4),
    "qwen2_vl": (0, 6, 3),
    "qwen2_5_vl": (0, 7, 3),
    "qwen3": (0, 8, 5),
    "qwen3_moe": (0, 8, 5),
    "qwen3_next": (0, 10, 2),
    "qwen3_vl": (0, 11),
    "qwen3_vl_moe": (0, 11),
    "gemma": (0, 4),
    "gemma2": (0, 5, 1),
    "gemma3": (0, 8),
    "gemma3_text": (0, 8),
    "phi3": (0, 4, 2),
    "gpt_oss": (0, 10, 1),
    "olmo2": (0, 6, 5),
    "granite": (0, 6),
    "cohere": (0, 4),
    "cohere2": (0, 6, 6),
    "falcon": (0, 4),
    "starcoder2": (0, 4),
    "gpt_neox": (0, 4),
    "opt": (0, 4),
    "mistral3": (0, 8, 3),
    "llama4": (0, 8, 3),
}
"""Families that Transformers and vLLM know by themselves, tokenizer included, and vLLM's version since when at the
latest: never before the release in which its registry has the class (engines/data/models-vllm.tsv, read from 0.4.0
on), in some cases a release later. Repositories of others may bring code of their own."""
AMPERE = (8, 0)
HALF = ("half", "float16", "fp16")
SLOW_KERNELS = {"awq": "awq_marlin", "gptq": "gptq_marlin"}
"""Methods that vLLM keeps to where they are named, and what it takes by itself on Ampere and later."""


class HabitFacts(Group):
    """Options that do no good."""

    @fact()
    def capability(self) -> tuple[int, int] | None:
        """Compute capability of the oldest NVIDIA GPU that is named; None where one is unknown. Not for rules."""
        cards = self.facts.gpu.cards
        if not cards:
            return None
        rows = [row for card in cards for row in _rows(card)]
        found = [_capability(row.cc) for row in rows] if all(map(_rows, cards)) else []
        known = [one for one in found if one is not None]
        return min(known) if known and len(known) == len(found) else None

    @property
    def _is_named(self) -> bool:
        """Whether a GPU is named, not only counted."""
        return any(cards.match is not None for cards in self.facts.gpu.cards or ())

    def _is_on(self, name: str) -> bool:
        flags = self.facts.engine.flags
        return flags is not None and flags.values.get(name) is True

    def _at(self, name: str, text: str = "", *, values: int = 0) -> Places:
        from llmlint.facts.rewriting import taken_away

        return (taken_away(self.facts, self.facts.engine.place(name), text, values=values),)

    @fact()
    def trusts_code(self) -> Flag:
        """Whether the engine of a manifest may run code out of the model's repository."""
        return self.facts.manifest.exists and self._is_on("trust-remote-code")

    @fact()
    def trust(self) -> Places:
        """The argument that lets the engine run code out of the model's repository. Where findings point."""
        return self._at("trust-remote-code")

    @fact()
    def needs_no_code(self) -> Flag:
        """Whether the model's family is one that the engine knows by itself, at the version that is written."""
        from llmlint.engines.versions import parsed

        row = self.facts.model.row
        since = NATIVE.get(row.arch or "") if row is not None else None
        if since is None or self.facts.engine.name not in ("vllm", "sglang", "tgi"):
            return False
        version = parsed(self.facts.engine.version) if self.facts.engine.name == "vllm" else None
        return version is None or version >= since

    @fact()
    def family(self) -> str:
        """The model's family. Not for rules."""
        row = self.facts.model.row
        return (row.arch if row is not None else None) or ""

    @fact()
    def runs_newest_code(self) -> Flag:
        """Whether code of a repository on Hugging Face may run, of whatever commit is its newest."""
        flags, written = self.facts.engine.flags, self.facts.deployment.model
        if not self.trusts_code or flags is None or written.id is None or written.source == "local":
            return False
        pinned = any(flags.values.get(name) for name in ("revision", "code-revision"))
        return not pinned and "/" in written.id and not self.needs_no_code

    @fact()
    def slow_kernel(self) -> Flag:
        """Whether a manifest names awq or gptq, which keeps vLLM from the faster kernels of its GPUs."""
        return self._method in SLOW_KERNELS and self.capability is not None and self.capability >= AMPERE

    @fact()
    def maybe_slow_kernel(self) -> Flag:
        """The same where the GPU is not known."""
        return self._method in SLOW_KERNELS and self.capability is None and not self._is_named

    @property
    def _method(self) -> str:
        manifest = self.facts.manifest.exists and self.facts.engine.name == "vllm"
        return (self.facts.engine.word("quantization") or "").lower() if manifest else ""

    @fact()
    def method(self) -> Places:
        """The argument for the quantization, with what the engine would take by itself. Where findings point."""
        return self._at(
            "quantization", f"{self._method} keeps vLLM from {SLOW_KERNELS.get(self._method, '')}", values=1
        )

    @fact()
    def is_eager(self) -> Flag:
        """Whether a manifest has vLLM go without CUDA graphs, on a GPU that is not known to be too old for them."""
        known = self.facts.manifest.exists and self.facts.engine.name == "vllm" and self._is_on("enforce-eager")
        return known and self._may_be_new and not self._is_debugging

    @property
    def _may_be_new(self) -> bool:
        """No older GPU of NVIDIA is named, and none of another maker is asked for."""
        unit = self.facts.plan.unit
        vendor = unit.gpus.vendor if unit is not None and unit.gpus is not None else "nvidia"
        if vendor != "nvidia" or (self.capability is None and self._is_named):
            return False
        return self.capability is None or self.capability >= AMPERE

    @property
    def _is_debugging(self) -> bool:
        """Who looks for a fault goes without graphs."""
        unit = self.facts.plan.unit
        return unit is not None and any(
            name in unit.environment for name in ("CUDA_LAUNCH_BLOCKING", "VLLM_TRACE_FUNCTION")
        )

    @fact()
    def eager(self) -> Places:
        """The argument that does without CUDA graphs. Where findings point."""
        return self._at("enforce-eager")

    @fact()
    def is_halved(self) -> Flag:
        """Whether a manifest asks for float16 where the model is published in bfloat16, on a GPU that has it."""
        row = self.facts.model.row
        if not self.facts.manifest.exists or row is None or self.facts.engine.name not in ("vllm", "sglang", "tgi"):
            return False
        published = (row.dtype or "").lower() in ("bfloat16", "bf16") and not row.quant
        half = (self.facts.engine.word("dtype") or "").lower() in HALF and self._is_plain
        # People write it for GPUs without bfloat16, which a file seldom names: of an unknown one nothing is said.
        return published and half and self.capability is not None and self.capability >= AMPERE

    @property
    def _is_plain(self) -> bool:
        """AWQ and GPTQ kernels ask for float16."""
        named = self.facts.deployment.model.id or ""
        marks = ("awq", "gptq", "gguf", "int4", "w4a16")
        return not self.facts.engine.word("quantization", "quantize") and not any(one in named.lower() for one in marks)

    @fact()
    def half(self) -> Places:
        """The argument for the number format. Where findings point."""
        return self._at("dtype", self.facts.engine.word("dtype") or "")


def _rows(cards: Cards) -> tuple[Accelerator, ...]:
    """What the name fits: one row, or several of a family."""
    if cards.row is not None:
        return (cards.row,)
    return cards.match.candidates if cards.match is not None else ()


def _capability(written: object) -> tuple[int, int] | None:
    """`8.9` as (8, 9); None for GPUs of other makers."""
    major, _, minor = str(written or "").partition(".")
    return (int(major), int(minor or 0)) if major.isdigit() and (minor or "0").isdigit() else None
