"""What of vLLM changed with its versions and decides about memory. Each figure names its source.

[engine] read in vllm 0.33.0; [logs n] fitted to n recorded start-ups of public logs; the rest is assumed and says so.
"""

from __future__ import annotations

from llmlint.catalog.rows import Accelerator, Model
from llmlint.engines.versions import Version
from llmlint.tuples import NamedTuple

GIB = 2**30
NEWEST: Version = (0, 33, 0)

UTILIZATION = (((0,), 0.90), ((0, 20), 0.92))
"""Share of the GPU by default [engine]: 0.90 in 0.19.0, 0.92 in 0.22.1 and 0.33.0 (vllm/config/cache.py)."""
GRAPHS_INSIDE: Version = (0, 21)
"""Since then an estimate of the CUDA graphs is part of the budget; on by default in 0.22.1 (vllm/envs.py)."""
GRAPHS_INSIDE_V2: Version = (0, 29)
"""The same for model runner V2, whose estimate is 0 in 0.25.0 to 0.28.0 [engine: v1/worker/gpu/model_runner.py]."""
GRAPHS_INSIDE_ROCM: Version = (0, 26)
"""The same on ROCm, left out before [engine 0.25.0, 0.26.0: vllm/v1/worker/gpu_worker.py]."""
CONTEXT_EXPANDED: Version = (0, 11)
"""Since then, at the latest in 0.12.0, the profiling run of latent attention allows for a chunk of context [engine]."""
WORKSPACE: Version = (0, 14)
"""Since then the experts' buffers are kept from step to step [engine 0.14.1: v1/worker/workspace.py; not in 0.12.0]."""
WHOLE_EXPERTS = ("mxfp4", "nvfp4")
"""Formats whose kernels on Hopper and Blackwell do a whole block at once, without buffers [logs 4 of MXFP4, 0.19]."""
GRAPHS_TRIED: Version = (0, 18)
"""Since then two graphs of each kind are captured to measure them, whether the budget counts them or not, over a cache
of as many blocks as the largest has tokens [engine 0.18.0 to 0.25.0: gpu_model_runner.py profile_cudagraph_memory]."""
GRAPHS_TRIED_FEW: Version = (0, 26)
"""Since then that cache has a block for each sequence, if those are fewer [engine 0.26.0]."""
HOLES_COUNTED: Version = (0, 27)
"""Since then all that the driver misses after the profiling run counts, so that what torch's allocator cannot return
does, too [engine: 0.26.0 adds up allocations, 0.27.0 the fall of free memory; vllm/utils/mem_utils.py]."""
DEVICE_COUNTED: Version = (0, 9, 1)
"""Before it, V1 took everything that is used on the device and not by torch's tensors for its own: the context and
what NCCL holds from the start [engine 0.8.5; 0.9.1 measures from before NCCL, 0.12.0 from after it]. Whether V1 runs
or, for a feature that it did not have then, V0, a plan does not say: the middle."""
V1: Version = (0, 8)
"""Since then engine V1 is the default, with chunked prefill throughout."""
BEFORE_V1: Version = (0, 7, 3)
AFTER_V0: Version = (0, 11)
"""Since then engine V0 is gone."""
V0_ONLY = ("mllama", "bart", "mbart", "donut", "florence2")
"""Model types that V1 never took (encoder and decoder with cross-attention)."""


def is_first_engine(version: Version, arch: str, row: Accelerator | None) -> bool:
    """Whether engine V0 runs: before 0.8, and until 0.10 for what V1 does not take, GPUs older than Ampere among it
    (vllm/engine/arg_utils.py: _is_v1_supported_oracle, 0.8.5 to 0.10.2)."""
    if version < V1:
        return True
    old = row is not None and row.vendor == "nvidia" and (row.cc or "8.0") < "8.0" and "." in (row.cc or "")[:2]
    return arch in V0_ONLY or (version < AFTER_V0 and old)


TOWERS_LEFT_OUT: Version = (0, 16)
"""Since then, of what was read, encoders are not loaded where --limit-mm-per-prompt is zero for all that they take
(vllm/model_executor/models/interfaces.py: _mark_tower_model, 0.33.0); some models left them out earlier."""
HYBRID: Version = (0, 9, 2)
"""Since about then windowed layers keep only their window; before, every layer kept everything."""
NEW_TOKENS: Version = (0, 22)
"""Since then the printed tokens are concurrency × context [engine 0.22.1]; before, blocks × block / groups [logs]."""
TWO_BATCHES: Version = (0, 29)
"""Windowed layers reserve for every batch in flight [engine 0.29.0], in 0.25.0 for one."""
HYBRID_PREFIXES: Version = (0, 29)
"""Prefix caching is on for layers with a state too [engine 0.29.0: vllm/config/model.py], in 0.25.0 it was not."""


class Likely(NamedTuple):
    """A fitted figure with the interval of its runs."""

    likely: float
    low: float
    high: float


LOGIT_BYTES = (
    ((0,), Likely(38.2, 36.0, 41.2)),  # [logs 31] k × 4 with k = 9.6 to 10.3
    ((0, 17), Likely(15.4, 15.0, 18.0)),  # [logs 61] k = 3.75 to 4.5
    ((0, 20), Likely(15.4, 15.0, 38.0)),  # no run; a second pass over the same logits since 0.25 at the latest
)
LOGIT_BYTES_V2 = (
    ((0,), Likely(6.0, 6.0, 10.0)),  # [logs 1] the logits and an fp32 copy: nothing is sampled yet
    ((0, 33), Likely(10.0, 6.0, 16.0)),  # and a second, fp32 pass (vllm/v1/worker/gpu/model_runner.py:993-1014)
)
"""Peak bytes for each logit of the sampler that the profiling run starts, max_num_seqs rows of a vocabulary each, by
model runner."""
LOGIT_BYTES_DRAFTED = Likely(4.0, 4.0, 12.0)
"""More where a draft is checked, for model runner V1: two rows of logits at 16 bits for each sequence, however many
tokens are drafted (vllm/v1/worker/gpu_model_runner.py: _dummy_sampler_run, 0.33.0; vllm-project/vllm#37521 and #46270,
which would count them all, are not merged), and at most two copies of them at 32. V2 runs no such pass."""
FIRST_V2 = ("qwen3",)
SOME_V2 = ("deepseek_v2", "qwen2_moe", "granitemoe")
"""Model types that model runner V2 served before it served all [engine 0.22.1, 0.25.0: vllm/config/vllm.py]."""


def runs_v2(version: Version, model: Model) -> bool:
    """Whether model runner V2 is the default: a first model in 0.22, dense ones and a few more in 0.25, all in 0.29.

    Features that it does not support yet, and ROCm for some models, fall back to V1; that is not modelled.
    """
    arch = model.arch or ""
    if version < (0, 25):
        return version >= (0, 22) and arch in FIRST_V2
    groups = model.groups or ()
    states = any(group.mixer.kind in ("gdn", "mamba2", "shortconv") for group in groups)
    mixture = any(group.ffn.kind == "moe" for group in groups)
    return version >= (0, 29) or (not states and (not mixture or arch in SOME_V2))


RUNTIME = (
    ((0,), Likely(0.06, 0.0, 0.35)),  # [logs 20]
    ((0, 11), Likely(0.13, 0.13, 0.14)),  # [logs 5]
    ((0, 18), Likely(0.25, 0.07, 0.46)),  # [logs 48]
)
"""GiB outside the allocator on one GPU: cuBLAS, attention workspaces."""
RUNTIME_PARALLEL = (
    ((0,), Likely(0.3, 0.11, 0.40)),
    ((0, 11), Likely(0.55, 0.3, 0.8)),  # [logs 2]
    ((0, 18), Likely(2.1, 0.1, 2.21)),  # [logs 15] on H100 with NVLink
)
"""The same with tensor parallelism, NCCL included."""
RUNTIME_NVLINK = Likely(2.1, 0.4, 2.4)
"""GiB before 0.18 with four ranks and more that NVLink joins: NCCL's rings have 24 channels there, between two GPUs 2.
0.7.1 printed 2.10 on 8 A100 (gonsoomoon-ml, DeepSeek-Coder-V2 on SageMaker), another V0 0.93 to 2.15 on 2 × 8 A100;
[logs 2] of V1 on 4 and 8 H100 leave 2.3. 0.4 was printed on four A100 with 40 GB."""
RUNTIME_NO_NVLINK = Likely(0.25, 0.1, 2.1)
"""0.18 and later without NVLink: 0.1 GiB was seen on two T4; nothing else."""
RUNTIME_AMD = Likely(1.5, 0.1, 3.2)
"""ROCm: 0.4 to 0.7 where torch.compile found its graph in the cache, 1.7 to 3.1 where it compiled anew, the attention
being the same (kyuz0/amd-r9700-vllm-toolboxes, 27 logs: 15.3 GiB are left for the cache after 3 s of compilation, 12.7
after 15 s, all else equal). Which it will be is not in a plan: the middle."""

GRAPHS_BASE, GRAPHS_LAYER = 0.45, 0.017
"""GiB of CUDA graphs where all 51 sizes up to 512 are captured: of any model, and of each layer. [logs 33: 0.19 on
H100, 24 to 80 layers, 1 to 4 ranks] median error 9 %; in proportion where fewer sizes are captured [logs 9: 0.12 on
five GPUs, 32 and 64 sequences] within 0.12 GiB; one run on an A100 took 1.9 GiB more."""
GRAPHS_MXFP4 = 0.6
"""GiB more for experts in MXFP4, whatever the sizes: [logs 9, all gpt-oss, five GPUs] 0.5 to 1.0."""
GRAPHS_SPREAD = (0.2, 2.2)
GRAPHS_LEAST_HIGH = 0.3
GRAPHS_ESTIMATED, GRAPHS_ESTIMATED_LARGE = 0.5, 0.9
"""GiB that the estimate of newer versions is taken for at most, the larger on GPUs of 70 GiB and more with more than
256 sequences: [logs 5: 0.22 to 0.26, up to 32 sequences] 0.14 to 1.41; more sequences were not recorded."""
GRAPH_LAYERS = 40
"""Layers of a model that does not say."""
LARGEST_GRAPH, LARGEST_GRAPH_OF = 512, {"gpt_oss": 1024}
"""Tokens of the largest graph, and of model types that ask for larger ones [engine 0.10.2 to 0.33.0:
vllm/model_executor/models/config.py]."""


def largest_graph(arch: str) -> int:
    """Tokens of the largest graph of a model type, however many sequences there are."""
    return LARGEST_GRAPH_OF.get(arch, LARGEST_GRAPH)


def graph_sizes(sequences: int, largest: int = LARGEST_GRAPH) -> int:
    """How many batch sizes are captured: 1, 2, 4, then by 8 below 256 and by 16 beyond (vllm/config/compilation.py).

    As many as steps of decoding with so many sequences can have.
    """
    most = min(sequences, largest)
    return sum(1 for size in (1, 2, 4) if size <= most) + min(most, 248) // 8 + max(most - 240, 0) // 16


CONTEXT = 0.3
"""GiB of a CUDA context, outside the engine's sum: 297 MiB on an A40."""
CONTEXT_LARGE = 0.5
"""GiB of it on Hopper and Blackwell of data centres: 0.51 before anything is loaded [logs 17 of 0.19 on H100]."""
START_NVLINK, START_MIXTURE = 1.0, 0.5
"""GiB that NCCL holds from the start where several ranks are joined by NVLink, and for the group of the experts beside
it: 0.92 to 1.02 and 1.48 to 1.54 beyond the context [logs 7 and 4 of 0.19 on H100]."""
GROUP_OF_EXPERTS: Version = (0, 12)
"""Since then, of what was read, mixtures have a group of their own in NCCL, and its start lies outside the budget."""
HOLES, HOLES_COPIES = 0.15, 0.5
"""GiB that torch's allocator cannot return after the profiling run, since tensors that stay lie in the same segments,
and copies of the sampler's logits at 32 bits beside them [logs 24 of 0.19 on H100: 0.16 to 1.6, 2.2 at fp32]."""
HOLES_SPREAD = (0.4, 3.0)
"""Low and high end of those: all but one of the same logs."""
HOLES_SWIZZLED = 1.5
"""GiB more, divided among the ranks, where Hopper lays the experts of MXFP4 out anew as they are loaded [logs 3 of
0.19: gpt-oss-20b 2.0 in all on one GPU, 1.6 and 1.8 on each of two]."""
SWIZZLED: Version = (0, 14)
WARM_UP_MARGIN = 0.5
"""GiB by which the sums must be short before a start is said to die in its warm-up: graphs and holes vary by so much.
It parts the 2 recorded starts at 0.95 of the GPU that died there from the 36 that did not."""

ENCODER = Likely(1.5, 0.7, 5.0)
"""GiB of the peak of an image or audio encoder, 0.7 to 5 [logs 12]: the larger of this and the sampler counts, since
the profiling run frees the one before it starts the other (Mistral-Small-3.1 on H100: 2.03, the sampler alone)."""
UNIFIED, UNIFIED_SEVERAL = 7.0, 16.0
"""GiB that estimates were off on unified memory: 2 to 7 on one machine, 14 to 15 on two [logs 2, one pair of GB10]."""


class Batch(NamedTuple):
    """Sequences and tokens of one step."""

    sequences: int
    tokens: int


def batch(version: Version, usable: int, name: str, small: bool, context: int) -> Batch:
    """Defaults of max_num_seqs and max_num_batched_tokens for `vllm serve`.

    [engine: vllm/engine/arg_utils.py of 0.8.5, 0.9.2, 0.25.0, 0.29.0, 0.33.0]; A100 counts as small since 0.9, GB10
    (`small`) since 0.33. Engine V0 took whole prompts up to 32,768 tokens at once (not verified).
    """
    if version < V1:
        return Batch(256, max(context, 2048) if context <= 32768 else 2048)
    if usable >= 160 * GIB and version >= (0, 29):
        return Batch(1024, 16384)
    slow = (version >= (0, 9) and "a100" in name.lower()) or (version >= (0, 33) and small)
    return Batch(1024, 8192) if usable >= 70 * GIB and not slow else Batch(256, 2048)
