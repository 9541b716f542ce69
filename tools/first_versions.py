"""Writes the tables of first versions: in which release an engine first had an architecture.

    python tools/first_versions.py vllm FOLDER           src/llmlint/engines/data/models-vllm.tsv
    python tools/first_versions.py sglang FOLDER         …/models-sglang.tsv
    python tools/first_versions.py llama.cpp FOLDER      …/models-llama.cpp.tsv
    python tools/first_versions.py transformers FOLDER   …/models-transformers.tsv
    python tools/first_versions.py mlx FOLDER            …/models-mlx.tsv
    python tools/first_versions.py architectures TRANSFORMERS LLAMA_CPP     …/architectures.tsv

FOLDER has one folder for each release that is to be read, named as the release: 0.8.5.post1, or b4600. All but
llama.cpp: the unpacked wheel (`pip download --no-deps --only-binary :all: vllm==0.8.5.post1`, then `unzip`); of several
post releases the last one. llama.cpp: `llama-arch.cpp` of its sources, or a `libllama` whose build is known, anywhere
in the folder: llama.rn on npm has the sources and the build (src/version.ts), @node-llama-cpp/linux-x64 the library and
the build (_nlcBuildMetadata.json). TRANSFORMERS is an unpacked wheel, LLAMA_CPP a source tree with conversion/; the
table of architectures is written last, since it takes spellings from the others. Nothing that is read is imported.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from generation import engine_models, model_names

DATA = Path(__file__).resolve().parent.parent / "src" / "llmlint" / "engines" / "data"
HEADS = {
    "vllm": """\
# Architectures that vLLM has an implementation of, by the class in a checkpoint's config.json: keys of the registry
# (model_executor/models/registry.py, before 0.6.3 models/__init__.py) of the released wheels named below.""",
    "sglang": """\
# Architectures that SGLang has an implementation of, by the class in a checkpoint's config.json: EntryClass and its
# renamings in srt/models/**/*.py of the released wheels named below.""",
    "transformers": """\
# Architectures that Transformers has, by the class in a checkpoint's config.json: the mappings of auto classes to
# language, vision and speech models (models/auto/modeling_auto.py) of the released wheels named below.""",
    "mlx": """\
# Architectures that mlx-lm has, by `model_type` of a checkpoint's config.json: mlx_lm/models/*.py and MODEL_REMAPPING
# of mlx_lm/utils.py of the released wheels of mlx-lm named below.""",
    "llama.cpp": """\
# Architectures that llama.cpp loads, by the name in a GGUF file: LLM_ARCH_NAMES (llama-arch.cpp) of the builds named
# below, as llama.rn vendors them, or, between those, the names in the libllama of @node-llama-cpp/linux-x64.""",
}
COLUMNS = """\
# `since` is the first of these releases that has it; nothing: the first that was read has it. Of several post releases
# the last was read. `fallback`: releases that load other classes by way of Transformers, if the installed one has them,
# with the least version of Transformers that the wheel asks for and the first that it does not take.
# Written by tools/first_versions.py. Facts only; vLLM, SGLang, Transformers are Apache-2.0; llama.cpp, mlx-lm MIT."""


def releases(folder: Path) -> list[tuple[tuple[int, ...], Path]]:
    """The folders of releases and the numbers of their names, old to new; post releases count as their release."""
    found = []
    for path in folder.iterdir():
        number = re.fullmatch(r"b?(\d+(?:\.\d+){0,3})(?:\.post\d+)?", path.name)
        if number is not None and path.is_dir():
            found.append((tuple(int(part) for part in number[1].split(".")), path))
    return sorted(found)


def table(engine: str, folder: Path) -> str:
    """The table of one engine, as text."""
    read = [(version, engine_models.names(engine, path)) for version, path in releases(folder)]
    read = [(version, names) for version, names in read if names]
    if engine == "llama.cpp":
        read = engine_models.sifted(read)
    first: dict[str, str] = {}
    for version, names in read:
        for name in names:
            first.setdefault(name, "" if version == read[0][0] else shown(version))
    versions = " ".join(shown(version) for version, _ in read)
    fallback = " ".join(_fallback(version, folder) for version, names in read if names & engine_models.FALLBACKS)
    head = f"{HEADS[engine]}\n{COLUMNS}\n# versions: {versions}\n# fallback: {fallback}\n# columns: name, since\n"
    return head + "".join(f"{name}\t{since}\n" for name, since in sorted(first.items()))


def _fallback(version: tuple[int, ...], folder: Path) -> str:
    """A release with the span of Transformers versions that it takes."""
    least, limit = engine_models.transformers_span(dict(releases(folder))[version])
    return f"{shown(version)}:{least}:{limit}"


def shown(version: tuple[int, ...]) -> str:
    """As it is written."""
    return ".".join(map(str, version))


def _registered() -> set[str]:
    """The names in all tables that are there."""
    texts = (path.read_text(encoding="utf-8") for path in DATA.glob("models-*.tsv"))
    return {line.partition("\t")[0] for text in texts for line in text.splitlines() if not line.startswith("#")}


def main() -> int:
    """Write the table that is asked for, and say how much it holds."""
    what, *folders = sys.argv[1:]
    if what == "architectures":
        name, text = "architectures.tsv", model_names.table(Path(folders[0]), Path(folders[1]), _registered())
    else:
        name, text = f"models-{what}.tsv", table(what, Path(folders[0]))
    (DATA / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{name}: {sum(not line.startswith('#') for line in text.splitlines())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
