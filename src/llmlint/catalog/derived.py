"""Names of copies: what a quantised or mirrored repository, or an Ollama tag, adds to the name of its model.

Only endings that publishers of quantised models use are taken off, never a size, a version or a variant.
"""

from __future__ import annotations

import re

from llmlint.catalog.record import Record
from llmlint.precision import FORMATS, GGUF

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
    "fp16": "fp16",
    "bf16": "bf16",
}
"""What an ending says of the weights, the most telling first."""
SILENT_WORDS = (
    "gguf bnb w4a4 2bit 3bit 5bit 6bit exl2 exl3 hqq eetq aqlm mlx quantized quantised dynamic block tensor kv unsloth"
    " ud imatrix i1 sym 32g 64g 128g g32 g64 g128 gs32 gs64 gs128 autoround smoothquant torchao quark hf"
    " qat dwq"
)
SILENT = frozenset(SILENT_WORDS.split())
"""Endings that say nothing which a plan could use; what they say of the model itself is that it is a copy."""
BITS = {f"{bits}{form}": f"{bits}bit" for bits in range(2, 9) for form in ("-bit", "-bits", "bits")}
"""Spellings of 4bit."""
EIGHT_BITS = ("int8", "w8a16", "w8a8", "8bit")
LARGER_MIXTURES = {"q2_k": "q2_k", "q3_k": "q3_k_l", "q4_k": "q4_k_m", "q5_k": "q5_k_m", "q6_k": "q6_k", "q8_k": "q8_0"}
"""The type that a mixture called _L or _XL, which has no name of its own in a deployment file, is nearest to."""
SEPARATORS = "-.: "
LONGER = re.compile(r"(\d{2,4})k", re.IGNORECASE)
"""The context in thousands of tokens that a copy was extended to: Qwen3-235B-A22B-128K-GGUF."""
AGAIN = ("v2", "preview")
"""What a publisher adds to a quantised copy that was made anew; only after the name of a number format."""
VARIANTS = ("instruct", "chat", "it", "text", "base")
"""Parts of an Ollama tag that name a variant of equal structure."""


class Derived(Record):
    """A name without what its copy adds."""

    base: str
    precision: str | None
    """What the endings say of the weights."""
    changed: bool
    """Whether anything that tells a copy from its model was taken off."""


def strip_endings(name: str) -> Derived:
    """The model's name, and the precision that its endings imply."""
    found: list[str] = []
    precision = None
    name = _made_again(name)
    while (cut := _last_separator(name)) > 0:
        ending = name[cut + 1 :].lower()
        if ending in ("4b", "8b") and name[:cut].lower().endswith("gptq"):
            ending = f"{ending}it"  # of bits, not a size
        if ending in {"bit", "bits"}:
            cut = _last_separator(name[:cut])
            ending = name[cut + 1 :].lower()
        ending = BITS.get(ending, ending)
        mixture = _gguf(ending)
        if mixture is None and ending not in PRECISIONS and ending not in SILENT:
            break
        name = name[: max(cut, 0)]
        precision = precision or mixture
        found.append(ending)
    implied = precision or _precision(found)
    return Derived(name, implied if implied in FORMATS else None, bool(found))


def _made_again(name: str) -> str:
    """The name of the first of several quantised copies: …-FP4-v2 is another …-FP4."""
    head, dash, last = name.rpartition("-")
    return head if dash and last.lower() in AGAIN and head.rpartition("-")[2].lower() in PRECISIONS else name


def without_remark(name: str) -> tuple[str, str | None]:
    """A name without the remark in brackets behind it, and the number format that the remark names."""
    head, bracket, remark = name.rstrip().removesuffix(")").rpartition(" (")
    if not bracket or not name.rstrip().endswith(")"):
        return name, None
    return head.rstrip(), _precision(re.findall(r"[a-z0-9]+", remark.lower()))


def _last_separator(name: str) -> int:
    """Where the last part of a name begins; an underscore separates too, unless it is inside of a GGUF type."""
    cut = max(name.rfind(separator) for separator in SEPARATORS)
    under = name.rfind("_")
    return under if under > cut and _gguf(name[cut + 1 :].lower()) is None else cut


def strip_variant(name: str) -> str | None:
    """An Ollama tag without its variant: llama3.1:8b-instruct is llama3.1:8b; None where it has none."""
    head, dash, last = name.rpartition("-")
    return head if dash and last.lower() in VARIANTS else None


def _gguf(ending: str) -> str | None:
    """The GGUF type as a deployment file names it; None where the ending is none."""
    if ending in GGUF or ending == "f16":
        return ending
    return LARGER_MIXTURES.get(ending.rpartition("_")[0]) if ending.endswith(("_k_l", "_k_xl")) else None


def _precision(endings: list[str]) -> str | None:
    if "gptq" in endings and any(ending in EIGHT_BITS for ending in endings):
        return "int8"  # `gptq` means four bits in a deployment file
    if "bnb" in endings:
        return "int8" if "8bit" in endings else "bnb-nf4"
    return next((precision for ending, precision in PRECISIONS.items() if ending in endings), None)


class Origin(Record):
    """A name that the model of a copy may have."""

    base: str
    precision: str | None
    exact: bool
    """Whether it is the same model under a tag, not a copy that somebody else made."""
    context: int | None = None
    """Tokens that its context was extended to."""


def origins(name: str) -> list[Origin]:
    """Names to look up for a copy, the nearest first: without its endings, without its organisation, without both."""
    name, said = without_remark(name)
    stripped = strip_endings(name.removesuffix(":latest"))
    stripped = stripped._replace(precision=stripped.precision or said)
    is_tag = ":" in name and "/" not in name
    found = [Origin(stripped.base, stripped.precision, is_tag)]
    for base in (name, stripped.base):
        organisation, _, repository = base.rpartition("/")
        if organisation:
            found.append(Origin(repository, stripped.precision, False))
    variant = strip_variant(stripped.base) if is_tag else None
    if variant:
        found.append(Origin(variant, stripped.precision, False))
    return [*found, *_extended(stripped)]


def _extended(stripped: Derived) -> list[Origin]:
    """The model whose context a copy extends, with and without its organisation."""
    head, _, last = stripped.base.rpartition("-")
    longer = LONGER.fullmatch(last)
    if not head or longer is None:
        return []
    names = dict.fromkeys((head, head.rpartition("/")[2]))
    return [Origin(base, stripped.precision, False, 1024 * int(longer[1])) for base in names]
