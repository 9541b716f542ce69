"""The version that is assumed where none is stated: of those that may be meant, the one that takes most."""

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
OLDER: Version = (0, 16, 0)
"""The last version with the larger peak of the profiling run (releases.LOGIT_BYTES). Of 11 recorded runs without a
version that tell which peak they had, 9 had this one to within 3 %, 2 more still (engine V0), none a newer one; so an
unstated version is judged by this one, and the interval reaches to the newest."""
FIRST: dict[Version, str] = {
    (0, 17, 0): "axk1 colmodernvbert qwen3_5 qwen3_5_moe",
    (0, 18, 0): "colpali ernie hyperclovax olmo_hybrid",
    (0, 19, 0): "cohere_asr gemma4 gemma4_text",
    (0, 20, 0): "deepseek_v4 exaone4_5 granite4_vision hy_v3 ministral3",
    (0, 22, 0): "cohere2_moe laguna mimo_v2 minicpmv4_6 qianfan_ocr",
    (0, 22, 1): "mellum",
    (0, 23, 0): "gemma4_unified granite_speech_plus step3p7",
    (0, 24, 0): "diffusion_gemma hrm_text minimax_m3 minimax_m3_vl",
    (0, 25, 0): "moss_transcribe_diarize",
    (0, 26, 0): "cosmos3_edge inkling_mm_model inkling_text",
    (0, 27, 0): "kimi_k3 qwen3_5_moe_text qwen3_5_text vaultgemma vibevoice_asr",
    (0, 28, 0): "dots3_note dots3_note_text muse_glimmer muse_glimmer_assistant",
    (0, 29, 0): "granite_swa granitemoe_swa hy_v4 nemotron_h_omni qwen4_exp qwen4_exp_text",
    (0, 30, 0): "cohere_compass glm5_next",
    (0, 32, 0): "embedding_gemma2 minicpmv4_7",
    (0, 33, 0): "beam dory flint kolibri1 minicpm_ocr modernvbert muse_spark",
}
"""Model types that came after OLDER, by the first version that has them (data/models-vllm.tsv)."""


def version(request: Request) -> Version:
    """The stated version, or the one that takes most of those that start such a deployment."""
    if request.version is not None:
        return request.version
    last = _last(request)
    if last is not None:
        return last
    return releases.NEWEST if request.newest else first(request.model.arch or "")


def is_open(request: Request) -> bool:
    """Whether anything from an older version to the newest may be meant."""
    return request.version is None and not request.newest and version(request) not in (_last(request), releases.NEWEST)


def first(arch: str) -> Version:
    """The oldest version that an unstated one is taken for: it has the model type."""
    return next((since for since, names in FIRST.items() if arch in names.split()), OLDER)


def _last(request: Request) -> Version | None:
    """The last version that takes the deployment as it is; None where the newest does."""
    found = LAST.get(request.model.arch or "")
    quant = request.model.quant
    if quant is None or quant.method != "fbgemm_fp8" or request.weights != "fp8":
        return found
    deprecated = options.given(request.flags, "allow-deprecated-quantization")
    return found if deprecated else min(found or FBGEMM, FBGEMM)
