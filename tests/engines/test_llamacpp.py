"""llama.cpp and Ollama: buffers to the byte as the engine reports them, placement, --fit, and what it would say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmlint.catalog import Catalogue
from llmlint.catalog.rows import LayerGroup, Mixer, Model
from llmlint.engines import ollama, registry
from llmlint.engines.llamacpp import buffers, cache, outcome
from llmlint.engines.llamacpp.settings import settings
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Card, Draft, Flag, Request
from llmlint.engines.weights import gguf
from tests.engines.models import MODELS

GIB, MIB = 2**30, 2**20
CASES = [json.loads(line) for line in (Path(__file__).parent / "llamacpp_buffers.jsonl").read_text().splitlines()]
"""Bytes of cache and compute buffer that llama.cpp reports without allocating (node-llama-cpp 3.22.1, CPU backend)."""

OTHERS = [json.loads(line) for line in (Path(__file__).parent / "llamacpp_other_layers.jsonl").read_text().splitlines()]
"""The same for sinks, delta nets and latent attention; files of 16 bits."""


def _request(model: Model, flags: dict[str, Flag], **others: object) -> Request:
    return Request(model, "declared", "q4_k_m", True, flags=flags)._replace(**others)  # type: ignore[arg-type]


def _cards(gib: float, count: int = 1) -> tuple[Card, ...]:
    return (Card("GPU", count, round(gib * GIB), "measured"),)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['model']}-{case['bytes']}")
def test_buffers_to_the_byte(case: dict[str, int | str | bool]) -> None:
    model, batch = MODELS[str(case["model"])], int(case.get("batch", 512))
    windows = any(group.mixer.window for group in model.groups or ())
    if windows and not case.get("swaFull"):
        batch += 1  # node-llama-cpp adds a token for windows
    slots = int(case.get("sequences", 1))
    flags: dict[str, Flag] = {
        "parallel": str(slots),
        "ubatch-size": str(batch),
        "batch-size": str(batch),
        "flash-attn": "on" if case.get("flash", True) else "off",
        "cache-type-k": str(case.get("kType", "f16")),
        "cache-type-v": str(case.get("vType", "f16")),
        "swa-full": bool(case.get("swaFull")),
    }
    chosen = settings(_request(model, flags))
    context = int(case["context"]) * slots
    found = cache.total(model, chosen, context)
    assert found is not None
    # A quantised V may leave room for a hidden state; an odd batch costs up to 31 bytes of alignment.
    slack = 4 * batch * (model.hidden or 0) if "vType" in case else 31
    assert abs(found + buffers.compute(model, chosen, context) - int(case["bytes"])) <= slack


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: f"{case['model']}-{case['bytes']}")
def test_other_layers(case: dict[str, int | str | bool]) -> None:
    model = Catalogue().model(str(case["model"])).row
    assert model is not None
    flags: dict[str, Flag] = {"parallel": str(case["slots"]), "flash-attn": "on" if case["flash"] else "off"}
    flags |= {"ubatch-size": str(case["micro"]), "batch-size": str(case["micro"])}
    chosen, context = settings(_request(model, flags)), int(case["context"])
    kept = (cache.total(model, chosen, context) or 0) + cache.state_bytes(model, chosen)
    least, most = buffers.ends(model, chosen, context, 1)
    assert least <= int(case["bytes"]) - kept <= most
    found = gguf.file(model, "f16")
    assert found is not None
    assert found.total == case["weights"]


@pytest.mark.parametrize(
    ("model", "context", "batch", "size"),
    [
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", 8192, 512, 218_118_144),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", 32_768, 2048, 973_135_872),
        ("mistralai/Mixtral-8x22B-Instruct-v0.1", 8192, 512, 260_061_184),
        ("Qwen/Qwen3-235B-A22B", 32_768, 512, 327_944_192),  # narrow experts: its logits are larger
    ],
)
def test_compute_buffer_of_mixtures(model: str, context: int, batch: int, size: int) -> None:
    """As llama.cpp reports it (node-llama-cpp 3.22.1, CPU backend): experts are as wide as a token uses of them."""
    row = Catalogue().model(model).row
    assert row is not None
    chosen = settings(_request(row, {"ubatch-size": str(batch), "parallel": "1", "flash-attn": "on"}))
    assert buffers.compute(row, chosen, context) == size


def test_the_draft_model_lies_beside_the_large_one() -> None:
    large, small = MODELS["llama-3.1-8b"], Catalogue().model("meta-llama/Llama-3.2-1B-Instruct").row
    assert small is not None
    file = gguf.file(small, "q8_0")
    assert file is not None
    flags: dict[str, Flag] = {"ctx-size": "8192", "n-gpu-layers": "99", "spec-draft-model": "draft.gguf"}
    alone = outcome(_request(large, flags, cards=_cards(24)))
    both = outcome(_request(large, flags, cards=_cards(24), draft=Draft(small, "q8_0")))
    held = next(item.bytes for item in both.gpu if item.name == "draft_model")
    layers, kept = sum(file.layers) + (file.head or file.embedding) + file.others, 8192 * 16 * 8 * (64 + 64) * 2
    assert held == layers + kept + buffers.compute(small, settings(_request(small, flags)), 8192)
    assert (alone.verdict, both.verdict) == ("fits", "fits")
    little = outcome(_request(large, flags, cards=_cards(7.5), draft=Draft(small, "q8_0")))
    assert (outcome(_request(large, flags, cards=_cards(7.5))).verdict, little.verdict) == ("fits", "does-not-fit")


def test_a_cache_type_of_a_private_build_is_unknown() -> None:
    found = outcome(_request(MODELS["llama-3.1-8b"], {"cache-type-k": "turbo3", "ctx-size": "4096"}, cards=_cards(24)))
    assert found.unknown == ("engine.args",)
    assert found.cache is None
    assert found.verdict == "fits"  # with 4 bits as with 16
    kept = next(item for item in found.gpu if item.name == "kv_cache")
    assert (kept.low, kept.high) == (kept.bytes * 18 // 64, kept.bytes)


@pytest.mark.parametrize(("context", "verdict"), [("16384", "fits"), ("65536", "unknown"), ("262144", "does-not-fit")])
def test_where_the_type_of_the_cache_decides_the_verdict_is_unknown(context: str, verdict: str) -> None:
    flags: dict[str, Flag] = {"cache-type-k": "turbo3", "cache-type-v": "turbo3", "ctx-size": context}
    flags["n-gpu-layers"] = "99"
    assert outcome(_request(MODELS["llama-3.1-8b"], flags, cards=_cards(10))).verdict == verdict


def test_shared_memory_of_unstated_size_is_judged_where_any_size_says_the_same() -> None:
    asked: dict[str, Flag] = {"ctx-size": "8192"}
    small, large, sizes = MODELS["llama-3.1-8b"], MODELS["llama-3.1-70b"], (28 * GIB, 108 * GIB)
    found = outcome(_request(small, asked, cards=(), unified=True, working_sets=sizes))
    assert (found.verdict, found.usable) == ("fits", 28 * GIB)
    assert "No memory is stated" in found.remarks[0]
    open_ = outcome(_request(large, asked, cards=(), unified=True, working_sets=sizes))
    assert (open_.verdict, open_.unknown) == ("unknown", ("machine.ram",))


def test_what_shared_memory_holds_is_counted_once() -> None:
    shared = {"cards": (), "unified": True, "working_set": 5 * GIB, "ram": 8 * GIB}
    assert outcome(_request(MODELS["llama-3.1-8b"], {"ctx-size": "4096"}, **shared)).verdict == "tight"
    assert outcome(_request(MODELS["llama-3.1-70b"], {"ctx-size": "4096"}, **shared)).verdict == "does-not-fit"


def test_padding_and_streams() -> None:
    model = MODELS["llama-3.1-8b"]
    own = settings(_request(model, {"parallel": "16", "kv-unified": False}))
    assert own.streams == 16
    assert cache.total(model, own, 65_536) == 65_536 * 131_072
    shared = settings(_request(model, {}))
    assert (shared.slots, shared.unified) == (4, True)
    assert cache.total(model, shared, 4_000) == 4_096 * 131_072
    old = settings(_request(model, {}, version=(1691,)))
    assert (old.slots, old.flash, old.layers, old.fit) == (1, False, 0, False)
    assert cache.total(model, old, 4_000) == 4_000 * 131_072


def test_quantised_cache() -> None:
    model = MODELS["llama-3.1-8b"]
    chosen = settings(_request(model, {"cache-type-k": "q8_0", "cache-type-v": "q4_0"}))
    assert cache.per_token(model, chosen) == 32 * 1024 * (34 + 18) // 32


def test_latent_attention_keeps_one_compressed_key() -> None:
    mixer = Mixer("mla", 128, q_lora=1536, kv_lora=512, nope=128, rope=64, v=128)
    model = MODELS["llama-3.1-8b"]._replace(groups=(LayerGroup(61, mixer, MODELS["llama-3.1-8b"].groups[0].ffn),))  # type: ignore[index]
    assert cache.total(model, settings(_request(model, {})), 16_384) == 16_384 * 61 * 576 * 2
    full = settings(_request(model, {}, version=(4800,)))
    assert cache.total(model, full, 512) == 512 * 61 * 128 * (192 + 128) * 2


def _item(found: Outcome, name: str) -> int:
    return next((item.bytes for item in found.gpu if item.name == name), 0)


def test_fits_a_large_card() -> None:
    found = outcome(_request(MODELS["llama-3.1-8b"], {"ctx-size": "8192"}, cards=_cards(24)))
    assert found.verdict == "fits"
    assert _item(found, "kv_cache") == GIB
    assert _item(found, "weights") == 4_617_396_224
    assert found.cache is not None
    assert (found.cache.capacity_tokens, found.cache.max_context) == (8192, 8192)


def test_fit_shortens_a_context_nobody_chose() -> None:
    found = outcome(_request(MODELS["llama-3.1-8b"], {}, cards=_cards(12)))
    assert found.cache is not None
    assert found.cache.capacity_tokens is not None
    assert 4_096 < found.cache.capacity_tokens < 131_072
    assert found.verdict == "fits"
    assert found.refusal == ""
    assert any("reduces the context" in remark for remark in found.remarks)
    assert sum(item.bytes for item in found.gpu) + GIB <= 12 * GIB


def test_fit_moves_layers_but_not_those_that_were_pinned() -> None:
    asked: dict[str, Flag] = {"ctx-size": "8192"}
    moved = outcome(_request(MODELS["llama-3.1-70b"], asked, cards=_cards(24)))
    assert (moved.verdict, moved.refusal) == ("tight", "")
    assert any("stay on the host" in remark for remark in moved.remarks)
    pinned = outcome(_request(MODELS["llama-3.1-70b"], asked | {"n-gpu-layers": "99"}, cards=_cards(24)))
    assert pinned.verdict == "does-not-fit"
    assert "n_gpu_layers already set by user to 99, abort" in pinned.refusal
    assert "cudaMalloc failed: out of memory" in pinned.refusal
    small = outcome(_request(MODELS["llama-3.1-70b"], asked, cards=_cards(24), ram=8 * GIB))
    assert small.verdict == "does-not-fit"


def test_experts_go_to_the_host_first() -> None:
    found = outcome(_request(MODELS["qwen3-30b-a3b"], {"ctx-size": "8192"}, cards=_cards(12)))
    assert (found.verdict, found.refusal) == ("tight", "")
    assert any("experts" in remark for remark in found.remarks)
    assert _item(found, "kv_cache") == 8192 * 98_304
    host = sum(item.bytes for item in found.host if item.name == "weights")
    assert 6 * GIB < host < 12 * GIB


def test_two_cards_share_the_layers() -> None:
    one = outcome(_request(MODELS["llama-3.1-70b"], {"ctx-size": "8192"}, cards=_cards(80)))
    two = outcome(_request(MODELS["llama-3.1-70b"], {"ctx-size": "8192"}, cards=_cards(80, 2)))
    assert 0.49 < _item(two, "weights") / _item(one, "weights") < 0.53
    assert _item(two, "kv_cache") <= _item(one, "kv_cache") * 41 / 80


def test_without_gpu_or_knowledge() -> None:
    asked: dict[str, Flag] = {"ctx-size": "8192"}
    model = MODELS["llama-3.1-8b"]
    alone = outcome(_request(model, asked, cards=(), ram=32 * GIB))
    assert (alone.verdict, alone.gpu) == ("fits", ())
    assert outcome(_request(model, asked, cards=(), ram=4 * GIB)).verdict == "does-not-fit"
    unknown = outcome(_request(model, asked))
    assert (unknown.verdict, unknown.unknown) == ("unknown", ("machine.gpus",))
    assert _item(unknown, "kv_cache") == GIB
    assert outcome(_request(Model("x"), asked)).unknown == ("model.architecture",)
    assert outcome(_request(model, {"cache-type-k": "turbo3"})).unknown == ("engine.args", "machine.gpus")


def test_requests_longer_than_a_slot() -> None:
    flags: dict[str, Flag] = {"ctx-size": "8192", "parallel": "4", "kv-unified": False}
    found = outcome(_request(MODELS["llama-3.1-8b"], flags, cards=_cards(24), context=4096))
    assert found.cache is not None
    assert found.cache.max_context == 2048
    assert any("exceeds the available context size (2048 tokens)" in remark for remark in found.remarks)


def test_ollama_chooses_by_memory() -> None:
    model = MODELS["llama-3.1-8b"]
    for gib, context in ((8.0, 4_096), (23.6, 32_768), (80.0, 131_072)):
        found = ollama.outcome(_request(model, {}, cards=_cards(gib)))
        assert found.cache is not None
        assert found.cache.capacity_tokens == context
        assert found.refusal == ""
    set_by_user = ollama.outcome(_request(model, {"OLLAMA_CONTEXT_LENGTH": "8192", "OLLAMA_NUM_PARALLEL": "2"}))
    assert set_by_user.cache is not None
    assert set_by_user.cache.capacity_tokens == 16_384
    assert registry.engine("ollama") is not None


def test_formats_that_are_no_gguf() -> None:
    model = MODELS["llama-3.1-8b"]
    assert outcome(_request(model, {}, weights="awq")).unknown == ("precision",)
    meant = outcome(_request(model, {"ctx-size": "8192"}, weights="int4", cards=_cards(24)))
    assert any("q4_k_m" in remark for remark in meant.remarks)
    tag = ollama.outcome(_request(model, {}, weights="fp16", weights_stated=False, cards=_cards(24)))
    assert tag.storage[0].bytes == 4_912_898_048
