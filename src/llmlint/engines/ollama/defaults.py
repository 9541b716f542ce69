"""What Ollama passes to llama-server: context by the GPUs' memory, one slot, a batch that grows with the context."""

from __future__ import annotations

from llmlint.engines import options
from llmlint.engines.cards import smallest
from llmlint.engines.request import Flag, Request
from llmlint.engines.weights import gguf_file

GIB, MIB = 2**30, 2**20
CONTEXTS = ((47 * GIB, 262_144), (23 * GIB, 32_768), (0, 4_096))
"""Memory of all GPUs from which a context is the default (server/routes.go)."""
BATCHES = ((32_768, 2048, 0.60, 2 * GIB), (4_096, 1024, 0.75, 768 * MIB))
"""Contexts above which a larger batch is tried, the batch, the share of memory that the prediction may take before it,
and what it adds; the sum must stay within ROOM (server/sched.go)."""
BATCH, ROOM = 512, 0.80


def as_llamacpp(request: Request) -> tuple[Request, int | None]:
    """The request that llama-server gets, and the context where Ollama chose it."""
    if not request.weights_stated and request.model_basis != "local":
        request = request._replace(weights=_tag(request))
    flags, memory = request.flags, _memory(request)
    slots = options.whole(flags, "OLLAMA_NUM_PARALLEL") or 1
    asked = options.whole(flags, "num_ctx", "OLLAMA_CONTEXT_LENGTH")
    context = asked or _default(request, memory)
    kind = options.text(flags, "OLLAMA_KV_CACHE_TYPE") or request.cache or "f16"
    batch = options.whole(flags, "num_batch") or _batch(request, context, memory)
    passed: dict[str, Flag] = {
        "ctx-size": str(context * slots),
        "parallel": str(slots),
        "batch-size": str(batch),
        "ubatch-size": str(batch),
        "cache-type-k": kind,
        "cache-type-v": kind,
    }
    layers = options.text(flags, "num_gpu")
    if layers is not None:
        passed["n-gpu-layers"] = layers
    if "OLLAMA_FLASH_ATTENTION" in flags:
        passed["flash-attn"] = "on" if options.given(flags, "OLLAMA_FLASH_ATTENTION") else "off"
    return request._replace(flags=passed, cache=None, version=None), None if asked else context


def _tag(request: Request) -> str:
    """The quantisation of a tag that names none."""
    quant = request.model.quant
    return "mxfp4_moe" if quant is not None and quant.precision == "mxfp4" else "q4_k_m"


def _memory(request: Request) -> int | None:
    """Usable bytes of all GPUs; the machine's own where there is none."""
    if request.cards is None:
        return None
    total = 0
    for card in request.cards:
        device = smallest(request._replace(cards=(card,)))
        if device is None:
            return None
        total += device.usable * card.count
    return total


def _default(request: Request, memory: int | None) -> int:
    chosen = next(tokens for least, tokens in CONTEXTS if (memory or 0) >= least)
    return min(chosen, request.model.max_ctx or chosen)


def _batch(request: Request, context: int, memory: int | None) -> int:
    """By the pre-check's sum: the file, and a cache of equal layers with heads of hidden / heads."""
    file = gguf_file(request.model, request.weights)
    if file is None or not memory:
        return BATCH
    predicted = file.bytes + _predicted_cache(request, context)
    for above, batch, share, added in BATCHES:
        if context > above and predicted <= share * memory and predicted + added <= ROOM * memory:
            return batch
    return BATCH


def _predicted_cache(request: Request, context: int) -> int:
    model = request.model
    mixers = [group.mixer for group in model.groups or () if group.mixer.kind == "gqa"]
    if not mixers:
        return 0
    heads = min(mixer.kv_heads for mixer in mixers)
    width = (model.hidden or 0) // max(mixers[0].heads, 1)
    return 2 * (model.layers or 0) * heads * width * context * 2
