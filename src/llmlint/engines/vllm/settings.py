"""What vLLM would be told or choose itself: arguments of a request, with the defaults of its version filled in."""

from __future__ import annotations

from llmlint.catalog.rows import Model
from llmlint.engines import loaded, options
from llmlint.engines.cards import Device
from llmlint.engines.request import Request
from llmlint.engines.versions import Version, since
from llmlint.engines.vllm import assumed, releases
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Settings(NamedTuple):
    """Numbers that decide about memory."""

    version: Version
    first_engine: bool
    """Engine V0, which takes whole prompts at once."""
    tensor: int
    pipeline: int
    replicas: int
    """Data-parallel ranks, each with a cache of its own."""
    experts: bool
    """Expert parallelism."""
    utilization: float
    precision: str
    """Number format in which the weights are loaded."""
    context: int | None
    """max_model_len; None where neither a flag nor the model says it."""
    fitted: bool
    """max_model_len -1: whatever fits."""
    sequences: int
    tokens: int
    speculated: int
    predicts: bool
    """Speculates with the model's own layers for multi-token prediction."""
    drafts: bool
    """Speculates with a second model, or heads of its own."""
    eager: bool
    """No CUDA graphs."""
    cache_width: float | None
    """Bytes of an element of the KV cache; None for formats that are not modelled."""
    block: int
    hybrid: bool
    prefixes: bool
    offload: int
    """Bytes of weights that each GPU leaves to the host."""
    cache_bytes: int | None
    """--kv-cache-memory-bytes: the cache is given, not measured."""
    recurrent_width: int

    @property
    def in_flight(self) -> int:
        """Tokens that may be scheduled and not yet settled (vllm/config/vllm.py:587-609)."""
        batches = self.pipeline + 1 if self.version >= releases.TWO_BATCHES else 1
        return batches * self.tokens


def settings(request: Request, device: Device) -> Settings:
    """The settings of a request on such GPUs."""
    flags, model = request.flags, request.model
    version = assumed.version(request)
    asked = options.text(flags, "max-model-len")
    fitted = asked in ("-1", "auto")
    context = (None if fitted else options.positive(flags, "max-model-len")) or model.max_ctx or request.context
    tensor = options.positive(flags, "tensor-parallel-size") or 1
    first_engine = releases.is_first_engine(version, model.arch or "", device.card.row)
    era = min(version, releases.BEFORE_V1) if first_engine else version
    default = releases.batch(era, device.usable, device.card.name, _is_gb10(device), context or 0)
    sequences = options.positive(flags, "max-num-seqs") or default.sequences
    speculative = options.mapping(flags, "speculative-config")
    return Settings(
        version=version,
        first_engine=first_engine,
        tensor=tensor,
        pipeline=options.positive(flags, "pipeline-parallel-size") or 1,
        replicas=options.positive(flags, "data-parallel-size") or 1,
        experts=options.given(flags, "enable-expert-parallel"),
        utilization=options.share(flags, "gpu-memory-utilization") or since(releases.UTILIZATION, version),
        precision=loaded.precision(request),
        context=context,
        fitted=fitted,
        sequences=sequences,
        tokens=options.positive(flags, "max-num-batched-tokens") or default.tokens,
        speculated=_whole(speculative.get("num_speculative_tokens")),
        predicts=_predicts(speculative),
        drafts=bool(speculative) and not _predicts(speculative) and speculative.get("method") not in LOOKUP,
        eager=_eager(request),
        cache_width=loaded.cache_width(request),
        block=options.positive(flags, "block-size") or 16,
        hybrid=not options.given(flags, "disable-hybrid-kv-cache-manager") and version >= releases.HYBRID,
        prefixes=_prefixes(request, version),
        offload=round((options.share(flags, "cpu-offload-gb") or 0) * 2**30),
        cache_bytes=options.positive(flags, "kv-cache-memory-bytes"),
        recurrent_width=_recurrent(request),
    )


LOOKUP = ("ngram", "ngram_gpu", "suffix")
"""Methods that draft from the text itself, without weights (vllm/config/speculative.py, 0.33.0)."""


def _predicts(speculative: Mapping[str, object]) -> bool:
    return "mtp" in str(speculative.get("method", ""))


def _eager(request: Request) -> bool:
    if options.given(request.flags, "enforce-eager") or options.text(request.flags, "optimization-level") == "0":
        return True
    return options.mapping(request.flags, "compilation-config").get("cudagraph_mode") in ("NONE", "none", 0)


def _prefixes(request: Request, version: Version) -> bool:
    if options.given(request.flags, "no-enable-prefix-caching"):
        return False
    value = request.flags.get("enable-prefix-caching")
    return bool(value) if isinstance(value, bool) else version >= releases.HYBRID_PREFIXES


def _recurrent(request: Request) -> int:
    """Bytes of an element of recurrent state: fp32 where the model's config says so or its class does by default.

    Qwen3.5 names float32 in its config and Nemotron-H takes it by default (vllm/model_executor/models/config.py:812,
    955); other classes keep the model's own 16 bits.
    """
    asked = options.text(request.flags, "mamba-ssm-cache-dtype")
    if asked and asked != "auto":
        return 4 if asked == "float32" else 2
    return 4 if _keeps_fp32(request.model) else 2


def _keeps_fp32(model: Model) -> bool:
    return (model.arch or "").startswith(("qwen3_5", "nemotron"))


def _is_gb10(device: Device) -> bool:
    return device.card.row is not None and device.card.row.cc == "12.1"


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
