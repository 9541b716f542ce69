"""Compares llmlint's KV cache planner with vLLM's own, to the byte, on models of the catalogue.

    python benchmarks/accuracy/vllm_planner.py [--folder FOLDER] [--models N] [--write]

Fetches the wheel of vllm 0.33.0 with pip into a temporary folder, or into FOLDER, where the next run finds it, and
unpacks its Python files. Neither torch nor a GPU is needed: the planner's modules are loaded one by one, and what they
import beside each other is replaced by stand-ins. For every model with a layer structure of its own: tensor parallelism
1, 2, 4, 8 × 16-bit and fp8 cache × 4,096, 32,768 and 131,072 tokens, in memory that a fraction of, or a few of the
requests fill. Compared are bytes of a block, blocks, bytes of a request, concurrency, and the refusal word for word.

The engine's: grouping, page sizes, block counts, what a request holds, the refusal, shapes of recurrent states. Ours:
which layers a model has, heads of a rank, the enlarged block of hybrids, the packed format of sparse latent attention
at fp8, two batches of 2,048 tokens in flight.
`--write` leaves the result in data/agreement/.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.accuracy.catalogue import shapes  # noqa: E402
from benchmarks.accuracy.vllm_engine import VERSION, Engine, Number, fetched, loaded  # noqa: E402
from llmlint.catalog.rows import Mixer, Model  # noqa: E402
from llmlint.engines.vllm import layers, planner  # noqa: E402

RANKS, WIDTHS, CONTEXTS = (1, 2, 4, 8), (2, 1), (4096, 32768, 131072)
BATCH, IN_FLIGHT = 2048, 2 * 2048
MULTIPLES = (0.4, 6.3)
"""Memory, in requests of the full context: one that is refused and one that starts."""


class Case(NamedTuple):
    """One configuration."""

    model: Model
    ranks: int
    width: int
    context: int
    available: int


def cases(models: list[Model]) -> Iterator[Case]:
    """All configurations that both planners know."""
    for model in models:
        for ranks in RANKS:
            if any(group.mixer.heads % ranks for group in model.groups or () if group.mixer.kind in ("gqa", "mla")):
                continue
            for width in WIDTHS:
                for context in CONTEXTS:
                    try:
                        whole = ours(Case(model, ranks, width, context, 2**50))
                    except planner.Unplannable:
                        continue
                    sizes = (whole.block_bytes + round(part * whole.request_bytes) for part in MULTIPLES)
                    yield from (Case(model, ranks, width, context, size) for size in sizes)


def ours(case: Case) -> planner.Plan:
    """llmlint's plan."""
    form = layers.Format(ranks=case.ranks, width=case.width)
    specs = layers.specs(case.model.groups or (), case.model.hidden or 0, form)
    return planner.plan(specs, case.available, case.context, IN_FLIGHT)


def theirs(engine: Engine, case: Case) -> tuple[object, ...]:
    """vLLM's plan as (refusal,) or ("", bytes of a block, blocks, bytes of a request, tokens that it prints)."""
    planning, specs = engine.planning, _specs(engine, case)
    config = _config(engine, case, _block(engine, case))
    try:
        groups = planning.get_global_kv_cache_groups(config, [specs])
        cache = planning.get_kv_cache_configs(config, [specs], [case.available], groups)[0]
    except ValueError as error:
        return (str(error),)
    size = planning._pool_bytes_per_block(config, groups)
    builder = planning.DefaultKVCacheConfigBuilder()
    request = planning._max_memory_usage_bytes_from_groups(builder, config, groups)
    return "", size, cache.num_blocks, request, int(cache.num_blocks / (request // size) * case.context)


def _config(engine: Engine, case: Case, block: int) -> Any:
    space = types.SimpleNamespace
    return space(
        model_config=space(
            max_model_len=case.context, original_max_model_len=case.context, supports_kv_cache_grouping=False
        ),
        parallel_config=space(
            decode_context_parallel_size=1, pipeline_parallel_size=1, tensor_parallel_size=case.ranks
        ),
        scheduler_config=space(
            disable_hybrid_kv_cache_manager=False, max_num_batched_tokens=BATCH, max_num_encoder_input_tokens=0
        ),
        cache_config=space(
            num_gpu_blocks_override=None,
            block_size=block,
            prefix_cache_retention_interval=None,
            mamba_cache_mode="none",
            get_resolved_kv_cache_layout=lambda: engine.layout,
        ),
        attention_config=space(hisparse_config=None),
        speculative_config=None,
        kv_transfer_config=None,
        max_in_flight_tokens=IN_FLIGHT,
        num_prefill_lookahead_tokens=0,
    )


def _specs(engine: Engine, case: Case) -> dict[str, Any]:
    """vLLM's specs of the layers of one rank."""
    block, states = _block(engine, case), _states(engine, case)
    dtype, found = Number("cache", case.width), {}
    for number, group in enumerate(case.model.groups or ()):
        mixer = group.mixer
        made = _attention(engine, mixer, block if states else 0, case, dtype)
        if number in states:
            shapes, _ = states[number]
            made = [
                engine.interface.MambaSpec(
                    block_size=case.context,
                    shapes=shapes,
                    dtypes=(Number("conv", 2), Number("state", 4))[: len(shapes)],
                    page_size_padded=block * _token(case),
                )
            ]
        for layer in range(group.n):
            for part, spec in enumerate(made):
                found[f"{number}.{layer}.{part}"] = spec
    return found


def _attention(engine: Engine, mixer: Mixer, block: int, case: Case, dtype: Number) -> list[Any]:
    interface = engine.interface
    if mixer.kind == "mla":
        return _latent(interface, mixer, block or layers.MLA_BLOCK, case, dtype)
    if mixer.kind != "gqa":
        return []
    common = {
        "block_size": block or 16,
        "num_kv_heads": max(1, mixer.kv_heads // case.ranks),
        "head_size": mixer.head_dim,
        "head_size_v": mixer.v_head_dim or mixer.head_dim,
        "dtype": dtype,
    }
    if not mixer.window:
        return [interface.FullAttentionSpec(**common)]
    if mixer.chunked:
        return [interface.ChunkedLocalAttentionSpec(**common, attention_chunk_size=mixer.window)]
    return [interface.SlidingWindowSpec(**common, sliding_window=mixer.window)]


def _latent(interface: Any, mixer: Mixer, block: int, case: Case, dtype: Number) -> list[Any]:
    """Latent attention, and the keys of its indexer where it is sparse; at fp8 all layers then take a packed format."""
    sparse = any(group.mixer.indexer_heads for group in case.model.groups or ())
    packed = layers.FP8_DS_MLA if sparse and case.width == 1 else None
    size = {"block_size": block, "num_kv_heads": 1}
    width = mixer.kv_lora + mixer.rope
    found = [interface.MLAAttentionSpec(**size, head_size=width, dtype=dtype, state_content_bytes=packed)]
    if mixer.indexer_heads:
        keys = mixer.indexer_dim + mixer.indexer_dim // 128 * 4
        found.append(interface.MLAAttentionSpec(**size, head_size=keys, dtype=Number("uint8", 1)))
    return found


def _states(engine: Engine, case: Case) -> dict[int, tuple[Any, int]]:
    """Shapes and bytes of recurrent states by group, as vLLM works them out."""
    found = {}
    for number, group in enumerate(case.model.groups or ()):
        shape = _state_shape(engine.states, group.mixer, case)
        if shape is not None:
            widths = (2, 4)[: len(shape)]
            found[number] = shape, sum(math.prod(part) * width for part, width in zip(shape, widths, strict=True))
    return found


def _state_shape(calculator: Any, mixer: Mixer, case: Case) -> Any:
    if mixer.kind == "gdn":
        heads = (mixer.k_heads, mixer.v_heads, mixer.k_dim, mixer.v_dim)
        return calculator.gated_delta_net_state_shape(case.ranks, *heads, mixer.conv)
    if mixer.kind == "mamba2":
        inner = mixer.heads * mixer.head_dim
        sizes = (inner, mixer.groups, mixer.heads, mixer.head_dim, mixer.state, mixer.conv)
        return calculator.mamba2_state_shape(case.ranks, *sizes)
    if mixer.kind == "shortconv":
        return calculator.short_conv_state_shape(case.ranks, mixer.dim or case.model.hidden or 0, mixer.conv)
    return None


def _token(case: Case) -> int:
    """Bytes of a token in one attention layer."""
    for group in case.model.groups or ():
        mixer = group.mixer
        if mixer.kind == "mla":
            return (mixer.kv_lora + mixer.rope) * case.width
        if mixer.kind == "gqa":
            value = mixer.v_head_dim or mixer.head_dim
            return max(1, mixer.kv_heads // case.ranks) * (mixer.head_dim + value) * case.width
    return 1


def _block(engine: Engine, case: Case) -> int:
    """Tokens of a block: 16, or as many as make a page of attention as large as a state."""
    largest = max((size for _, size in _states(engine, case).values()), default=0)
    latent = any(group.mixer.kind == "mla" for group in case.model.groups or ())
    unit = 128 if latent and largest else 16
    return max(16, unit * -(-largest // (unit * _token(case))))


def compared(engine: Engine, models: list[Model]) -> tuple[Counter[str], list[str]]:
    """Agreement by kind of layers, and what differs."""
    tally: Counter[str] = Counter()
    different = []
    for case in cases(models):
        plan, kinds = ours(case), "+".join(sorted({_kind(group.mixer) for group in case.model.groups or ()}))
        printed = int(plan.concurrency * case.context)
        mine: tuple[object, ...] = (plan.refusal,)
        if not plan.refusal:
            mine = "", plan.block_bytes, plan.blocks, plan.request_bytes, printed
        other = theirs(engine, case)
        tally[f"{kinds} {'same' if mine == other else 'other'}"] += 1
        if mine != other:
            different.append(f"{case.model.id} TP {case.ranks} {case.width} {case.context}: {mine} for {other}")
    return tally, different


def _kind(mixer: Mixer) -> str:
    return f"{mixer.kind} with window" if mixer.window else mixer.kind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--models", type=int, default=1000, help="at most so many")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    models = [model for model in shapes() if not model.encoder][: options.models]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        tally, different = compared(loaded(fetched(folder)), models)
    print(*different, sep="\n")
    same = sum(count for kinds, count in tally.items() if kinds.endswith(" same"))
    print(f"{len(models)} models, {same} of {tally.total()} configurations the same")
    for kinds, count in sorted(tally.items()):
        print(f"    {kinds}: {count}")
    if options.write:
        _write(len(models), same, tally)
    sys.exit(bool(different))


def _write(models: int, same: int, tally: Counter[str]) -> None:
    kinds = sorted({name.rpartition(" ")[0] for name in tally})
    lines = [
        f"| {name} | {tally[f'{name} same']} of {tally[f'{name} same'] + tally[f'{name} other']} |" for name in kinds
    ]
    text = f"""### vLLM {VERSION}

`python benchmarks/accuracy/vllm_planner.py`: {models} models of the catalogue with layers of their own × tensor
parallelism 1, 2, 4, 8 × 16-bit and fp8 cache × 4,096, 32,768 and 131,072 tokens × memory that suffices or does not.
Bytes of a block, blocks, bytes of a request, concurrency and the engine's words where it refuses are equal in
**{same:,} of {tally.total():,}** configurations.

| layers | the same |
|---|---|
"""
    text += "\n".join(lines) + "\n"
    target = Path(__file__).resolve().parent / "data" / "agreement" / "vllm.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
