"""What fuzzing begins with: the corpus that is committed, and the fixtures that other tests have for themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from llmlint.compiled.rules import RULES
from tests.catalog.gguf_checkpoints import GGUF
from tests.catalog.model_files import gguf_bytes
from tests.fuzz.targets import TARGETS

TESTS = Path(__file__).resolve().parent.parent
CORPUS = Path(__file__).resolve().parent / "corpus"
DICTIONARY = Path(__file__).resolve().parent / "dictionary.txt"
LARGEST = 4_000
"""Bytes of a fixture: fuzzing small files finds more."""
FOLDERS = {
    "kubernetes": "kubernetes|kserve|kaito|kubeai|dynamo|nim|ray|llm|ollama_operator|helm_release|kustom",
    "compose": "compose",
    "modelfile": "modelfile",
    "systemd": "systemd",
    "charts": "helm_values|production_stack|llm_d",
    "clouds": "dstack|skypilot|akash|truss|localai|llama_swap|ray_serve",
}
"""Which fixtures of tests/readers each group of readers begins with."""
WRITTEN = {
    "template": ("{model.shown} needs {estimate.needed}", "{place}: not {{x}}", "{ram.enough(minimum)}"),
    "flags": (
        "\0--max-model-len=8192 --tp 2 -q awq --no-enable-prefix-caching",
        "\1--model-path x --mem-fraction-static 0.9",
        "\2-ngl 99 -c 8192 --parallel 4 -m x.gguf",
        "\3num_ctx=4096\nOLLAMA_NUM_PARALLEL=4",
    ),
    "shell": (
        "A=1 B='2 3' vllm serve \"$MODEL\" --x=${Y:-z} && echo done # and so on",
        "if true; then exec python -m x --a 'b c' | tee log; fi\ncat <<EOF\nx\nEOF\nargs=(a \"b c\" d)\n",
    ),
    "quantities": ("16GB", "1.5 TiB", "8x7B", "750 W", "100m", "1e3Ki", "0x10"),
    "config": (
        "fail-on: warning\nseverity: {vram-too-small: info}\nignore: [cooling/]\n",
        "extends: [base.yaml, {pack: 'pkg:x', version: '1'}]\nmachines: {'*.yaml': 2x L4}\nexclude: ['x/**']\n",
        "[tool.llmlint]\nselect = ['memory/']\nparameters = {vram-too-small = {reserve = '10 %'}}\n",
    ),
    "description": (
        '{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "num_hidden_layers": 2, '
        '"num_attention_heads": 4, "vocab_size": 100, "intermediate_size": 128, "torch_dtype": "bfloat16"}',
    ),
}
"""What no fixture shows."""


def committed(target: str) -> list[bytes]:
    """The corpus of a target: a line each, as Python writes bytes."""
    path = CORPUS / f"{target}.txt"
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [line.encode("ascii").decode("unicode_escape").encode("latin-1") for line in lines]


def written(inputs: list[bytes]) -> str:
    """Inputs as lines of the corpus."""
    return "".join(one.decode("latin-1").encode("unicode_escape").decode("ascii") + "\n" for one in inputs)


def seeds(target: str) -> Iterator[bytes]:
    """What a target begins with."""
    assert target in TARGETS
    yield from committed(target)
    yield from (one.encode() for one in WRITTEN.get(target, ()))
    yield from (data for data in _fixtures(target) if len(data) <= LARGEST)


def _fixtures(target: str) -> Iterator[bytes]:
    if target in FOLDERS:
        for path in sorted((TESTS / "readers").rglob("*")):
            if path.is_file() and re.search(FOLDERS[target], path.parent.name) and path.suffix != ".out":
                yield path.read_bytes()
    elif target in ("native", "comments"):
        yield from (path.read_bytes() for path in sorted((TESTS / "deployments").glob("*.yaml")))
    elif target == "document":
        yield from (path.read_bytes() for path in sorted((TESTS / "hostile").iterdir()))
    elif target == "fix":
        names = ("compose", "kubernetes", "native", "systemd")
        for path in sorted((TESTS / "fixes").iterdir()):
            kind = next((number for number, name in enumerate(names) if path.name.startswith(name)), 1)
            yield bytes([kind]) + path.read_bytes()
    elif target == "condition":
        yield from (rule.require.text.encode() for rule in RULES)
    elif target == "rule":
        yield from (path.read_bytes() for path in sorted((TESTS.parent / "rules").rglob("*.yaml")))
    elif target == "gguf":
        for stated, tensors in GGUF.values():
            yield gguf_bytes(stated, list(tensors()))[0]
    elif target == "safetensors":
        head = json.dumps({"a": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
        yield len(head).to_bytes(8, "little") + head + bytes(8)
