"""The version that is assumed where none is stated: the newest, unless that refuses what is deployed."""

from __future__ import annotations

from llmlint.engines import options
from llmlint.engines.request import Request
from llmlint.engines.versions import Version
from llmlint.engines.vllm import releases

LAST: dict[str, Version] = {
    "aya_vision": (0, 24, 0),
    "baichuan": (0, 23, 0),
    "bamba": (0, 23, 0),
    "bart": (0, 10, 2),
    "dots1": (0, 23, 0),
    "ernie": (0, 23, 0),
    "florence2": (0, 10, 2),
    "fuyu": (0, 25, 0),
    "grok-1": (0, 24, 0),
    "internlm": (0, 23, 0),
    "jais": (0, 22, 0),
    "mbart": (0, 10, 2),
    "minimax": (0, 23, 0),
    "minimax_text_01": (0, 23, 0),
    "mllama": (0, 10, 2),
    "motif": (0, 10, 2),
    "persimmon": (0, 25, 0),
    "phi3small": (0, 9, 2),
    "phi4_multimodal": (0, 12, 0),
    "phi4flash": (0, 10, 2),
    "plamo2": (0, 26, 0),
    "qwen": (0, 23, 0),
    "telechat": (0, 25, 0),
    "xverse": (0, 23, 0),
}
"""Model types that newer versions refuse, by the last that serves them ("was supported in vLLM until", vllm/
model_executor/models/registry.py)."""
FBGEMM: Version = (0, 13, 0)
"""The last version that loads fbgemm_fp8 without --allow-deprecated-quantization (vllm-project/vllm#30136; vllm/config/
model.py: _verify_quantization)."""


def version(request: Request) -> Version:
    """The stated version, or the newest that starts such a deployment."""
    if request.version is not None:
        return request.version
    found = LAST.get(request.model.arch or "", releases.NEWEST)
    quant = request.model.quant
    if quant is None or quant.method != "fbgemm_fp8" or request.weights != "fp8":
        return found
    return found if options.given(request.flags, "allow-deprecated-quantization") else min(found, FBGEMM)
