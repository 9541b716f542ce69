"""Facts about the number format of the weights."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Number, Text, Words, fact
from llmlint.precision import FEW, FORMATS, GGUF
from llmlint.quantity import binary_size, decimal_size

LADDER = ("fp16", "int8", "int4")
GGUF_LADDER = ("f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m")
"""Formats that a model is moved down to, the smallest loss first."""
AFTERWARDS = ("awq", "gptq", "bitsandbytes")
"""Methods by which finished models are quantised."""

UNQUANTISED = ("fp32", "bf16", "fp16", "f32", "f16")
GGUF_REPOSITORY = r"(?i)[\w.-]+/[\w.-]+-gguf"
"""A repository that holds a model in several files, without the file or the tag that would choose one."""


class PrecisionFacts(Group):
    """The number format of the weights."""

    @fact("precision.weights")
    def weights(self) -> Text:
        """Format of the weights: as the file says, else the checkpoint's own, else fp16.

        Ollama's tags and llama.cpp's repositories of GGUF files: q4_k_m.
        """
        written = self.facts.deployment.precision
        if written is not None and written.weights is not None:
            return written.weights
        match = self.facts.model.match
        own = match.precision if match is not None else None
        if self._is_choice_of_files and own in (None, *UNQUANTISED):
            return "q4_k_m"
        return own or ("q4_k_m" if self._is_ollama_tag else "fp16")

    @property
    def _is_ollama_tag(self) -> bool:
        """Whether the model is named by a tag of Ollama's, most of which hold Q4_K_M where they do not say."""
        engine, written = self.facts.deployment.engine, self.facts.deployment.model
        return engine is not None and engine.name == "ollama" and written.id is not None and ":" in written.id

    @property
    def _is_choice_of_files(self) -> bool:
        """Whether llama.cpp picks the file: by its help Q4_K_M, or the first one where a repository has none."""
        engine, written = self.facts.deployment.engine, self.facts.deployment.model
        if engine is None or engine.name != "llama.cpp":
            return False
        import re

        return re.fullmatch(GGUF_REPOSITORY, written.id or "") is not None

    @fact()
    def stated(self) -> Flag:
        """Whether the file or the checkpoint states the format; else fp16 is assumed."""
        written = self.facts.deployment.precision
        match = self.facts.model.match
        if self._is_choice_of_files and match is not None and match.precision in UNQUANTISED:
            return written is not None and written.weights is not None
        return (written is not None and written.weights is not None) or (match is not None and bool(match.precision))

    @fact()
    def shown(self) -> Words:
        """The format for messages, with "assumed" where nobody stated it."""
        return self.weights if self.stated else f"{self.weights}, assumed"

    @fact()
    def bits(self) -> Number:
        """Bits a parameter."""
        return FORMATS[self.weights].bits

    @fact()
    def few_bits(self) -> Flag:
        """Whether a parameter has five bits or less, which may cost accuracy, and the model was not made that way."""
        return FORMATS[self.weights].accuracy == FEW and self.bits <= 5 and not self._is_native

    @property
    def _is_native(self) -> bool:
        """Whether the model is published in this format, not brought into it afterwards."""
        row = self.facts.model.row
        own = row.quant if row is not None else None
        return own is not None and own.precision == self.weights and own.method not in AFTERWARDS

    @fact()
    def is_full(self) -> Flag:
        """Whether the weights are kept in 32 bits."""
        return self.bits >= 32

    @fact()
    def half(self) -> Words:
        """The format of 16 bits, of the family that is used."""
        return self.ladder[0]

    @fact()
    def saving(self) -> Words:
        """What half precision saves over 32 bits."""
        now, half = self.facts.estimate.weights, self.facts.estimate.weights_at(self.half)
        if now is None or half is None:
            return f"{self.half} halves them"
        return f"{self.half} takes {decimal_size(half.bytes)} of weights instead of {decimal_size(now.bytes)}"

    @property
    def ladder(self) -> tuple[str, ...]:
        """Formats of the family that is used, the most accurate first."""
        engine = self.facts.deployment.engine
        if self.weights in GGUF or (engine is not None and engine.name in ("llama.cpp", "ollama")):
            return GGUF_LADDER
        return LADDER

    @property
    def lower(self) -> tuple[str, ...]:
        """Those with fewer bits than the present one."""
        return tuple(name for name in self.ladder if FORMATS[name].bits < self.bits)

    @fact()
    def safer(self) -> Words:
        """The most accurate format that the memory at hand still holds, in words."""
        estimate = self.facts.estimate
        higher = [name for name in self.ladder if FORMATS[name].bits > max(self.bits, 5)]
        if not higher:
            return "nothing is gained by another"
        if estimate.offered is None or estimate.needed is None:
            return f"{higher[-1]} is safer, where the memory allows"
        for share, words in ((0.9, "still fits"), (1, "still fits, barely")):
            for name in higher:
                needed = estimate.at_precision(name)
                if needed is not None and needed <= estimate.offered * share:
                    return f"{name} {words} ({decimal_size(needed)} of {binary_size(estimate.offered)})"
        return self._none_fits(higher[-1], estimate.offered)

    def _none_fits(self, name: str, offered: int) -> str:
        """What the next format would take, and how many cards of the present kind would hold it."""
        needed = self.facts.estimate.at_precision(name) or 0
        text = f"no safer one fits: {name} takes {decimal_size(needed)} of {binary_size(offered)}"
        cards = self.facts.vram.more_cards(needed) if self.facts.estimate.memory == "vram" else None
        return f"{text}, which {cards} would hold" if cards else text
