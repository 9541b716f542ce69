"""Number types of GGUF tensors and labels of GGUF files.

Types: enum ggml_type in ggml/include/ggml.h; block sizes: ggml/src/ggml-common.h and type_traits in ggml/src/ggml.c;
labels: enum llama_ftype in include/llama.h; all as vendored in llama-cpp-python 0.3.36 (read November 2026).
"""

from __future__ import annotations

from llmlint.tuples import NamedTuple


class Type(NamedTuple):
    """How elements are stored: in blocks along a tensor's rows."""

    name: str
    per_block: int
    """Elements of a block."""
    block_bytes: int


TYPES = {
    0: Type("f32", 1, 4),
    1: Type("f16", 1, 2),
    2: Type("q4_0", 32, 18),
    3: Type("q4_1", 32, 20),
    6: Type("q5_0", 32, 22),
    7: Type("q5_1", 32, 24),
    8: Type("q8_0", 32, 34),
    9: Type("q8_1", 32, 36),
    10: Type("q2_k", 256, 84),
    11: Type("q3_k", 256, 110),
    12: Type("q4_k", 256, 144),
    13: Type("q5_k", 256, 176),
    14: Type("q6_k", 256, 210),
    15: Type("q8_k", 256, 292),
    16: Type("iq2_xxs", 256, 66),
    17: Type("iq2_xs", 256, 74),
    18: Type("iq3_xxs", 256, 98),
    19: Type("iq1_s", 256, 50),
    20: Type("iq4_nl", 32, 18),
    21: Type("iq3_s", 256, 110),
    22: Type("iq2_s", 256, 82),
    23: Type("iq4_xs", 256, 136),
    24: Type("i8", 1, 1),
    25: Type("i16", 1, 2),
    26: Type("i32", 1, 4),
    27: Type("i64", 1, 8),
    28: Type("f64", 1, 8),
    29: Type("iq1_m", 256, 56),
    30: Type("bf16", 1, 2),
    34: Type("tq1_0", 256, 54),
    35: Type("tq2_0", 256, 66),
    39: Type("mxfp4", 32, 17),
    40: Type("nvfp4", 64, 36),
    41: Type("q1_0", 128, 18),
    42: Type("q2_0", 64, 18),
}
"""By the number in the file. Numbers left out were types that llama.cpp has removed."""

LABELS = {
    0: "f32",
    1: "f16",
    2: "q4_0",
    3: "q4_1",
    7: "q8_0",
    8: "q5_0",
    9: "q5_1",
    10: "q2_k",
    11: "q3_k_s",
    12: "q3_k_m",
    13: "q3_k_l",
    14: "q4_k_s",
    15: "q4_k_m",
    16: "q5_k_s",
    17: "q5_k_m",
    18: "q6_k",
    19: "iq2_xxs",
    20: "iq2_xs",
    21: "q2_k_s",
    22: "iq3_xs",
    23: "iq3_xxs",
    24: "iq1_s",
    25: "iq4_nl",
    26: "iq3_s",
    27: "iq3_m",
    28: "iq2_s",
    29: "iq2_m",
    30: "iq4_xs",
    31: "iq1_m",
    32: "bf16",
    36: "tq1_0",
    37: "tq2_0",
    38: "mxfp4_moe",
    39: "nvfp4",
    40: "q1_0",
    41: "q2_0",
}
"""`general.file_type` of a GGUF file: what its maker called the mixture of types."""
