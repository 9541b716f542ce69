"""Compares llmlint's bytes of weights, KV cache and compute buffer with llama.cpp's own, on models of the catalogue.

    python benchmarks/accuracy/llamacpp_buffers/compare.py [--folder FOLDER] [--models N] [--write]

Fetches node-llama-cpp with npm into a temporary folder, or into FOLDER, where the next run finds it (0.7 GB; nothing is
compiled). For every model with a structure of its own that `files.py` can write: a GGUF file of its shape without data,
and what llama.cpp would take for it on its CPU backend, by its own reservation without allocating, under each of the
settings in SETTINGS. Needs Node 20. `--write` leaves the result in data/agreement/.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.accuracy.catalogue import shapes  # noqa: E402
from benchmarks.accuracy.llamacpp_buffers import files  # noqa: E402
from llmlint.catalog.rows import Model  # noqa: E402
from llmlint.engines.llamacpp import buffers, cache  # noqa: E402
from llmlint.engines.llamacpp.settings import settings  # noqa: E402
from llmlint.engines.request import Flag, Request  # noqa: E402
from llmlint.engines.weights import gguf  # noqa: E402

HERE = Path(__file__).resolve().parent
PLAIN = {"context": 8192, "batch": 512, "slots": 1, "flash": True, "k": "F16", "v": "F16"}
SETTINGS: tuple[dict[str, Any], ...] = (
    PLAIN,
    PLAIN | {"context": 32768},
    PLAIN | {"context": 131072, "k": "Q8_0", "v": "Q8_0"},
    PLAIN | {"flash": False},
    PLAIN | {"context": 4000, "slots": 4},
    PLAIN | {"context": 32768, "batch": 2048, "k": "Q8_0"},
)
KINDS = ("f16", "q8_0", "q4_0")
"""Types of the weights, in turn."""


class Compared(NamedTuple):
    """One case: ours and llama.cpp's, in bytes."""

    model: str
    architecture: str
    kind: str
    setting: dict[str, Any]
    weights: tuple[int, int]
    cache: int
    context: tuple[int, int]
    """Cache and compute buffer."""

    @property
    def off(self) -> int:
        """By how many bytes cache and compute buffer differ."""
        return self.context[0] - self.context[1]


def fetched(folder: Path) -> Path:
    """The folder with the Node modules and our script."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "ask.mjs"):
        shutil.copy(HERE / name, folder / name)
    if not (folder / "node_modules" / "node-llama-cpp").exists():
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


def compared(folder: Path, models: list[Model]) -> Iterator[Compared]:
    """All cases."""
    for number, model in enumerate(models):
        kind = KINDS[number % len(KINDS)]
        mixture = any(group.ffn.kind == "moe" for group in model.groups or ())  # of their types only 8 bits are plain
        if mixture and kind == "q4_0":
            kind = "q8_0"
        if kind != "f16" and any(rows % 32 for _, (*_, rows), _ in files.tensors(model, kind)):
            kind = "f16"
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary, "model.gguf")
            files.write(path, model, kind)
            command = ["node", "ask.mjs", str(path), json.dumps(SETTINGS)]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{model.id}: {done.stderr.strip()[-300:]}")
            continue
        answers = json.loads(done.stdout.splitlines()[-1])
        for setting, answer in zip(SETTINGS, answers, strict=True):
            if answer["engine"]:
                yield _case(model, kind, setting, answer)
            else:
                print(f"{model.id} {setting}: llama.cpp did not load the file")


def _case(model: Model, kind: str, setting: dict[str, Any], answer: dict[str, int]) -> Compared:
    file = gguf.file(model, kind)
    held, compute = ours(model, setting)
    name = files.architecture(model) or ""
    weights = (file.total if file is not None else 0, answer["weights"])
    return Compared(model.id, name, kind, setting, weights, held, (held + compute, answer["context"]))


def ours(model: Model, setting: dict[str, Any]) -> tuple[int, int]:
    """llmlint's bytes of the cache and of the compute buffer."""
    windows = any(group.mixer.window for group in model.groups or ())
    batch = setting["batch"] + windows  # node-llama-cpp adds a token for windows
    flags: dict[str, Flag] = {
        "parallel": str(setting["slots"]),
        "kv-unified": False,
        "batch-size": str(batch),
        "ubatch-size": str(batch),
        "flash-attn": "on" if setting["flash"] else "off",
        "cache-type-k": setting["k"].lower(),
        "cache-type-v": setting["v"].lower(),
    }
    chosen = settings(Request(model, "catalogue", "f16", True, flags=flags))
    context = setting["context"] * setting["slots"]
    return cache.total(model, chosen, context) or 0, buffers.compute(model, chosen, context)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--models", type=int, default=1000, help="at most so many")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    models = [model for model in shapes() if files.architecture(model) is not None][: options.models]
    with tempfile.TemporaryDirectory() as temporary:
        cases = list(compared(fetched(options.folder or Path(temporary)), models))
    for case in sorted(cases, key=lambda case: -abs(case.off)):
        if abs(case.off) > 31 or case.weights[0] != case.weights[1]:
            part = case.off / case.context[1]
            print(
                f"{part:+.2%} {case.off:+} {case.weights} {case.model} {case.architecture} {case.kind} {case.setting}"
            )
    print(_table(cases))
    if options.write:
        target = HERE.parent / "data" / "agreement" / "llamacpp.md"
        target.write_text(_text(cases, len(models)), encoding="utf-8")


def _text(cases: list[Compared], models: int) -> str:
    return f"""### llama.cpp (as in node-llama-cpp 3.22.1)

`python benchmarks/accuracy/llamacpp_buffers/compare.py`: {models} models of the catalogue with a structure of their
own × 6 settings (8,192 to 131,072 tokens, 1 and 4 slots, batches of 512 and 2,048, with and without flash attention,
caches of 16 and 8 bits), the weights at 16, 8 and 4 bits; {len(cases)} cases. llama.cpp reports cache and compute
buffer as one sum, of its CPU backend. To the byte means within the 31 bytes that the alignment of an odd batch costs.

{_table(cases)}
"""


def _table(cases: list[Compared]) -> str:
    lines = ["| build | cases | weights to the byte | cache and buffer to the byte | within 1 % | largest error |"]
    lines.append("|---|---|---|---|---|---|")
    for name in [*sorted({case.architecture for case in cases}), "all"]:
        some = [case for case in cases if name in (case.architecture, "all")]
        weights = sum(case.weights[0] == case.weights[1] for case in some)
        parts = [abs(case.off) / case.context[1] for case in some]
        exact = sum(abs(case.off) <= 31 for case in some)
        near = sum(part <= 0.01 for part in parts)
        lines.append(f"| {name} | {len(some)} | {weights} | {exact} | {near} | {max(parts):.2%} |")
    lines.append(f"\nMedian error {statistics.median(abs(c.off) / c.context[1] for c in cases):.3%}.")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
