"""formats.md: every format that is read, with a file of it and what is found in that file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from website.printed import fenced, printed


class Sample(NamedTuple):
    """A section of the page."""

    name: str
    format: str
    """What summaries call it."""
    file: str
    """Below tests/readers/, or examples/."""


SAMPLES = (
    Sample("llmlint's own", "native", "examples/good/two-cards.yaml"),
    Sample("Compose", "compose", "compose/vllm-command-list.yaml"),
    Sample("Kubernetes", "kubernetes", "kubernetes/statefulset.yaml"),
    Sample("KServe: InferenceService", "kserve", "kserve/hugging-face.yaml"),
    Sample("KServe: LLMInferenceService", "kserve", "llm_inference_service/single.yaml"),
    Sample("KubeAI", "kubeai", "kubeai/vllm.yaml"),
    Sample("KAITO", "kaito", "kaito/workspace.yaml"),
    Sample("LLMKube", "llmkube", "llmkube/llamacpp.yaml"),
    Sample("ollama-operator", "ollama-operator", "ollama-operator/gpu.yaml"),
    Sample("NIM", "nim", "nim/cache.yaml"),
    Sample("Dynamo", "dynamo", "dynamo/components.yaml"),
    Sample("KubeRay", "kubernetes", "ray/two_machines.yaml"),
    Sample("Flux HelmRelease", "helmrelease", "helm_release/vllm_stack.yaml"),
    Sample("Ray Serve", "ray serve", "ray_serve/placement.yaml"),
    Sample("Helm values", "helm values", "helm_values/vllm_chart.yaml"),
    Sample("vLLM's production stack", "production-stack", "production_stack/basic.yaml"),
    Sample("llm-d", "llm-d", "llm_d/decode_prefill.yaml"),
    Sample("llama-swap", "llama-swap", "llama_swap/plain.yaml"),
    Sample("Modelfile", "Modelfile", "modelfile/local.Modelfile"),
    Sample("systemd", "systemd", "systemd/vllm.service"),
    Sample("SkyPilot", "skypilot", "skypilot/serve.yaml"),
    Sample("dstack", "dstack", "dstack/service.dstack.yaml"),
    Sample("LocalAI", "LocalAI", "localai/vllm.yaml"),
    Sample("truss", "truss", "truss/vllm.yaml"),
    Sample("Akash", "akash", "akash/amd.yaml"),
)
HEAD = """# Formats by example

One file of each format that is read, out of the tests of its reader, and what is found in it where nothing else is said
of the machine. [Manifests](manifests.md) tells what is read of each, and how to name the machine.
"""


def generated(root: Path) -> dict[str, str]:
    """formats.md. Raises ValueError where a format has no sample, or a sample is read as another format."""
    from llmlint.readers.registry import ENTRIES, TEXTS

    titles = {entry.title for entry in ENTRIES} | {title for title, _, _ in TEXTS}
    missing = {title.lower() for title in titles} - {sample.format.lower() for sample in SAMPLES}
    if missing:
        raise ValueError(f"no sample of {', '.join(sorted(missing))}: add one to {__name__}.SAMPLES")
    return {"formats.md": "\n".join([HEAD, *(_section(root, sample) for sample in SAMPLES)])}


def _section(root: Path, sample: Sample) -> str:
    path = root / (sample.file if sample.file.startswith("examples/") else f"tests/readers/{sample.file}")
    text, name = path.read_text(encoding="utf-8"), path.name
    found = json.loads(printed("check", "--isolated", "--format=json", name, files={name: text}))
    if list(found["summary"]["formats"]) != [sample.format]:
        raise ValueError(f"{sample.file} is read as {found['summary']['formats']}, not as {sample.format}")
    shown = printed("check", "--isolated", "--format=concise", name, files={name: text})
    language = "ini" if name.endswith(".service") else "dockerfile" if "odelfile" in name else "yaml"
    return (
        f"## {sample.name}\n\n{fenced(text, language, name)}\n"
        f"{fenced(f'$ llmlint --format concise {name}{chr(10)}{shown}', 'console')}"
    )
