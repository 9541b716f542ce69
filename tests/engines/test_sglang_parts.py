"""SGLang's share and pool worked out by hand, term by term (memory_hook.py and pool_configurator.py of 0.5.23)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from llmlint.catalog.catalogue import Catalogue
from llmlint.catalog.rows import Ffn, LayerGroup, Mixer, Model
from llmlint.engines import registry
from llmlint.engines.cards import smallest
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Flag, Request
from llmlint.engines.sglang import pool, share
from llmlint.engines.sglang.pool import Cell
from llmlint.engines.weights import rank_weights

CATALOGUE = Catalogue()
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
DENSE = Ffn("dense", 128)
GQA = LayerGroup(3, Mixer("gqa", 4, 2, 16), DENSE)
WINDOW = LayerGroup(5, Mixer("gqa", 4, 2, 16, window=512), DENSE)
MLA = LayerGroup(3, Mixer("mla", 4, 4, 0, nope=8, rope=12, kv_lora=32, v=8), DENSE)
INDEXED = MLA._replace(mixer=MLA.mixer._replace(indexer_heads=1, indexer_dim=128))


def request(flags: Mapping[str, Flag], model: Model | str = LLAMA, gpu: str = "RTX 4090") -> Request:
    row = CATALOGUE.model(model).row if isinstance(model, str) else model
    card = CATALOGUE.accelerator(gpu).row
    assert row is not None
    assert card is not None
    cards = (Card(gpu, 1, card.usable_bytes, card.usable_basis, card.memory_bytes, card),)
    return Request(row, "catalogue", "bf16", True, flags=dict(flags), cards=cards)


@pytest.mark.parametrize(
    ("gib", "ranks", "expected"),
    [
        (20 - 1 / 1024, 1, (2048, 8)),
        (20 - 1 / 1024, 4, (2048, 8)),
        (20, 1, (4096, 48)),
        (20, 3, (4096, 48)),
        (20, 4, (4096, 160)),
        (35, 1, (4096, 32)),
        (35, 4, (4096, 160)),
        (60, 1, (8192, 256)),
        (60, 4, (8192, 512)),
        (160, 1, (16384, 512)),
    ],
)
def test_chunks_and_batches_by_the_size_of_the_gpu(gib: float, ranks: int, expected: tuple[int, int]) -> None:
    assert share.batches(gib * 1024, ranks) == expected


@pytest.mark.parametrize(
    ("most", "sizes"),
    [
        *((3, 0), (4, 1), (32, 8), (47, 8), (48, 9), (256, 22), (288, 23), (512, 30), (576, 31), (1024, 38)),
        *((1280, 39), (2048, 42), (4096, 50), (4607, 50), (4608, 51), (8192, 58)),
    ],
)
def test_sizes_of_prefill_graphs(most: int, sizes: int) -> None:
    assert share.prefill_graphs(most) == sizes


COMPUTED: list[tuple[int, tuple[int, int], dict[str, Flag], int]] = [
    # MiB, ranks and stages, arguments, MiB reserved: 512 + 1.5 × chunk + 128 a rank + 2 × batch + 8 × graphs
    (24564, (1, 1), {}, 512 + 6144 + 128 + 96 + 400),
    (24564, (2, 2), {}, 512 + 6144 + 512 + 96 + 400),
    (24564, (1, 1), {"chunked-prefill-size": 1024}, 512 + 3072 + 128 + 96 + 304),
    (24564, (1, 1), {"disable-cuda-graph": True}, 512 + 6144 + 128 + 400),
    (24564, (1, 1), {"max-running-requests": 10}, 512 + 6144 + 128 + 20 + 400),
    (24564, (1, 1), {"max-running-requests": 100}, 512 + 6144 + 128 + 96 + 400),
    (24564, (1, 1), {"cuda-graph-max-bs": 100}, 512 + 6144 + 128 + 200 + 400),
    (24564, (1, 1), {"cuda-graph-max-bs-decode": 7, "cuda-graph-max-bs": 100}, 512 + 6144 + 128 + 14 + 400),
    (81920, (1, 1), {}, 512 + 12288 + 128 + 512 + 464),
    (81920, (1, 1), {"chunked-prefill-size": 2048, "disable-cuda-graph": True}, 10240),
    (61440, (1, 1), {"chunked-prefill-size": 2048, "disable-cuda-graph": True}, 512 + 3072 + 128 + 336),
]


@pytest.mark.parametrize(("total", "sizes", "flags", "reserved"), COMPUTED)
def test_what_is_reserved(total: int, sizes: tuple[int, int], flags: dict[str, Flag], reserved: int) -> None:
    assert share.computed(total, *sizes, request(flags)) == round((total - reserved) / total, 3)


def test_latent_attention_and_encoders_reserve_otherwise() -> None:
    latent = request({}, Model("x", groups=(MLA,)))
    assert share.computed(24564, 1, 1, latent) == round((24564 - (512 + 6144 + 128 + 96 + 1536)) / 24564, 3)
    seeing = request({}, Model("x", groups=(GQA,), vision=1))
    assert share.computed(24564, 1, 1, seeing) == 0.704 * 0.95


@pytest.mark.parametrize(
    ("ranks", "fraction"), [(1, 0.88), (2, 0.87), (3, 0.87), (4, 0.85), (7, 0.85), (8, 0.81), (16, 0.79), (32, 0.79)]
)
def test_older_versions_go_by_ranks(ranks: int, fraction: float) -> None:
    asked = request({})._replace(version=(0, 4, 8))
    device = smallest(asked)
    assert device is not None
    assert share.share(asked, device, ranks, 1) == (
        fraction,
        f"{fraction:g}, the default of this version for {ranks} ranks",
    )
    stated = share.share(asked._replace(flags={"mem-fraction-static": "0.75"}), device, ranks, 1)
    assert stated == (0.75, "--mem-fraction-static 0.75")
    since = share.share(asked._replace(version=(0, 4, 9)), device, 1, 1)
    assert since.because == f"{since.fraction:g}, computed from {since.because.split()[-2]} MiB"


@pytest.mark.parametrize(
    ("groups", "ranks", "width", "expected"),
    [
        ((GQA,), 1, 2, Cell(384, 0, False)),
        ((GQA,), 2, 2, Cell(192, 0, False)),
        ((GQA,), 4, 2, Cell(192, 0, False)),
        ((GQA,), 1, 0.5, Cell(96, 0, False)),
        ((GQA, WINDOW), 1, 2, Cell(384, 640, False)),
        ((GQA, GQA), 1, 1, Cell(384, 0, False)),
        ((WINDOW, WINDOW), 1, 1, Cell(0, 640, False)),
        ((GQA._replace(mixer=GQA.mixer._replace(v_head_dim=8)),), 1, 2, Cell(288, 0, False)),
        ((MLA,), 4, 2, Cell(264, 0, False)),
        ((MLA, MLA), 1, 1, Cell(264, 0, False)),
        ((INDEXED,), 1, 2, Cell(3 * (88 + 132), 0, False)),
        *(((GQA, LayerGroup(1, Mixer(kind), DENSE)), 1, 2, Cell(384, 0, True)) for kind in ("gdn", "mamba2")),
        ((LayerGroup(1, Mixer("shortconv"), DENSE),), 1, 2, Cell(0, 0, True)),
    ],
)
def test_bytes_of_a_token(groups: tuple[LayerGroup, ...], ranks: int, width: float, expected: Cell) -> None:
    assert pool.cell(groups, ranks, width) == expected


@pytest.mark.parametrize(
    ("size", "flags", "held"),
    [
        (Cell(384, 0, False), {}, 26),
        (Cell(384, 0, True), {}, 13),
        (Cell(384, 0, True), {"mamba-full-memory-ratio": 0.5}, 17),
        (Cell(100, 50, False), {}, 71),
        (Cell(100, 50, False), {"swa-full-tokens-ratio": 0.5}, 80),
        (Cell(100, 50, False), {"disable-hybrid-swa-memory": True}, 66),
        (Cell(0, 50, False), {}, 200),
        (Cell(0, 0, False), {}, 0),
        (Cell(100, 0, False), {"max-total-tokens": 5}, 5),
        (Cell(100, 0, False), {"max-total-tokens": 500}, 100),
    ],
)
def test_tokens_of_ten_thousand_bytes(size: Cell, flags: dict[str, Flag], held: int) -> None:
    assert pool.tokens(request(flags), size, 10_000) == held
    assert pool.tokens(request(flags), size, -1) == 0


def outcome(asked: Request) -> Outcome:
    engine = registry.engine("sglang")
    assert engine is not None
    return engine.outcome(asked)


def test_its_sums_add_up_by_hand() -> None:
    found = outcome(request({"mem-fraction-static": 0.9}))
    items = {item.name: item for item in found.gpu}
    runtime = round(0.5 * 2**30)
    assert (items["runtime"].bytes, items["runtime"].low, items["runtime"].high) == (
        runtime,
        round(0.3 * 2**30),
        round(0.8 * 2**30),
    )
    assert found.usable is not None
    free = found.usable - runtime
    assert found.budget == round(free * 0.9)
    assert items["activations"].bytes == round(free * (1 - 0.9))
    assert items["activations"].because == "left free for activations and graphs: share --mem-fraction-static 0.9"
    room = found.usable - items["weights"].bytes - runtime - items["activations"].bytes
    assert items["kv_cache"].bytes == room
    assert found.cache is not None
    assert found.cache.bytes_per_token == 131_072
    assert found.cache.capacity_tokens == room // 131_072
    assert found.cache.max_context == room // 131_072
    assert found.cache.max_concurrency == (room // 131_072) / 131_072
    assert (found.verdict, found.refusal, found.unknown) == ("fits", "", ())


def test_what_is_planned_is_held_against_the_pool() -> None:
    asked = request({"mem-fraction-static": 0.9, "context-length": 8192})._replace(context=8192, concurrency=9)
    found = outcome(asked)
    assert found.cache is not None
    assert found.cache.needed_bytes == 131_072 * 8192 * 9
    at_once = (found.cache.capacity_tokens or 0) // 8192
    assert found.remarks == (f"{at_once} requests of 8192 tokens fit at once, the rest wait",)
    assert outcome(asked._replace(concurrency=at_once)).remarks == ()
    longer = outcome(asked._replace(context=8193, concurrency=None))
    assert longer.remarks == ("requests of 8193 tokens are refused: at most 8192 fit",)
    assert longer.cache is not None
    assert longer.cache.needed_bytes == 131_072 * 8193


def test_weights_that_fill_the_share_or_the_gpu_are_refused_in_its_words() -> None:
    full = outcome(request({"mem-fraction-static": 0.5}))
    items = {item.name: item.bytes for item in full.gpu}
    assert full.usable is not None
    least = items["weights"] / (full.usable - items["runtime"])
    assert full.refusal == (
        f"Loaded weights leave no GPU memory for the KV cache under --mem-fraction-static=0.5. "
        f"Raise --mem-fraction-static above {int(least * 1000 + 1) / 1000:.3f} "
        f"(minimum viable = 1 - available/pre = {least:.4f}). "
        "If using speculative decoding, draft weights are now counted."
    )
    assert (full.verdict, full.cache) == ("does-not-fit", None)
    beyond = outcome(request({}, "meta-llama/Llama-3.3-70B-Instruct"))
    size = next(item.bytes for item in beyond.gpu if item.name == "weights")
    assert beyond.refusal == f"CUDA out of memory. Tried to allocate {size / 2**30:.2f} GiB."


@pytest.mark.parametrize(
    ("gpu", "tensor", "likely", "low", "high"),
    [
        ("RTX 4090", 1, 0.5, 0.3, 0.8),
        ("RTX 4090", 2, 0.75, 0.5, 2.2),
        ("H200", 2, 1.7, 0.7, 2.2),
        ("MI300X", 1, 6.1, 0.3, 8.1),
        ("GB10", 1, 10.0, 0.3, 14.0),
    ],
)
def test_what_is_gone_before_the_weights(gpu: str, tensor: int, likely: float, low: float, high: float) -> None:
    item = next(item for item in outcome(request({"tp-size": tensor}, gpu=gpu)).gpu if item.name == "runtime")
    assert (item.bytes, item.low, item.high) == tuple(round(size * 2**30) for size in (likely, low, high))


def test_what_loading_leaves_behind_is_in_the_ends_too() -> None:
    asked = request({"mem-fraction-static": 0.9})
    bare = rank_weights(asked.model, "bf16")
    assert bare is not None
    item = next(item for item in outcome(asked).gpu if item.name == "weights")
    more = [round(part * 2**30) for part in (0.3, 0.0, 0.4)]
    assert [item.bytes, item.low, item.high] == [bare.bytes + more[0], bare.bytes + more[1], bare.bytes + more[2]]
    assert item.because == f"{bare.because}, and what loading leaves behind"


@pytest.mark.parametrize("name", ["ep-size", "expert-parallel-size"])
def test_experts_are_dealt_where_either_word_says_so(name: str) -> None:
    """128 experts on 3 ranks: 43 whole ones, not a third of each."""
    cut, one, dealt = (
        next(item.bytes for item in outcome(request(flags, "Qwen/Qwen3-30B-A3B", "H200")).gpu if item.name == "weights")
        for flags in ({"tp-size": 5}, {"tp-size": 5, name: 1}, {"tp-size": 5, name: 5})
    )
    assert cut == one != dealt


def test_data_parallel_attention_is_said_to_be_a_lower_bound() -> None:
    said = "data-parallel attention keeps its weights on every rank: the weights are a lower bound"
    assert outcome(request({"enable-dp-attention": True})).remarks == (said,)
    assert outcome(request({})).remarks == ()


def test_the_size_that_a_share_is_computed_from_is_told_in_whole_mib() -> None:
    row = CATALOGUE.accelerator("RTX 4090").row
    assert row is not None
    assert row.reported_bytes is not None
    item = next(item for item in outcome(request({})).gpu if item.name == "activations")
    assert item.because.endswith(f", computed from {row.reported_bytes // 2**20} MiB")
