"""Models of known shape for the tests of engines."""

from __future__ import annotations

from llmlint.catalog.counting import counted
from llmlint.catalog.rows import Ffn, LayerGroup, Mixer, Model


def _dense(name: str, layers: int, hidden: int, inter: int, heads: int, kv_heads: int, head: int, tied: bool) -> Model:  # noqa: PLR0917
    group = LayerGroup(layers, Mixer("gqa", heads, kv_heads, head), Ffn("dense", inter))
    return _row(name, "llama", hidden, 128_256, tied, (group,))


def _row(name: str, arch: str, hidden: int, vocab: int, tied: bool, groups: tuple[LayerGroup, ...]) -> Model:  # noqa: PLR0917
    row = Model(name)._replace(
        arch=arch, hidden=hidden, vocab=vocab, tied=tied, groups=groups, max_ctx=131_072, dtype="bfloat16"
    )
    return counted(row)


def _gemma(name: str, layers: int, hidden: int, inter: int) -> Model:
    def group(count: int, window: int | None) -> LayerGroup:
        mixer = Mixer("gqa", 16, 8, 256, window=window, qk_norm="head")
        return LayerGroup(count, mixer, Ffn("dense", inter), 4)

    full = layers // 6
    return _row(name, "gemma3", hidden, 262_208, True, (group(layers - full, 1024), group(full, None)))


EXPERTS = LayerGroup(48, Mixer("gqa", 32, 4, 128, qk_norm="head"), Ffn("moe", 768, experts=128, active=8))
MODELS = {
    "llama-3.2-1b": _dense("llama-3.2-1b", 16, 2048, 8192, 32, 8, 64, True),
    "llama-3.1-8b": _dense("llama-3.1-8b", 32, 4096, 14_336, 32, 8, 128, False),
    "llama-3.1-70b": _dense("llama-3.1-70b", 80, 8192, 28_672, 64, 8, 128, False),
    "qwen3-30b-a3b": _row("qwen3-30b-a3b", "qwen3_moe", 2048, 151_936, False, (EXPERTS,)),
    "gemma-3-12b": _gemma("gemma-3-12b", 48, 3840, 15_360),
}
