"""Names of copies: what a quantised or mirrored repository, or an Ollama tag, adds to the name of its model.

Only endings that publishers of quantised models use are taken off, never a size, a version or a variant.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from llmlint.precision import FORMATS

GGUF_TYPE = r"(?:ud-)?(?:iq[1-4]_(?:xxs|xs|s|m|nl)|q[2-8]_(?:k_(?:xl|l|m|s)|k|[01])|tq[12]_0|mxfp4_moe|bf16|f16|f32)"
ENDINGS = re.compile(
    rf"[-_.:](?:(?P<gguf>{GGUF_TYPE})"
    r"|(?P<word>gguf|awq|gptq|fp8|fp4|nvfp4|mxfp4|int[48]|w4a16|w8a16|w8a8|w4a4|[2-8]-?bits?|bnb|nf4|exl[23]|hqq|eetq|mlx"
    r"|quantized|quantised|dynamic|block|tensor|kv|unsloth|imatrix|i1|marlin|sym|\d{2,3}g|gs?-?(?:32|64|128)"
    r"|autoround|autoawq|smoothquant|compressed-tensors|torchao|aqlm|quark|hf))$",
    re.IGNORECASE,
)
"""The last part of a repository's name or of an Ollama tag, where it only says how the copy is stored."""
PRECISIONS = {
    "awq": "awq",
    "autoawq": "awq",
    "gptq": "gptq",
    "marlin": "gptq",
    "nf4": "bnb-nf4",
    "fp8": "fp8",
    "nvfp4": "nvfp4",
    "fp4": "nvfp4",  # NVIDIA's name for its repositories of NVFP4
    "mxfp4": "mxfp4",
    "int8": "int8",
    "w8a8": "int8",
    "w8a16": "int8",
    "8bit": "int8",
    "int4": "int4",
    "w4a16": "int4",
    "4bit": "int4",
}
"""What an ending says of the weights, the most telling first; other endings say nothing that a plan could use."""
EIGHT_BITS = ("int8", "w8a16", "w8a8", "8bit")
LARGER_MIXTURES = {"q2_k": "q2_k", "q3_k": "q3_k_l", "q4_k": "q4_k_m", "q5_k": "q5_k_m", "q6_k": "q6_k", "q8_k": "q8_0"}
VARIANTS = ("instruct", "chat", "it", "text", "base")
"""Parts of an Ollama tag that name a variant of equal structure."""
HOSTS = (
    "https://huggingface.co/",
    "http://huggingface.co/",
    "huggingface.co/",
    "hf.co/",
    "registry.ollama.ai/",
    "library/",
)


class Derived(NamedTuple):
    """A name without what its copy adds."""

    base: str
    precision: str | None
    """What the endings say of the weights."""
    changed: bool
    """Whether anything that tells a copy from its model was taken off."""


def strip_host(name: str) -> str:
    """Without the address that a name may begin with."""
    for host in HOSTS:
        name = name.removeprefix(host)
    return name


def strip_endings(name: str) -> Derived:
    """The model's name, and the precision that its endings imply."""
    found: list[str] = []
    precision = None
    while (ending := ENDINGS.search(name)) and ending.start():
        name = name[: ending.start()]
        if ending["gguf"]:
            precision = precision or _gguf(ending["gguf"])
        else:
            found.append(ending["word"].lower().replace("-", "").removesuffix("s"))
    implied = precision or _precision(found)
    return Derived(name, implied if implied in FORMATS else None, bool(found) or precision is not None)


def strip_variant(name: str) -> str | None:
    """An Ollama tag without its variant: llama3.1:8b-instruct is llama3.1:8b; None where it has none."""
    head, dash, last = name.rpartition("-")
    return head if dash and last.lower() in VARIANTS else None


def _gguf(written: str) -> str:
    """The GGUF type as a deployment file names it; llama.cpp's _L and unsloth's _XL mixtures go by their base."""
    name = written.lower().removeprefix("ud-")
    if name.endswith(("_k_l", "_k_xl")):
        name = LARGER_MIXTURES.get(name.rpartition("_")[0], name)
    return name


def _precision(endings: list[str]) -> str | None:
    if "gptq" in endings and any(ending in EIGHT_BITS for ending in endings):
        return "int8"  # `gptq` means four bits in a deployment file
    if "bnb" in endings:
        return "int8" if "8bit" in endings else "bnb-nf4"
    return next((precision for ending, precision in PRECISIONS.items() if ending in endings), None)


class Origin(NamedTuple):
    """A name that the model of a copy may have."""

    base: str
    precision: str | None
    exact: bool
    """Whether it is the same model under a tag, not a copy that somebody else made."""


def origins(name: str) -> list[Origin]:
    """Names to look up for a copy, the nearest first: without its endings, without its organisation, without both."""
    stripped = strip_endings(name.removesuffix(":latest"))
    is_tag = ":" in name and "/" not in name
    found = [Origin(stripped.base, stripped.precision, is_tag)]
    for base in (name, stripped.base):
        organisation, _, repository = base.rpartition("/")
        if organisation:
            found.append(Origin(repository, stripped.precision, False))
    variant = strip_variant(stripped.base) if is_tag else None
    return [*found, Origin(variant, stripped.precision, False)] if variant else found
