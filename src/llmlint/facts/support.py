"""Facts about what an engine's kernels run on: makers of GPUs, compute capabilities, number formats."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Place, Places, Words, fact
from llmlint.once import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from llmlint.facts.devices import Cards

MAKERS = {
    "nvidia": "NVIDIA",
    "amd": "AMD",
    "intel": "Intel",
    "apple": "Apple",
    "google": "Google",
    "aws": "AWS",
    "qualcomm": "Qualcomm",
}
VENDORS = {
    "vllm": ("nvidia", "amd", "intel", "google", "aws", "qualcomm"),
    "tensorrt-llm": ("nvidia",),
    "mlx": ("apple", "nvidia"),
}
"""Makers whose accelerators an engine or one of its plugins runs on; engines that are missing here are not judged.

vLLM: docs.vllm.ai, getting_started/installation/gpu (0.31.0): NVIDIA, AMD, Intel; others by plugins, and an Apple GPU
only by another package, vllm-metal. TensorRT-LLM: its page of supported hardware (1.x) lists NVIDIA architectures only.
MLX: docs/src/install.rst (0.30): Metal, and CUDA on NVIDIA. SGLang 0.5.23 has a back end for each maker, Apple too."""
LEAST = {
    "vllm": (((0,), 70), ((0, 31), 75)),
    "sglang": (((0,), 75),),
    "mlx": (((0,), 70),),
}
"""Least compute capability of NVIDIA GPUs by version. vLLM: the same page says 7.0 for older versions, 7.5 for 0.31.0.
SGLang: "SGLang only supports sm75 and above." (0.5.23, model_runner_components/load_model_utils.py:91). MLX: SM 7.0 in
an older docs/src/install.rst, 7.5 in a newer one: the lower figure is taken."""
Table: TypeAlias = "tuple[tuple[tuple[int, ...], int], ...]"
FORMATS: dict[str, dict[str, Table]] = {
    "vllm": {
        "awq": (((0,), 75),),
        "gptq": (((0,), 60),),
        "fp8": (((0,), 80), ((0, 16), 75)),
        "mxfp4": (((0,), 80),),
        "nvfp4": (((0,), 75),),
    },
    "sglang": {
        "awq": (((0,), 75),),
        "gptq": (((0,), 60),),
        "fp8": (((0,), 80),),
        "mxfp4": (((0,), 80),),
    },
}
"""Least compute capability for checkpoints of a format, by engine and version: `get_min_capability` in
model_executor/layers/quantization of vLLM 0.33.0 and srt/layers/quantization of SGLang 0.5.23. fp8 and fp4 are emulated
below 8.9 and 10.0: the weights are unpacked as they are used (Marlin). vLLM's fp8: 8.0 in the docs up to 0.15.1, 7.5
in those of 0.32.0; the change lies between, and the lower figure is taken from 0.16 on. nvfp4 was stricter in old
versions: not modelled."""
METHODS = {"modelopt_fp4": "nvfp4", "awq_marlin": "awq", "gptq_marlin": "gptq", "auto_awq": "awq", "auto_gptq": "gptq"}
BFLOAT = 80
"""bfloat16 from compute capability 8.0 on: vLLM 0.33.0 refuses --dtype bfloat16 below (platforms/cuda.py:652), and
falls back to float16 by itself where no --dtype is written; SGLang falls back in any case."""


class SupportFacts(Group):
    """What the engine runs on."""

    @fact("machine.gpus")
    def accelerator(self) -> Flag | None:
        """Whether the engine runs on these accelerators, as far as its documents say; None where nobody knows."""
        cards, name = self.facts.gpu.cards, self.facts.engine.name
        if self._apple_only:
            return "apple" in VENDORS.get(name or "", ("apple",))
        if cards is None or any(card.row is None for card in cards):
            return None
        return self._unfit is None

    @property
    def _apple_only(self) -> bool:
        return self.facts.machine.is_apple and not self.facts.gpu.count

    @property
    def _unfit(self) -> tuple[Cards, str] | None:
        """The first kind of card that the engine does not run on, and why."""
        name = self.facts.engine.name or ""
        for card in self.facts.gpu.cards or ():
            row = card.row
            if row is None:
                continue
            if row.vendor not in VENDORS.get(name, (row.vendor,)):
                return card, f"{self.facts.engine.title} has no kernels for accelerators of {MAKERS[row.vendor]}"
            least, own = self._least(LEAST.get(name)), _number(row.cc)
            if least is not None and own is not None and own < least:
                return card, f"it has compute capability {row.cc}, and {self.facts.engine.shown} needs {_shown(least)}"
        return None

    def _least(self, table: Table | None) -> int | None:
        if table is None:
            return None
        from llmlint.engines.versions import parsed, since

        return since(table, parsed(self.facts.engine.version) or (1 << 30,))

    @fact()
    def accelerator_reason(self) -> Words:
        """Why the engine does not run on the accelerator."""
        if self._apple_only:
            return f"{self.facts.engine.title} has no kernels for accelerators of Apple"
        unfit = self._unfit
        return f"{unfit[0].label}: {unfit[1]}" if unfit is not None else ""

    @fact()
    def engines(self) -> Words:
        """Engines that do run on it."""
        rows = [card.row for card in self.facts.gpu.cards or () if card.row is not None]
        vendor = "apple" if self._apple_only or not rows else rows[0].vendor
        if vendor == "apple":
            metal = "; vllm-metal is a package of its own" if self.facts.engine.name == "vllm" else ""
            return f"llama.cpp, Ollama and MLX run on Apple GPUs{metal}"
        if vendor == "nvidia":
            return "llama.cpp and Ollama run on older NVIDIA GPUs"
        return (
            "vLLM, SGLang and llama.cpp run on GPUs of AMD and Intel" if vendor in ("amd", "intel") else "take another"
        )

    @fact("machine.gpus")
    def format(self) -> Flag | None:
        """Whether the engine has kernels for the weights' format on these GPUs, emulated ones included."""
        if self.facts.gpu.cards is None:
            return None
        return not self._lacking

    @fact()
    def format_reason(self) -> Words:
        """The format, what it needs and what there is, in words; the engine's own where it has any."""
        return self._lacking

    @fact()
    def format_place(self) -> Places:
        """Where the format is written: the argument that asks for it, else the precision, else the GPUs."""
        written = self.facts.deployment.precision
        if self._format_flag:
            return (Place(self.facts.engine.place(self._format_flag), ""),)
        stated = written is not None and written.weights is not None
        return (Place(("precision", "weights") if stated else ("machine", "gpus"), ""),)

    @property
    def _format_flag(self) -> str:
        """The argument that decides about the format; empty where none does."""
        if self._lacking.startswith("bfloat16"):
            return "dtype"
        asked = self.facts.engine.word("quantization") or ""
        known = FORMATS.get(self.facts.engine.name or "", {})
        return "quantization" if METHODS.get(asked, asked) in known else ""

    @property
    def _lacking(self) -> str:
        name, wanted = self.facts.engine.name or "", self._format
        least = self._least(FORMATS.get(name, {}).get(wanted))
        if name == "vllm" and self.facts.engine.word("dtype") == "bfloat16":
            least, wanted = max(least or 0, BFLOAT), "bfloat16" if (least or 0) < BFLOAT else wanted
        for card in self.facts.gpu.cards or ():
            own = _number(card.row.cc) if card.row is not None else None
            if least is not None and own is not None and own < least:
                return f"{wanted} needs compute capability {_shown(least)}, and {card.label} has {_shown(own)}"
        return ""

    @property
    def _format(self) -> str:
        """As the engine loads the weights: a quantisation that it is told to apply comes first."""
        asked = self.facts.engine.word("quantization") or ""
        asked = METHODS.get(asked, asked)
        known = FORMATS.get(self.facts.engine.name or "", {})
        return asked if asked in known else self.facts.precision.weights

    @fact()
    def other_format(self) -> Words:
        """A format that these GPUs do take."""
        if self.facts.engine.word("dtype") == "bfloat16":
            return "write --dtype=float16"
        return "take a checkpoint in gptq or 16 bits, or a newer GPU"


@once
def _number(capability: str | None) -> int | None:
    """8.9 as 89."""
    major, _, minor = (capability or "").partition(".")
    return int(major) * 10 + int(minor) if major.isdecimal() and minor.isdecimal() else None


def _shown(capability: int) -> str:
    return f"{capability // 10}.{capability % 10}"
