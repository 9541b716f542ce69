"""The text of a new deployment file: what was answered as keys, the rest as comments to fill in."""

from __future__ import annotations

import json
import re

from llmlint.tuples import NamedTuple

PLAIN = re.compile(r"[A-Za-z./~][A-Za-z0-9 ._/~+@-]*(?<! )")
"""What YAML takes as it stands, but for the words in `MEANT_OTHERWISE`."""
MEANT_OTHERWISE = re.compile(
    r"true|false|null|~|y|n|yes|no|on|off|[.](inf|nan)|[.0-9][-+0-9e._]*|---.*|\.\.\..*", re.IGNORECASE
)
MODELINE = "# yaml-language-server: $schema="


class Answers(NamedTuple):
    """What goes into the file; None is asked for where somebody is there to answer, else left out."""

    model: str | None
    precision: str | None = None
    engine: str | None = None
    context: int | None = None
    concurrency: int | None = None
    instance: str | None = None
    gpu: str | None = None
    gpu_count: int = 1
    ram: str | None = None
    storage: str | None = None
    tier: str | None = None


def deployment_text(answers: Answers, schema: str = "") -> str:
    """The file's text, with the schema's place for editors in its first line."""
    engines = "vllm, sglang, llama.cpp, ollama, tgi, tensorrt-llm, transformers, mlx"
    lines = [
        *([f"{MODELINE}{schema}"] if schema else []),
        "# A planned LLM deployment; `llmlint deploy.yaml` checks it, `llmlint plan deploy.yaml` shows what it needs.",
        f"model: {scalar(answers.model or '')}   # catalogue id, Hugging Face id, local folder or .gguf file",
        _line("precision", answers.precision, "fp16", "of the weights: fp16, int8, int4, awq, q4_k_m, …"),
        "workload:",
        f"  context: {8192 if answers.context is None else answers.context}   # tokens of a request, answer included",
        f"  concurrency: {1 if answers.concurrency is None else answers.concurrency}   # requests in flight at once",
        _line("engine", answers.engine, "vllm", engines),
        *_machine(answers),
    ]
    return "\n".join(lines) + "\n"


def _machine(answers: Answers) -> list[str]:
    lines = [
        "machine:",
        "  " + _line("instance", answers.instance, "aws/g6.xlarge", "fills in what is not written below"),
        "  " + _line("tier", answers.tier, "mid", "entry, mid or professional: its minimums are then checked"),
        "  " + _line("ram", answers.ram, "64GB", "system memory"),
    ]
    if answers.gpu is not None:
        lines.append(f"  gpus: [{{name: {scalar(answers.gpu)}, count: {answers.gpu_count}}}]")
    elif answers.instance is None:
        lines.append("  gpus: []   # none: the model runs on the CPU")
    if answers.storage is not None:
        lines.append(f"  storage: {{kind: nvme, free: {scalar(answers.storage)}}}")
    else:
        lines.append("  # storage: {kind: nvme, free: 1TB}")
    return lines


def _line(key: str, value: str | None, example: str, comment: str) -> str:
    """A key with its value, or the key commented out with an example."""
    return f"{key}: {scalar(value)}   # {comment}" if value is not None else f"# {key}: {example}   # {comment}"


def scalar(text: str) -> str:
    """A text as YAML, in a block or between brackets: plain where that reads back as the same text, else in quotes."""
    if (PLAIN.fullmatch(text) and not MEANT_OTHERWISE.fullmatch(text)) or QUANTITY.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)? ?[kKMGT]i?B")
"""Which begins with a digit, and is no number."""
