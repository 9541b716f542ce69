"""Container images: which engine they hold, what their entry point runs, and which version their tag names.

Read from the projects' Dockerfiles (October 2026): the entry point is what the words of `args` and `command` are given
to. An image that is not listed is known by a part of its name alone, and its entry point is then unknown.
"""

from __future__ import annotations

import re

from llmlint.tuples import NamedTuple


class Image(NamedTuple):
    """What is known of an image."""

    engine: str
    """By its name in a deployment file; empty where it holds no engine."""
    entry: str = ""
    """`server`: the entry point starts the engine, and arguments are its options. `program`: it is the engine's
    program, and the first argument a command of it (`ollama serve`). Empty: it has none that starts the engine."""
    official: bool = False
    """Its tag names the version of the engine, whose options it takes: the project's own, or a plain build of it."""


AWS = r"\d+\.dkr\.ecr\.[\w-]+\.amazonaws\.com|public\.ecr\.aws/deep-learning-containers"
"""Registries of AWS's builds."""
KNOWN: tuple[tuple[str, Image], ...] = (
    (r"(?:.*/)?vllm/vllm-openai(?:-rocm|-cpu|-xpu|-tpu|-arm64)?", Image("vllm", "server", True)),
    (r"(?:public\.ecr\.aws/q9t5s3a7/)?vllm-cpu-release-repo", Image("vllm", "server", True)),
    (r"(?:.*/)?lmcache/vllm-openai", Image("vllm", "server")),
    (r"(?:.*/)?rocm/vllm(?:-dev)?", Image("vllm", "", True)),
    (r"(?:nvcr\.io/)?nvidia/vllm", Image("vllm")),
    (r"(?:.*/)?vllm/vllm-tpu", Image("vllm", "", True)),
    (
        r"(?:\d+\.dkr\.ecr\.[\w-]+\.amazonaws\.com|public\.ecr\.aws/deep-learning-containers)/vllm",
        Image("vllm", "", True),
    ),
    (
        r"(?:\d+\.dkr\.ecr\.[\w-]+\.amazonaws\.com|public\.ecr\.aws/deep-learning-containers)/sglang",
        Image("sglang", "", True),
    ),
    (r"(?:.*/)?llm-d/llm-d(?:-(?:cuda|xpu|cpu|rocm|aws|gke|hpu|tpu)[\w-]*)?", Image("vllm")),
    (r"(?:.*/)?opea/vllm(?:-.*)?", Image("vllm", "server")),
    (r"(?:.*/)?lmsysorg/sglang(?:-rocm|-router)?", Image("sglang", "", True)),
    (r"(?:.*/)?huggingface/text-generation-inference", Image("tgi", "server", True)),
    (r"(?:.*/)?huggingface-text-generation-inference[\w.-]*", Image("tgi", "server")),
    (r"(?:.*/)?ggml-org/llama\.cpp", Image("llama.cpp", "by-tag", True)),
    (r"(?:.*/)?ggerganov/llama\.cpp", Image("llama.cpp", "by-tag", True)),
    (r"(?:.*/)?ollama/ollama", Image("ollama", "program", True)),
    (r"(?:nvcr\.io/)?nvidia/tensorrt-llm/release", Image("tensorrt-llm", "", True)),
)
PARTS: tuple[tuple[str, str], ...] = (
    (r"text-generation-inference|(?:^|[/_-])tgi(?:[/_:-]|$)", "tgi"),
    (r"sglang", "sglang"),
    (r"tensorrt-?llm|trtllm|trt-llm", "tensorrt-llm"),
    (r"vllm|llm-d/llm-d-(?:cuda|xpu|rocm|cpu|hpu|gb\d+|aws)", "vllm"),
    (r"llama[._-]?cpp|llama-server|ik_llama", "llama.cpp"),
    (r"ollama", "ollama"),
    (r"mlx-lm|mlx_lm", "mlx"),
)
"""Parts of names; such an image may have any entry point."""
NOT_ENGINES = (
    r"inference-sim|mock|router|gateway|webui|web-ui|litellm|frontend|benchmark|genai-perf|lmcache/lmcache|exporter"
    r"|prometheus|grafana|proxy|operator|controller|dashboard|downloader|curl|busybox|epp|scheduler|nginx|anythingllm"
    r"|chat-ui|librechat|gradio|jupyter|notebook"
)
"""Images with an engine's name that are something else: simulators, routers, interfaces, tools around it."""
ANY_MODEL = r"(?:llm-nim|multi-llm|vllm|sglang|trtllm|nim)"
"""NIMs that serve whatever model they are given."""
NO_LANGUAGE_MODEL = (
    r"embed|rerank|retriever|riva|parakeet|canary|conformer|magpie|studiovoice|whisper|cosmos|flux|diffusion|sdxl|trellis|nv-?clip"
    r"|ocr|yolox|deplot|page-elements|graphic-elements|table-structure|maxine|fold|rfdiff|diffdock|molmim|genmol|esm2|evo2"
    r"|proteinmpnn|vista|audio2face|guard|parse|^(?:ipd|mit|deepmind|arc|baidu|snowflake|colabfold|black-forest-labs)/"
)
"""Parts of names of NIMs for embeddings, speech, pictures, documents, and proteins (catalog.ngc.nvidia.com)."""
FLOATING = (
    r"latest|nightly(?!-[0-9a-f]{7,40}$).*|main|master|dev|edge|stable|.*-latest|latest-.*|server(?:-(?:cuda\d*|rocm|vulkan|musa|intel|openvino))?"
    r"|full(?:-\w+)?|light(?:-\w+)?|rocm|cuda|cpu|v?\d+"
)
"""Tags that point at another image every so often."""
RELEASE = r"\d+\.\d+(?:\.\d+)*(?:\.?(?:post|rc|dev)\d+)?(?![\d.])"


def parts(image: str) -> tuple[str, str, str]:
    """Repository, tag and digest of an image's name; empty where it has none."""
    name, _, digest = image.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return head + slash + last, tag, digest


def image(name: str) -> Image | None:
    """What is known of an image; None where its name tells nothing."""
    repository, tag, _ = parts(name)
    if re.search(NOT_ENGINES, repository, re.IGNORECASE):
        return Image("")
    bare = re.sub(r"^(?:docker\.io/|ghcr\.io/|index\.docker\.io/|registry\.hub\.docker\.com/)", "", repository)
    for pattern, known in KNOWN:
        if re.fullmatch(pattern, bare, re.IGNORECASE):
            return _by_tag(known, tag) if known.entry == "by-tag" else known
    engine = next((engine for part, engine in PARTS if re.search(part, repository, re.IGNORECASE)), "")
    return Image(engine) if engine else None


def nim_model(name: str) -> str:
    """The language model of an NVIDIA NIM: `meta/llama-3.1-8b-instruct` of `nvcr.io/nim/meta/llama-3.1-8b-instruct`.

    Also of a copy in another registry. Empty for images of other kinds, and for those that serve any model.
    """
    found = re.fullmatch(r"(?:.*/)?nim/([\w.-]+/([\w.-]+))", parts(name)[0])
    if found is None or re.fullmatch(ANY_MODEL, found[2]) or re.search(NO_LANGUAGE_MODEL, found[1]):
        return ""
    return found[1]


def _by_tag(known: Image, tag: str) -> Image:
    """llama.cpp: `server*` starts the server, `full*` a script that takes `--server`, `light*` the command line."""
    if tag.startswith("server"):
        return known._replace(entry="server")
    return known._replace(entry="script" if tag.startswith("full") else "")


def version(name: str) -> str | None:
    """The engine's version as the tag names it; None where it does not.

    `v0.9.2`, `0.5.6.post2-cu124`, `server-cuda-b4719`, `rocm6.4.1_vllm_0.9.1_20250715`; `24.08-py3` is a release of the
    image, not of the engine, and `nightly-0123abc` a commit.
    """
    _, tag, _ = parts(name)
    build = re.search(r"(?:^|-)(b\d{3,6})(?:-|$)", tag)
    if build is not None:
        return build[1]
    if re.match(r"\d\d\.(?:0\d|1[0-2])(?:\.\d+)?(?:-|$)", tag):
        return None
    named = re.search(rf"(?:vllm|sglang)[-_]v?({RELEASE})", tag)
    found = named or re.match(rf"(?:[a-z]+[-_])?v?({RELEASE})", tag)
    return found[1] if found is not None else None


def is_floating(name: str) -> bool:
    """Whether the name points at whatever is newest: no tag, a moving one, and no digest."""
    _, tag, digest = parts(name)
    return not digest and (not tag or re.fullmatch(FLOATING, tag, re.IGNORECASE) is not None)


def is_filled(name: str) -> bool:
    """Whether the name is whole, with nothing to be filled in."""
    return bool(name) and not any(mark in name for mark in "${<") and "replaced-by" not in name
