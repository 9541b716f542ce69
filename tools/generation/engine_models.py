"""The architectures that one release of an engine knows, read from its files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from generation import model_names

NOT_SUPPORTED = {"_PREVIOUSLY_SUPPORTED_MODELS", "_OOT_SUPPORTED_MODELS"}
"""Dictionaries of vLLM's registry that name what it no longer has, or has by plugins only."""
ARCHITECTURE = re.compile(r'LLM_ARCH_\w+\s*,\s*"([^"]+)"')
UNKNOWN = {"(unknown)", "clip"}
"""Names in llama.cpp's list that no language model has."""


NO_MODELS = {
    "__init__",
    "base",
    "cache",
    "rope_utils",
    "switch_layers",
    "ssm",
    "gated_delta",
    "mla",
    "pipeline",
    "activations",
    "bitlinear_layers",
    "su_rope",
}
"""Modules of mlx-lm beside its models that hold none."""
FALLBACKS = {"TransformersForCausalLM", "TransformersModel"}
"""Registered where classes without an implementation are loaded by way of Transformers."""


def names(engine: str, release: Path) -> set[str]:
    """The names in the engine's own terms; none where the files are not there. A library gives every name in it."""
    if engine == "vllm":
        return _vllm(release / "vllm" / "model_executor" / "models")
    if engine == "sglang":
        return _sglang(release / "sglang" / "srt" / "models")
    if engine == "transformers":
        mapped = model_names.classes(release / "transformers" / "models" / "auto" / "modeling_auto.py")
        return set().union(*mapped.values())
    return _mlx(release / "mlx_lm") if engine == "mlx" else _llama_cpp(release)


def transformers_span(release: Path) -> tuple[str, str]:
    """The least version of Transformers that a wheel asks for, and the first that it does not take; empty for none."""
    text = "".join(path.read_text(encoding="utf-8") for path in release.glob("*.dist-info/METADATA"))
    asked = re.search(r"^Requires-Dist: transformers([^;\n\[\]]*)", text, re.MULTILINE)
    bounds = dict(re.findall(r"(==|>=|<(?!=))\s*(\d[\d.]*)", asked[1])) if asked is not None else {}
    if "==" in bounds:
        *head, last = bounds["=="].split(".")
        return bounds["=="], ".".join([*head, str(int(last) + 1)])
    return bounds.get(">=", ""), bounds.get("<", "")


def sifted(read: list[tuple[tuple[int, ...], set[str]]]) -> list[tuple[tuple[int, ...], set[str]]]:
    """llama.cpp: of all texts in the libraries, those that some source lists as an architecture."""
    known = set().union(*(found for _, found in read if len(found) < 1000))
    return [(build, found & known) for build, found in read]


def _vllm(models: Path) -> set[str]:
    """The keys of all dictionaries named _…MODELS."""
    found: set[str] = set()
    for path in (models / "registry.py", models / "__init__.py"):
        tree = ast.parse(path.read_text(encoding="utf-8-sig")) if path.is_file() else ast.Module([], [])
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
            title = targets[0].id if targets and isinstance(targets[0], ast.Name) else ""
            value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
            if re.fullmatch(r"_\w*MODELS?", title) and title not in NOT_SUPPORTED and isinstance(value, ast.Dict):
                found |= {
                    key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
    return found


def _sglang(models: Path) -> set[str]:
    """The classes that `EntryClass` lists, and the names that `EntryClassRemapping` adds."""
    found: set[str] = set()
    for path in models.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8-sig"))):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                if node.targets[0].id == "EntryClass":
                    found |= {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
                elif node.targets[0].id == "EntryClassRemapping":
                    parts = (part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))
                    found |= {part for part in parts if isinstance(part, str)}
    return found


def _mlx(package: Path) -> set[str]:
    """The modules of models, and the model types that are loaded by another's."""
    found = {path.stem for path in (package / "models").iterdir()} if (package / "models").is_dir() else set()
    utils = package / "utils.py"
    for node in ast.parse(utils.read_text(encoding="utf-8")).body if utils.is_file() else ():
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MODEL_REMAPPING":
            found |= set(ast.literal_eval(node.value))
    return found - NO_MODELS


def _llama_cpp(release: Path) -> set[str]:
    """The list in the sources, else every text that the library holds."""
    for path in sorted((*release.rglob("llama-arch.cpp"), *release.rglob("llama.cpp"))):
        found = set(ARCHITECTURE.findall(path.read_text(encoding="utf-8-sig"))) if path.is_file() else set()
        if found:
            return found - UNKNOWN
    for path in release.rglob("*libllama*.so*"):
        texts = re.findall(rb"([\x20-\x7e]{2,40})\x00", path.read_bytes())
        tails = {text[start:].decode() for text in texts for start in range(max(0, len(text) - 24), len(text) - 1)}
        return tails - UNKNOWN
    return set()
