"""A model's name as the catalogue may know it, of what a command line says: an id, an URL, a path."""

from __future__ import annotations

import re

# fmt: off
NO_NAMES = frozenset({
    "model", "models", "mnt", "data", "snapshots", "hub", "weights", "checkpoint", "checkpoints", "workspace",
    "hf", "main", "default", "root", "app", "cache", "gguf", "huggingface", "local", "opt", "home", "srv",
    "var", "tmp", "ggml", "path", "to", "your", "my",
})
# fmt: on
"""Parts of paths that tell nothing of a model."""
PATH = r"(?:/|\./|\.\./|~/|[a-z][a-z0-9+.-]*://|[A-Za-z]:\\).*"
PLACEHOLDERS = r"(?i)(?:your|my|replace|change|example|placeholder|insert|todo|xxx)[-_ ].*|.*replace[-_]?me.*|<.*>|xxx+"
HUBS = ("hf://", "hf.co/", "https://hf.co/", "https://huggingface.co/", "huggingface.co/", "modelscope://")
"""Beginnings of names of repositories."""
COMMIT = r"[0-9a-f]{40}"


def is_name(text: str) -> bool:
    """Whether it names a model at all: nothing in it is to be filled in later, by a reader or a shell."""
    from llmlint.readers.variables import is_filled

    return is_filled(text) and "$" not in text and "{{" not in text and not re.fullmatch(PLACEHOLDERS, text)


def model_name(written: str, engine: str) -> tuple[str, bool]:
    """A model's name as the catalogue may know it, of an id, URL or path, and whether the files are local.

    Paths are those of the target machine: of them the last part that says something is kept, never looked up here. The
    name is empty where no part says anything (`/mnt/models`).
    """
    text = written.strip().rstrip("/")
    if text.lower().startswith("ollama://"):
        return text[len("ollama://") :].split("?", 1)[0], False
    for hub in HUBS:
        if text.lower().startswith(hub):
            return _repository(text[len(hub) :], quantised=engine in ("llama.cpp", "ollama")), False
    cached = re.search(r"models--([\w.-]+?)--([\w.-]+)", text)
    if cached is not None:
        return f"{cached[1]}/{cached[2]}", True
    if re.fullmatch(PATH, text) or (engine in ("llama.cpp", "ollama") and text.lower().endswith(".gguf")):
        return _of_path(text), True
    return (_repository(text, quantised=True) if engine != "ollama" else text), False


def _of_path(text: str) -> str:
    scheme, slashes, rest = text.partition("://")
    parts = [part for part in re.split(r"[/\\]+", (rest if slashes else text).split("?", 1)[0]) if part]
    for part in reversed(parts):
        name = _gguf_name(part.split(":")[0].split("@")[0] if scheme == "oci" else part)
        if scheme == "oci":
            name = re.sub(r"^(?:modelcar|model)-", "", name)
        if re.fullmatch(PLACEHOLDERS, name):
            return ""
        if name.lower() not in NO_NAMES and not re.fullmatch(COMMIT, name) and name not in ("~", ".", ".."):
            return name
    return ""


def _repository(text: str, *, quantised: bool) -> str:
    """`org/repo` of a longer path in a repository, with the file or quantisation that follows; no revision."""
    text = text.split("?", 1)[0]
    found = re.match(r"([\w.-]+/[\w.-]+)/(?:resolve|blob|tree)/[^/]+(?:/(.+))?", text)
    if found is not None:
        file = found[2] or ""
        return _gguf_name(file.rsplit("/", 1)[-1]) if file.lower().endswith(".gguf") else found[1]
    parts = text.split("/")
    if len(parts) > 2 and parts[-1].lower().endswith(".gguf"):
        return _gguf_name(parts[-1])
    return text if quantised else re.split(r"[:@]", text, maxsplit=1)[0]


def _gguf_name(name: str) -> str:
    """The name of a file without its ending and the number of its part."""
    bare = re.sub(r"(?i)\.gguf$", "", name)
    return re.sub(r"-\d{5}-of-\d{5}$", "", bare)
