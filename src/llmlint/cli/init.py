"""`llmlint init`: writes a commented deployment file, from flags or by asking."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

import typer

from llmlint.cli.output import replaced
from llmlint.cli.problems import tell
from llmlint.document import read
from llmlint.mistakes import mistakes
from llmlint.precision import PLAIN
from llmlint.resources import schema_text

SCHEMA_FILE = os.path.join(".llmlint", "deployment.schema.json")
"""Beside the deployment: editors find the schema there without a network, in the version that wrote it."""


class Answers(NamedTuple):
    """What goes into the file; None is asked for where somebody is there to answer, else left out."""

    model: str | None
    precision: str | None
    engine: str | None
    context: int | None
    concurrency: int | None
    instance: str | None
    gpu: str | None
    gpu_count: int
    ram: str | None
    storage: str | None
    tier: str | None


def write(file: str, answers: Answers, force: bool) -> int:
    """Write the file; 2 where it cannot be, or where an answer does not fit the schema."""
    if file != "-" and os.path.lexists(file) and not force:
        return tell(f"{file} is there already; --force replaces it")
    if answers.model is None:
        if not sys.stdin.isatty():
            return tell("name the model: llmlint init --model meta-llama/Llama-3.1-8B-Instruct")
        answers = _ask(answers)
    text = deployment_text(answers)
    documents = read(text.encode()).documents
    wrong = mistakes("deployment", documents[0].data if documents else None)
    if wrong:
        return tell(
            *(
                f"{'.'.join(map(str, one.path))}: {one.message}" + (f" ({one.help})" if one.help else "")
                for one in wrong
            )
        )
    if file == "-":
        sys.stdout.write(text)
        return 0
    return _write_files(file, text)


def _write_files(file: str, text: str) -> int:
    schema = os.path.join(os.path.dirname(file), SCHEMA_FILE)
    try:
        os.makedirs(os.path.dirname(schema), exist_ok=True)
        with replaced(schema) as out:
            out.write(schema_text("deployment"))
        with replaced(file) as out:
            out.write(text)
    except OSError as error:
        return tell(f"{error.filename or file}: {(error.strerror or str(error)).lower()}")
    sys.stdout.write(f"wrote {file}, and {schema} for editors\nnext: llmlint {file}\n")
    return 0


def _ask(answers: Answers) -> Answers:
    def ask(question: str, present: str | None, suggestion: str = "") -> str | None:
        if present is not None:
            return present
        return str(typer.prompt(question, default=suggestion, show_default=bool(suggestion))).strip() or None

    model = None
    while not model:
        model = ask("Model (catalogue id, Hugging Face id or path)", None)
    answers = answers._replace(
        model=model,
        precision=ask(f"Precision ({', '.join(PLAIN)}, or a GGUF type)", answers.precision, "fp16"),
        engine=ask("Engine (vllm, sglang, llama.cpp, ollama, …; empty for none)", answers.engine),
        instance=ask("Cloud instance type (empty for a machine of your own)", answers.instance),
    )
    if answers.instance is not None:
        return answers
    return answers._replace(
        gpu=ask("GPU (such as RTX 4090; empty for none)", answers.gpu),
        ram=ask("RAM", answers.ram, "64GB"),
        storage=ask("Free storage", answers.storage, "1TB"),
    )


def deployment_text(answers: Answers) -> str:
    """The file's text: what was answered as keys, the rest as comments to fill in."""
    lines = [
        f"# yaml-language-server: $schema={SCHEMA_FILE.replace(os.sep, '/')}",
        "# A planned LLM deployment; `llmlint deploy.yaml` checks it, `llmlint plan deploy.yaml` shows what it needs.",
        f"model: {_scalar(answers.model or '')}   # catalogue id, Hugging Face id, local folder or .gguf file",
        _line("precision", answers.precision, "fp16", "of the weights: fp16, int8, int4, awq, q4_k_m, …"),
        "workload:",
        _line("context", answers.context or 8192, "", "tokens of a request, prompt and answer together", 2),
        _line("concurrency", answers.concurrency or 1, "", "requests in flight at once", 2),
        _line(
            "engine", answers.engine, "vllm", "vllm, sglang, llama.cpp, ollama, tgi, tensorrt-llm, transformers, mlx"
        ),
        "machine:",
        *_machine(answers),
    ]
    return "\n".join(lines) + "\n"


def _machine(answers: Answers) -> list[str]:
    lines = [_line("instance", answers.instance, "aws/g6.xlarge", "fills in what is not written below", 2)]
    lines.append(_line("tier", answers.tier, "mid", "entry, mid or professional: its minimums are then checked", 2))
    lines.append(_line("ram", answers.ram, "64GB", "system memory", 2))
    if answers.gpu is not None:
        lines.append(f"  gpus: [{{name: {_scalar(answers.gpu)}, count: {answers.gpu_count}}}]")
    elif answers.instance is None:
        lines.append("  gpus: []   # none: the model runs on the CPU")
    lines.append(
        _line("storage", f"{{kind: nvme, free: {answers.storage}}}" if answers.storage else None, "1TB", "", 2)
    )
    return lines


def _line(key: str, value: object, example: str, comment: str, indent: int = 0) -> str:
    """A key with its value, or the key commented out with an example."""
    note = f"   # {comment}" if comment else ""
    shown = value if isinstance(value, str) and value.startswith("{") else _scalar(value)
    written = f"{key}: {shown}" if value is not None else f"# {key}: {example}"
    return f"{' ' * indent}{written}{note}"


def _scalar(value: object) -> str:
    """A value as YAML: plain where that reads back as the same text, else in single quotes."""
    text = str(value)
    plain = bool(text) and text[0].isalnum() and not any(mark in text for mark in (": ", " #", "\n", "'", '"'))
    if isinstance(value, str) and (not plain or text[-1] in ": "):
        return "'" + " ".join(text.split()).replace("'", "''") + "'"
    return text
