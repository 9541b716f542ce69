"""`llmlint init`: writes a commented deployment file, from flags or by asking."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from llmlint.cli.deployment_text import Answers, deployment_text
from llmlint.cli.output import replaced
from llmlint.cli.problems import tell
from llmlint.document import read
from llmlint.mistakes import Mistake, mistakes
from llmlint.precision import PLAIN
from llmlint.resources import schema_text
from llmlint.tuples import NamedTuple

SCHEMA_FILE = os.path.join(".llmlint", "deployment.schema.json")
"""Beside the deployment: editors find the schema there without a network, in the version that wrote it."""


class Question(NamedTuple):
    """What is asked of whoever left it out."""

    field: str
    text: str
    suggestion: str = ""


FIRST = (
    Question("precision", f"Precision ({', '.join(PLAIN)}, or a GGUF type)", "fp16"),
    Question("engine", "Engine (vllm, sglang, llama.cpp, ollama, …; empty for none)"),
    Question("instance", "Cloud instance type (empty for a machine of your own)"),
)
OF_ONES_OWN = (
    Question("gpu", "GPU (such as RTX 4090; empty for none)"),
    Question("ram", "RAM", "64GB"),
    Question("storage", "Free storage", "1TB"),
)


def write(file: str, answers: Answers, force: bool) -> int:
    """Write the file; 2 where it cannot be, or where an answer does not fit the schema."""
    if file != "-" and os.path.lexists(file) and not force:
        return tell(f"{file} is there already; --force replaces it")
    if file != "-" and (os.path.isdir(file) or not os.path.basename(file)):
        return tell(f"{file}: is a folder")
    wrong = _wrong(answers._replace(model=answers.model or "x"))  # before questions are asked in vain
    if wrong:
        return tell(*wrong)
    if answers.model is None:
        if not sys.stdin or not sys.stdin.isatty():
            return tell("name the model: llmlint init --model meta-llama/Llama-3.1-8B-Instruct")
        answers = _ask_all(answers)
    text = deployment_text(answers, SCHEMA_FILE.replace(os.sep, "/"))
    if file == "-":
        sys.stdout.write(text)
        return 0
    return _write_files(file, text)


def _wrong(answers: Answers) -> list[str]:
    """What does not fit the schema, by its key."""
    source = read(deployment_text(answers).encode("utf-8", "surrogatepass"))
    if source.problems or not source.documents:
        return ["an answer holds characters that a text file cannot"]
    return [_said(one) for one in mistakes("deployment", source.documents[0].data)]


def _said(mistake: Mistake) -> str:
    remedy = f" ({mistake.help})" if mistake.help else ""
    return f"{'.'.join(map(str, mistake.path))}: {mistake.message}{remedy}"


def _write_files(file: str, text: str) -> int:
    """Both files or neither: each is complete before one takes its place, the deployment first."""
    schema = os.path.join(os.path.dirname(file), SCHEMA_FILE)
    made = _missing_folders(os.path.dirname(schema))
    try:
        os.makedirs(os.path.dirname(schema), exist_ok=True)
        with replaced(schema) as schema_out, replaced(file) as out:
            out.write(text)
            schema_out.write(schema_text("deployment"))
    except OSError as error:
        for folder in made:
            if os.path.isdir(folder) and not os.listdir(folder):
                os.rmdir(folder)
        return tell(f"{error.filename or file}: {(error.strerror or str(error)).lower()}")
    sys.stdout.write(f"wrote {file}, and {schema} for editors\nnext: llmlint {file}\n")
    return 0


def _missing_folders(folder: str) -> list[str]:
    """Folders that would be made, the innermost first."""
    missing = []
    while folder and not os.path.lexists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    return missing


def _ask_all(answers: Answers) -> Answers:
    while not answers.model:
        answers = _ask(answers, Question("model", "Model (catalogue id, Hugging Face id or path)"))
    answers = _ask_each(answers, FIRST)
    return answers if answers.instance is not None else _ask_each(answers, OF_ONES_OWN)


def _ask_each(answers: Answers, questions: Sequence[Question]) -> Answers:
    for question in questions:
        if getattr(answers, question.field) is None:
            answers = _ask(answers, question)
    return answers


def _ask(answers: Answers, question: Question) -> Answers:
    """Ask until the answer fits."""
    while True:
        said = typer.prompt(question.text, default=question.suggestion, show_default=bool(question.suggestion))
        given = answers._replace(**{question.field: str(said).strip() or None})  # type: ignore[arg-type]  # texts all
        wrong = _wrong(given._replace(model=given.model or "x"))
        if not wrong:
            return given
        tell(*wrong)
