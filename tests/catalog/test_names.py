"""What names lead to: rows, candidates, copies, closed models, near misses."""

from __future__ import annotations

import pytest

from llmlint.catalog import Catalogue
from llmlint.catalog.derived import LARGER_MIXTURES, PRECISIONS, strip_endings
from llmlint.catalog.paths import is_local
from llmlint.precision import FORMATS

GIB = 2**30


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue()


@pytest.mark.parametrize(
    ("name", "row_id", "basis", "precision"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct", "catalogue", None),
        ("Llama 3.1 8B", "meta-llama/Llama-3.1-8B", "alias", None),
        ("llama-3.1-8b", "meta-llama/Llama-3.1-8B", "alias", None),
        ("LLAMA_3.1_8B", "meta-llama/Llama-3.1-8B", "alias", None),
        ("llama3.1-8b-instruct", "meta-llama/Llama-3.1-8B-Instruct", "alias", None),
        ("meta-llama/Meta-Llama-3.1-8B", "meta-llama/Llama-3.1-8B", "alias", None),
        ("llama3.1:8b", "meta-llama/Llama-3.1-8B", "alias", None),
        ("llama3.1:8b-instruct-q4_K_M", "meta-llama/Llama-3.1-8B-Instruct", "alias", "q4_k_m"),
        ("hermes3:8b-q5_K_S", "NousResearch/Hermes-3-Llama-3.1-8B", "alias", "q5_k_s"),
        ("gemma-2-27b", "google/gemma-2-27b", "alias", None),
        ("gemma2:27b", "google/gemma-2-27b-it", "alias", None),
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B", "catalogue", "bf16"),
        ("qwen3:8b", "Qwen/Qwen3-8B", "alias", None),  # an Ollama tag is quantised; how, nobody says
        ("Qwen/Qwen3-8B-FP8", "Qwen/Qwen3-8B-FP8", "catalogue", "fp8"),
        ("deepseek-ai/DeepSeek-V3", "deepseek-ai/DeepSeek-V3", "catalogue", "fp8"),
        ("openai/gpt-oss-20b", "openai/gpt-oss-20b", "catalogue", "mxfp4"),
        ("https://huggingface.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B", "catalogue", "bf16"),
        ("TheBloke/Llama-2-13B-chat-AWQ", "meta-llama/Llama-2-13b-chat-hf", "derived-from-name", "awq"),
        ("neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8", "meta-llama/Llama-3.1-8B-Instruct", "derived-from-name", "fp8"),
        ("unsloth/Qwen3-8B-GGUF", "Qwen/Qwen3-8B", "derived-from-name", None),
        ("bartowski/Qwen_Qwen3-8B-GGUF:Q4_K_M", "Qwen/Qwen3-8B", "derived-from-name", "q4_k_m"),
        ("hf.co/bartowski/google_gemma-3-12b-it-GGUF:Q8_0", "google/gemma-3-12b-it", "derived-from-name", "q8_0"),
        ("mlx-community/Llama-3.2-3B-Instruct-4bit", "meta-llama/Llama-3.2-3B-Instruct", "derived-from-name", "int4"),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8", "Qwen/Qwen2.5-7B-Instruct", "derived-from-name", "int8"),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", "Qwen/Qwen2.5-7B-Instruct", "derived-from-name", "gptq"),
        ("unsloth/llama-3-8b-bnb-4bit", "meta-llama/Meta-Llama-3-8B", "derived-from-name", "bnb-nf4"),
        ("nvidia/Llama-3.3-70B-Instruct-FP4", "meta-llama/Llama-3.3-70B-Instruct", "derived-from-name", "nvfp4"),
        (
            "RedHatAI/Llama-3.3-70B-Instruct-quantized.w8a8",
            "meta-llama/Llama-3.3-70B-Instruct",
            "derived-from-name",
            "int8",
        ),
        ("NousResearch/Meta-Llama-3-8B", "meta-llama/Meta-Llama-3-8B", "derived-from-name", None),
        ("cyankiwi/gemma-3-12b-it-qat-AWQ-INT4", "google/gemma-3-12b-it", "derived-from-name", "awq"),
        ("gemma-3-12b-it NVFP4", "google/gemma-3-12b-it", "derived-from-name", "nvfp4"),
        ("ISTA-DASLab/gemma-3-27b-it-GPTQ-4b-128g", "google/gemma-3-27b-it", "derived-from-name", "gptq"),
        ("nvidia/DeepSeek-R1-0528-FP4-v2", "deepseek-ai/DeepSeek-R1-0528", "derived-from-name", "nvfp4"),
        ("Qwen/Qwen2.5-7B-Instruct (int4: AWQ)", "Qwen/Qwen2.5-7B-Instruct", "derived-from-name", "awq"),
        ("Qwen/Qwen2.5-3B (distilled copy)", "Qwen/Qwen2.5-3B", "derived-from-name", None),
        ("Meta-Llama-3.1-405B-Instruct-FP8", "meta-llama/Llama-3.1-405B-Instruct-FP8", "alias", "fp8"),
        ("facebook/opt-125m", "facebook/opt-125m", "catalogue", "fp16"),
    ],
)
def test_model(catalogue: Catalogue, name: str, row_id: str, basis: str, precision: str | None) -> None:
    match = catalogue.model(name)
    assert match.row is not None
    assert (match.row.id, match.basis, match.precision, match.status) == (row_id, basis, precision, "found")
    assert match.name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "foo/bar-70b",
        "llama-3.1-9b",
        "a\tb\nc",
        "\ud800",
        "x" * 10_000,
        "-",
        "4-bit",
        ":",
        "/",
        "llama3.1:70b-x",
        "q4_k_m",
    ],
)
def test_unknown(catalogue: Catalogue, name: str) -> None:
    for match in (catalogue.model(name), catalogue.accelerator(name), catalogue.machine(name)):
        assert (match.row, match.candidates, match.basis, match.status) == (None, (), "none", "unknown")
    assert catalogue.cpu(name) is None


@pytest.mark.parametrize(
    ("name", "parameters", "status", "count"),
    [
        ("LLaMA-70B", 70_000_000_000, "ambiguous", 4),  # 68.98 and 70.55 B: the size in the name is near each
        ("LLaMA-13B", 13_015_864_320, "agreed", 2),
        ("LLaMA-7B", 6_738_415_616, "agreed", 2),
        ("mistral-7b", 7_248_023_552, "ambiguous", 5),
        ("TheBloke/Mistral-7B-AWQ", 7_248_023_552, "ambiguous", 5),
        ("DeepSeek-V2-67B", None, "ambiguous", 2),
        ("deepseek-r1:8b", 8_190_735_360, "ambiguous", 2),
        ("magistral-small", 24_009_580_544, "ambiguous", 3),
    ],
)
def test_ambiguous_model(catalogue: Catalogue, name: str, parameters: int | None, status: str, count: int) -> None:
    match = catalogue.model(name)
    assert (match.parameters_agree, match.status, len(match.candidates)) == (parameters, status, count)
    assert (match.row is not None) == (status == "agreed")
    assert match.why


def test_candidates_with_the_same_layers_share_what_they_share(catalogue: Catalogue) -> None:
    match = catalogue.model("LLaMA-13B")
    assert match.row is not None
    assert (match.basis, match.row.id, match.row.max_ctx, match.row.layers) == (
        "candidates-agree",
        "LLaMA-13B",
        None,
        40,
    )


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4",
        "GPT-4 (estimated)",
        "openai/gpt-4o-mini",
        "gpt-3.5-turbo",
        "claude-3-5-sonnet-20241022",
        "gemini-1.5-pro",
        "o3",
    ],
)
def test_closed(catalogue: Catalogue, name: str) -> None:
    match = catalogue.model(name)
    assert match.row is not None
    assert (match.status, match.row.downloadable, match.row.parameters) == ("closed", False, None)
    assert "publishes no weights" in match.why


@pytest.mark.parametrize(
    "name", ["openai/gpt-oss-120b", "gpt2", "gpt4all", "someone/claude-distilled", "gemma-2-9b-it", "grok-1"]
)
def test_not_closed(catalogue: Catalogue, name: str) -> None:
    assert catalogue.model(name).status != "closed"


@pytest.mark.parametrize(
    ("name", "row_id"),
    [
        ("RTX 4090", "rtx-4090"),
        ("NVIDIA GeForce RTX 4090", "rtx-4090"),
        ("rtx4090", "rtx-4090"),
        ("4090", "rtx-4090"),
        ("RTX 4090 24GB", "rtx-4090"),
        ("NVIDIA A100-SXM4-80GB", "a100-80gb-sxm"),
        ("NVIDIA-A100-SXM4-80GB", "a100-80gb-sxm"),
        ("NVIDIA-A100-SXM4-80GB-SHARED", "a100-80gb-sxm"),
        ("nvidia-tesla-a100", "a100-40gb-sxm"),
        ("nvidia-h100-80gb", "h100-sxm"),
        ("NVIDIA H100 80GB HBM3", "h100-sxm"),
        ("NVIDIA H100 PCIe", "h100-pcie"),
        ("Tesla T4", "t4"),
        ("NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "rtx-pro-6000-workstation"),
        ("Quadro RTX 6000", "quadro-rtx-6000"),
        ("rtx-pro-server-6000", "rtx-pro-6000-server"),
        ("RTX 3060 (12 GB)", "rtx-3060-12gb"),
        ("AMD Instinct MI300X", "mi300x"),
        ("AMD Radeon RX 7900 XTX", "rx-7900-xtx"),
        ("Radeon RX 6800", "rx-6800"),
        ("M2 Max", "apple-m2-max"),
        ("Intel(R) Arc(TM) A770 16GB", "arc-a770-16gb"),
        ("DGX Spark", "gb10"),
        ("GB10 128GB unified", "gb10"),
        ("L20 48GB", "l20"),
        ("MI300X-series 192GB", "mi300x"),
        ("Tesla P40 24GB", "p40"),
        ("NVIDIA A800-SXM4-80GB", "a800-80gb-sxm"),
    ],
)
def test_accelerator(catalogue: Catalogue, name: str, row_id: str) -> None:
    match = catalogue.accelerator(name)
    assert match.row is not None
    assert (match.row.id, match.status) == (row_id, "found")


def test_a_copy_with_a_longer_context(catalogue: Catalogue) -> None:
    match = catalogue.model("unsloth/Qwen3-30B-A3B-128K-GGUF")
    assert match.row is not None
    assert (match.row.id, match.basis, match.row.max_ctx) == ("Qwen/Qwen3-30B-A3B", "derived-from-name", 131072)
    own = catalogue.model("Yi-1.5-34B-Chat-16K-GGUF").row
    assert own is not None
    assert own.id == "01-ai/Yi-1.5-34B-Chat-16K"


def test_a_size_that_a_vendor_s_device_does_not_have(catalogue: Catalogue) -> None:
    match = catalogue.accelerator("NVIDIA A10G 48GB")
    assert match.row is None
    assert match.why == "NVIDIA A10G has 24 GB, not 48 GB"


def test_apple_chip_with_its_memory(catalogue: Catalogue) -> None:
    match = catalogue.accelerator("Apple M2 Max 96GB")
    assert match.row is not None
    assert (match.row.name, match.row.unified, match.row.memory_bytes) == ("Apple M2 Max", True, 96 * GIB)
    plain = catalogue.accelerator("Apple M2 Max").row
    assert plain is not None
    assert plain.memory_bytes is None


@pytest.mark.parametrize(
    ("name", "row_id", "gigabytes", "count"),
    [
        ("H100", "h100-pcie", 80, 3),
        ("H100 80GB", "h100-pcie", 80, 2),
        ("A100", "a100-40gb-pcie", 40, 4),
        ("a100 80GB", "a100-80gb-pcie", 80, 2),
        ("H800 80GB", "h800-pcie", 80, 2),
        ("RTX 3060", "rtx-3060-8gb", 8, 2),
        ("V100", "v100-16gb-pcie", 16, 3),
        ("RTX 6000", "quadro-rtx-6000", 24, 5),
        ("RTX PRO 6000", "rtx-pro-6000-maxq", 96, 3),
    ],
)
def test_ambiguous_accelerator(catalogue: Catalogue, name: str, row_id: str, gigabytes: int, count: int) -> None:
    match = catalogue.accelerator(name)
    assert match.row is not None
    assert (match.row.id, match.row.memory_bytes, len(match.candidates)) == (row_id, gigabytes * GIB, count)
    assert (match.status, match.basis) == ("ambiguous", "least-memory")
    assert match.row.memory_bytes == min(row.memory_bytes or 0 for row in match.candidates)


def test_an_ambiguous_accelerator_is_no_better_than_its_worst_candidate(catalogue: Catalogue) -> None:
    row = catalogue.accelerator("H100").row
    assert row is not None
    assert (row.tdp_w, row.cc) == (350, "9.0")
    unknown = catalogue.accelerator("V100").row
    assert unknown is not None
    assert unknown.tdp_w is None  # one candidate's is not known


@pytest.mark.parametrize(
    ("name", "why"), [("RTX 4090 48GB", "has 24 GB, not 48 GB"), ("AMD RTX 4090", "is not made by amd")]
)
def test_contradictions_are_not_matched(catalogue: Catalogue, name: str, why: str) -> None:
    match = catalogue.accelerator(name)
    assert match.row is None
    assert why in match.why


@pytest.mark.parametrize(
    ("name", "row_id"),
    [
        ("aws/g6.xlarge", "aws/g6.xlarge"),
        ("g6.xlarge", "aws/g6.xlarge"),
        ("azure/Standard_NC24ads_A100_v4", "azure/Standard_NC24ads_A100_v4"),
        ("Standard_NC24ads_A100_v4", "azure/Standard_NC24ads_A100_v4"),
        ("NC24ads_A100_v4", "azure/Standard_NC24ads_A100_v4"),
        ("azure/Standard_ND96asr_A100_v4", "azure/Standard_ND96asr_v4"),
        ("gcp/a2-highgpu-1g", "gcp/a2-highgpu-1g"),
    ],
)
def test_machine(catalogue: Catalogue, name: str, row_id: str) -> None:
    row = catalogue.machine(name).row
    assert row is not None
    assert row.id == row_id


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("llama3.1-8B-instrct", ("meta-llama/Llama-3.1-8B-Instruct",)),
        ("metallama/lama-3.1-8b-instrcut", ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B")),
        ("llama-3.1-9b-instruct", ()),  # another size is no slip of the pen
        ("utterly-unknown", ()),
        ("", ()),
    ],
)
def test_near_models(catalogue: Catalogue, name: str, offered: tuple[str, ...]) -> None:
    assert catalogue.suggest_models(name) == offered


def test_near_devices_and_machines(catalogue: Catalogue) -> None:
    assert catalogue.suggest_accelerators("RTX 4900") == ("rtx-4090", "rtx-4090-d")
    assert catalogue.suggest_accelerators("Intel Arc A770") == ("arc-a770-16gb",)
    assert catalogue.suggest_machines("g6.xlrge")[0] == "aws/g6.xlarge"


def test_search(catalogue: Catalogue) -> None:
    assert catalogue.search("model", ["qwen3", "coder"])[0].id.startswith("Qwen/Qwen3-Coder")
    assert "h100-nvl" in [row.id for row in catalogue.search("accelerator", ["hopper"])]
    assert catalogue.search("machine", ["g6.xlarge"])[0].id == "aws/g6.xlarge"
    assert len(catalogue.search("machine", [])) > 100
    assert catalogue.search("model", ["nosuchmodel"]) == []


def test_every_implied_precision_has_a_name() -> None:
    assert {*PRECISIONS.values(), *LARGER_MIXTURES.values()} <= FORMATS.keys()


@pytest.mark.parametrize(
    ("name", "base", "precision"),
    [
        ("x-4-bit", "x", "int4"),
        ("x_awq", "x", "awq"),
        ("x.Q5_K_S.gguf", "x", "q5_k_s"),
        ("x-UD-IQ2_XXS", "x", "iq2_xxs"),
        ("x-Q4_K_XL", "x", "q4_k_m"),
        ("x-GPTQ-4bit-128g", "x", "gptq"),
        ("x-FP8-dynamic", "x", "fp8"),
        ("x-bnb-8bit", "x", "int8"),
        ("x-FP16", "x", "fp16"),
        ("x-70b", "x-70b", None),
        ("x-Instruct-v0.2", "x-Instruct-v0.2", None),
        ("gguf", "gguf", None),
    ],
)
def test_endings(name: str, base: str, precision: str | None) -> None:
    derived = strip_endings(name)
    assert (derived.base, derived.precision) == (base, precision)


@pytest.mark.parametrize(
    ("name", "local"),
    [
        ("./models/x", True),
        ("../x", True),
        ("/srv/x", True),
        ("~/x", True),
        ("model.gguf", True),
        ("C:\\models\\x", True),
        ("meta-llama/Llama-3.1-8B", False),
        ("llama3.1:8b", False),
        ("hf.co/a/b-GGUF:Q4_K_M", False),
        ("https://huggingface.co/a/b.gguf", False),
        ("", False),
    ],
)
def test_paths(name: str, local: bool) -> None:
    assert is_local(name) is local


def test_apple_working_set(catalogue: Catalogue) -> None:
    sizes = {4: None, 8: 0.6667, 16: 0.74, 32: 0.78, 64: 0.75, 100: 0.75, 128: 0.84}
    assert {size: catalogue.apple_fraction(size * GIB) for size in sizes} == sizes
