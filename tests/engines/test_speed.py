"""Tokens a second against published runs, and what must hold of any of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlint.catalog.rows import Accelerator, Model
from llmlint.engines.speed import CLASSES, Work, class_of, layers_of, read_per_token, speed

CARDS = {
    "RTX 4090": Accelerator("rtx-4090", vendor="nvidia", cc="8.9", bandwidth=1008e9),
    "RTX A6000": Accelerator("rtx-a6000", vendor="nvidia", cc="8.6", bandwidth=768e9),
    "A100": Accelerator("a100", vendor="nvidia", cc="8.0", bandwidth=1935e9, dense_tflops=(("bf16", 312),)),
    "M2 Ultra": Accelerator("m2", vendor="apple", arch="Apple M2 Ultra", unified=True, bandwidth=800e9),
    "M3 Max": Accelerator("m3", vendor="apple", arch="Apple M3 Max", unified=True, bandwidth=400e9),
    "Strix Halo": Accelerator("8060s", vendor="amd", arch="RDNA 3.5", unified=True, bandwidth=256e9),
}
GIB = 2**30


def work(gib: float, bits: float, billions: float, depth: int = 512, **more: Any) -> Work:
    return Work("llama.cpp", round(gib * GIB), bits, round(billions * 1e9), depth=depth)._replace(**more)


@pytest.mark.parametrize(
    ("card", "job", "measured"),
    [  # github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference (tg512) and kyuz0/amd-strix-halo-toolboxes (tg128)
        ("RTX 4090", work(4.58, 4.89, 8.03), 130.58),
        ("RTX 4090", work(14.96, 16, 8.03), 54.84),
        ("RTX A6000", work(39.59, 4.89, 70.55), 14.71),
        ("A100", work(39.59, 4.89, 70.55), 22.31),
        ("M2 Ultra", work(39.59, 4.89, 70.55), 12.48),
        ("M3 Max", work(4.58, 4.89, 8.03), 48.97),
        ("Strix Halo", work(17.46, 4.89, 30.7, 128), 11.45),
    ],
)
def test_recorded_runs_lie_in_the_interval(card: str, job: Work, measured: float) -> None:
    found = speed(CARDS[card], job)
    assert found is not None
    assert found.decode.low <= measured <= found.decode.high
    assert found.decode.likely == pytest.approx(measured, rel=0.15)


def test_what_is_not_known_is_not_answered() -> None:
    assert speed(Accelerator("x", vendor="nvidia", cc="8.9"), work(4, 4, 8)) is None
    assert speed(Accelerator("x", vendor="google", bandwidth=1e12), work(4, 4, 8)) is None
    assert speed(CARDS["RTX 4090"], work(4, 4, 8, host=GIB)) is None
    assert speed(Accelerator("x", vendor="nvidia", cc="8.9"), work(4, 4, 8), bandwidth=5e11) is not None


def test_prefill_needs_the_arithmetic_rate() -> None:
    fast, slow = speed(CARDS["A100"], work(14.96, 16, 8.03)), speed(CARDS["RTX 4090"], work(14.96, 16, 8.03))
    assert fast is not None
    assert fast.prefill is not None
    assert fast.prefill.low <= 7741 <= fast.prefill.high  # the A100's pp512 of the same source
    assert slow is not None
    assert slow.prefill is None


def test_a_mixture_reads_its_active_part() -> None:
    assert read_per_token(Model("a", parameters=100, active=10), 1000) == 100
    assert read_per_token(Model("a", parameters=100, active=100), 1000) == 1000
    assert read_per_token(Model("a"), 1000) == 1000


def test_requests_of_a_mixture_wake_more_experts() -> None:
    job = work(1, 16, 0.5, mixture=True, whole=20 * GIB, requests=8)
    together, alike = speed(CARDS["A100"], job), speed(CARDS["A100"], job._replace(whole=None))
    assert together is not None
    assert alike is not None
    assert together.decode.likely < alike.decode.likely


def test_captured_graphs_make_small_models_faster() -> None:
    plain, graphs = (speed(CARDS["A100"], work(1, 16, 0.5, engine=engine)) for engine in ("llama.cpp", "vllm"))
    assert plain is not None
    assert graphs is not None
    assert graphs.decode.likely > 1.5 * plain.decode.likely


@pytest.mark.parametrize(
    ("vendor", "arch", "cc", "unified", "name"),
    [
        ("nvidia", "Blackwell 2.0", "12.1", True, "nvidia-unified"),
        ("nvidia", "Ampere", "8.7", False, "nvidia-unified"),
        ("nvidia", "Hopper", "9.0", False, "nvidia-hbm"),
        ("nvidia", "Pascal", "6.1", False, "nvidia-pascal"),
        ("apple", "Apple M1 Max", None, True, "apple-1"),
        ("apple", "Apple M5", None, True, "apple"),
        ("amd", "RDNA 4.0", None, False, "amd"),
        ("amd", "CDNA 3.0", None, False, None),
        ("intel", "Xe2-HPG", None, False, "intel"),
        ("aws", None, None, False, None),
    ],
)
def test_classes(vendor: str, arch: str | None, cc: str | None, unified: bool, name: str | None) -> None:
    assert class_of(Accelerator("x", vendor=vendor, arch=arch, cc=cc, unified=unified)) == name


@given(
    st.sampled_from(sorted(CARDS)),
    st.floats(0.1, 200),
    st.sampled_from([4.5, 8.5, 16]),
    st.integers(0, 10**6),
    st.integers(1, 64),
    st.booleans(),
)
def test_bounds_hold_and_more_work_is_slower(  # noqa: PLR0917
    card: str, gib: float, bits: float, depth: int, requests: int, mixture: bool
) -> None:
    job = work(gib, bits, gib * 8 / bits * 1.0737, depth, requests=requests, mixture=mixture)
    one, more = speed(CARDS[card], job), speed(CARDS[card], job._replace(weights=job.weights * 2, depth=depth + 4096))
    assert one is not None
    assert more is not None
    assert 0 < one.decode.low <= one.decode.likely <= one.decode.high
    assert more.decode.likely <= one.decode.likely
    assert one.total.likely == pytest.approx(one.decode.likely * requests)


def test_layers_by_size_and_classes_are_sound() -> None:
    assert round(layers_of(8_000_000_000)) == 32
    assert 75 < layers_of(70_000_000_000) < 85
    for known in CLASSES.values():
        assert 0 < known.share < 1
        assert known.low < 1 < known.high
