"""What vLLM's profiling run of an image encoder takes: patches at once × what one layer keeps alive for each of them.

The run feeds as many of the largest images as the step's tokens pay for, at least one (vllm/v1/worker/
gpu_model_runner.py profile_run; vllm/multimodal/encoder_budget.py), through the tower. The largest image and the
tower's widths are facts of an architecture, as in the config and preprocessor config of its published checkpoints.

The table was entered from memory of those. Held against the defaults of Transformers 5.24.0 (configuration_*.py and
image_processing_*.py of each model), and the same there: Qwen2-VL, Qwen3-VL, Qwen3.5 and its mixture (widths, patch,
merge;
of Qwen2.5-VL the feed-forward width), InternVL (all of it), LLaVA, LLaVA-NeXT and LLaVA-OneVision (widths, image,
patch),
Mistral 3 (widths, 1,540 pixels, patch, merge), Gemma 3 (256 tokens), Gemma 4 (280 tokens, pooled 3 × 3), Llama 4
(feed-forward
width, 16 tiles of 336 pixels), Llama 3.2 Vision (widths). Not checked, since the defaults there are those of other
sizes or
missing: the width of Qwen2.5-VL's and of Llama 4's tower, the towers of Gemma 3 and 4, the largest images of the
Qwen models
and of LLaVA-OneVision, and all of Phi-3-Vision and Kimi-VL.
"""

from __future__ import annotations

from llmlint.engines import options
from llmlint.engines.estimate import Item
from llmlint.engines.request import Request
from llmlint.engines.vllm import releases
from llmlint.engines.vllm.releases import GIB, Likely
from llmlint.engines.vllm.settings import Settings
from llmlint.tuples import NamedTuple

HIDDEN_LIVE = 5
"""Hidden states of a patch alive at once: residual, norm, queries, keys, values."""
ROTARY_LIVE = 4
"""More where rotary positions are applied: queries and keys in fp32."""
SPREAD = (0.4, 2.0)
"""Low and high end. [logs 4] the sums are 2.7 GiB for 2.71 (Qwen2.5-VL), 0.7 for 0.74 (Qwen2-VL at 4,096 tokens),
3.9 for 3.73 (Gemma 3, 64 images on 4 ranks), 0.4 for 1.66 (Gemma 3 on 8 T4, without flash attention: the high end is
never less than half of what any encoder took); runs where the sampler took more agree."""


class Tower(NamedTuple):
    """The image encoder of an architecture and the largest image that its processor makes."""

    tokens: int
    """Of the language model, for the largest image."""
    patches: int
    """Of that image in the tower; each attends as a token there."""
    hidden: int
    inter: int
    gated: bool = False
    """Three matrices in the feed-forward block."""
    rotary: bool = False


TOWERS = {
    "gemma3": Tower(256, 4096, 1152, 4304),  # 896 × 896 pixels, patches of 14, pooled 4 × 4
    "gemma4": Tower(280, 2520, 1152, 4304, rotary=True),  # 280 soft tokens by default, pooled 3 × 3
    "qwen2_vl": Tower(16384, 65536, 1280, 5120, rotary=True),  # max_pixels 12,845,056 = 28² × 16,384
    "qwen2_5_vl": Tower(16384, 65536, 1280, 3420, gated=True, rotary=True),
    "qwen3_vl": Tower(16384, 65536, 1152, 4304, rotary=True),  # longest_edge 16,777,216 = 32² × 16,384
    "qwen3_vl_moe": Tower(16384, 65536, 1152, 4304, rotary=True),
    "qwen3_5": Tower(16384, 65536, 1152, 4304, rotary=True),
    "qwen3_5_moe": Tower(16384, 65536, 1152, 4304, rotary=True),
    "llava": Tower(576, 576, 1024, 4096),  # CLIP ViT-L/14 at 336 pixels
    "llava_next": Tower(2928, 2880, 1024, 4096),  # four tiles of 336 pixels and the whole
    "llava_onevision": Tower(7371, 26973, 1152, 4304),  # 36 tiles of 384 pixels and the whole, pooled to nine
    "phi3_v": Tower(2509, 9792, 1024, 4096),  # 16 tiles of 336 pixels and the whole, pooled 2 × 2
    "internvl": Tower(3328, 13325, 1024, 4096),  # 12 tiles of 448 pixels and the whole, merged 2 × 2
    "internvl_chat": Tower(3328, 13325, 1024, 4096),
    "kimi_vl": Tower(1024, 4096, 1152, 4304, rotary=True),  # in_token_limit 4,096, merged 2 × 2
    "mistral3": Tower(3025, 12100, 1024, 4096, gated=True, rotary=True),  # 1,540 pixels, patches of 14, merged 2 × 2
    "llama4": Tower(2465, 9792, 1408, 5632, rotary=True),  # 17 tiles of 336 pixels
}

LARGEST, LARGEST_WHOLE = 1_200_000_000, 30_000_000_000
"""Parameters of an encoder, or of the whole model where its encoder's are not known: larger ones have other encoders
than the table's (InternViT-6B from InternVL 38B on)."""

CROSS = "mllama"
"""Llama 3.2 Vision: the encoder feeds cross-attention layers. Served by engine V0 alone."""
CROSS_TOKENS = 4 * 1608
"""Of one profiled image, 1,024 pixels square: 4 tiles of 1,601 tokens, padded to 8 (models/mllama.py)."""
CROSS_HIDDEN = 1280
CROSS_LIVE = Likely(20, 15, 25)
"""Hidden states of an image alive at once: five kept layers, their stack, a copy of it without the padding, and all six
joined, beside what the layers themselves hold (models/mllama.py, 0.6.1 to 0.10.2). One run died with some 14 of them
held while it asked for 5 more, 19.63 GiB for 256 images; another of 256 on 22 GiB [logs 2]."""


def encodes(request: Request) -> bool:
    """Whether an encoder for images or sound is profiled too."""
    if options.given(request.flags, "language-model-only"):
        return False
    limits = options.mapping(request.flags, "limit-mm-per-prompt")
    if limits and all(value == 0 for value in limits.values()):
        return False
    return bool(request.model.vision) or request.model.category in ("multimodal", "audio")


def counted(request: Request, setting: Settings, item: Item) -> Item:
    """With the encoder, which is profiled first: its memory is free again when the sampler runs."""
    if not encodes(request):
        return item
    encoder = peak(request, setting)
    low, high = (round(max(end or 0, part)) for end, part in ((item.low, encoder.low), (item.high, encoder.high)))
    because = f"{item.because}, or the image or audio encoder"
    return item._replace(bytes=round(max(item.bytes, encoder.likely)), because=because, low=low, high=high)


def peak(request: Request, setting: Settings) -> Likely:
    """Bytes of the encoder's profiling run; an interval that hangs on nothing for architectures not in the table."""
    arch = request.model.arch or ""
    if arch == CROSS:  # one image for each of max_num_seqs (worker/enc_dec_model_runner.py profile_run)
        one = setting.sequences * CROSS_TOKENS * CROSS_HIDDEN * 2
        return Likely(*(copies * one for copies in CROSS_LIVE))
    tower = _tower(request)
    if tower is None:
        return Likely(*(part * GIB for part in releases.ENCODER))
    size = _patches(tower, setting) * _bytes_each(tower, setting.tensor)
    return Likely(size, size * SPREAD[0], max(size * SPREAD[1], releases.ENCODER.high / 2 * GIB))


def _tower(request: Request) -> Tower | None:
    vision, whole = request.model.vision, request.model.parameters or 0
    known = whole <= LARGEST_WHOLE if vision is None else vision <= LARGEST
    return TOWERS.get(request.model.arch or "") if known else None


def rows(request: Request, setting: Settings) -> int:
    """Sequences of the profiling run. Engine V0 starts as many as the step's tokens hold of the largest image, where
    V1 samples max_num_seqs rows whatever the model (vllm/worker/model_runner.py profile_run, 0.6.5)."""
    tower = _tower(request)
    if not setting.first_engine or tower is None:
        return setting.sequences
    return max(min(setting.sequences, setting.tokens // tower.tokens), 1)


def _patches(tower: Tower, setting: Settings) -> int:
    """Those of the images that the step's tokens pay for. In V0 a context shorter than the largest image limits it."""
    largest = min(tower.tokens, setting.context or tower.tokens) if setting.first_engine else tower.tokens
    images = min(max(setting.tokens // largest, 1), setting.sequences)
    return images * tower.patches * largest // tower.tokens


def _bytes_each(tower: Tower, ranks: int) -> float:
    """Of one patch in a layer at 16 bits; the feed-forward block is divided among the ranks."""
    copies = HIDDEN_LIVE + (ROTARY_LIVE if tower.rotary else 0)
    return 2.0 * (copies * tower.hidden + (3 if tower.gated else 2) * tower.inter / ranks)
