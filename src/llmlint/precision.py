"""Number formats of weights by the names that deployments use, and the bytes a parameter takes in each.

The rule of thumb gives fp32 4 bytes, fp16 2, int8 1 and int4 half a byte; formats of the same width follow it. GGUF
types are mixtures and larger than their names: their bits per weight are those that llama.cpp states for Llama-3.1-8B
(tools/quantize/README.md, commit 311c2c9), else the block layout of ggml-common.h (types without a mixture).
"""

from __future__ import annotations

from llmlint.tuples import NamedTuple


class Format(NamedTuple):
    """One way to store a parameter."""

    bits: float
    """Bits a parameter, scales included for GGUF types, not for the others (the rule of thumb leaves them out)."""
    accuracy: int
    """A rough order of accuracy: 4 full, 3 half, 2 eight bits, 1 less. What loses accuracy is judged by it."""


FULL, HALF, EIGHT, FEW = 4, 3, 2, 1

PLAIN = {
    "fp32": Format(32, FULL),
    "fp16": Format(16, HALF),
    "bf16": Format(16, HALF),
    "fp8": Format(8, EIGHT),
    "int8": Format(8, EIGHT),
    "int4": Format(4, FEW),
    "nvfp4": Format(4, FEW),
    "mxfp4": Format(4, FEW),
    "awq": Format(4, FEW),
    "gptq": Format(4, FEW),
    "bnb-nf4": Format(4, FEW),
}
GGUF = {
    "f32": Format(32, FULL),
    "f16": Format(16, HALF),
    "q8_0": Format(8.5008, EIGHT),
    "q6_k": Format(6.5633, FEW),
    "q5_k_m": Format(5.7036, FEW),
    "q5_k_s": Format(5.5704, FEW),
    "q5_k": Format(5.7036, FEW),
    "q5_1": Format(6.0, FEW),
    "q5_0": Format(5.5, FEW),
    "q4_k_m": Format(4.8944, FEW),
    "q4_k_s": Format(4.6672, FEW),
    "q4_k": Format(4.8944, FEW),
    "q4_1": Format(5.0, FEW),
    "q4_0": Format(4.5, FEW),
    "q3_k_l": Format(4.2979, FEW),
    "q3_k_m": Format(3.91, FEW),  # the same README's older table for Llama 2 7B; the newer one leaves it out
    "q3_k_s": Format(3.6429, FEW),
    "q3_k": Format(3.91, FEW),
    "q2_k": Format(3.1593, FEW),
    "q2_k_s": Format(2.9697, FEW),
    "iq4_nl": Format(4.6818, FEW),
    "iq4_xs": Format(4.4597, FEW),
    "iq3_m": Format(3.7628, FEW),
    "iq3_s": Format(3.6606, FEW),
    "iq3_xs": Format(3.4977, FEW),
    "iq3_xxs": Format(3.2548, FEW),
    "iq2_m": Format(2.9294, FEW),
    "iq2_s": Format(2.7403, FEW),
    "iq2_xs": Format(2.5882, FEW),
    "iq2_xxs": Format(2.3824, FEW),
    "iq1_m": Format(2.1460, FEW),
    "iq1_s": Format(2.0042, FEW),
    "tq2_0": Format(2.0625, FEW),
    "tq1_0": Format(1.6875, FEW),
    "mxfp4_moe": Format(4.25, FEW),
}
FORMATS = PLAIN | GGUF
NAMES = tuple(FORMATS)
