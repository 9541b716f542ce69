"""Models in the user's own files: a Hugging Face folder or a GGUF file, read for exact parameters, layers and bytes.

Headers only, and nothing is run. What is wrong with the files is said in words; no exception leaves this module.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, TypeAlias

from llmlint.catalog import folder, gguf_model, huggingface
from llmlint.catalog.local_file import Unreadable
from llmlint.catalog.quantisation import DTYPES, TORCH_DTYPES, TORCH_NAMES, quantisation
from llmlint.catalog.reconcile import described_row, held_row, reconciled
from llmlint.catalog.rows import Match, Model, Quantisation
from llmlint.catalog.structure import Structure
from llmlint.tuples import NamedTuple

Counted: TypeAlias = Literal["tensors", "unpacked", "described", "stated", "none"]
"""How parameters were counted: as elements of the tensors; the same, unpacked and without scales by the layout that the
names show; by the layers that config.json describes, where headers are missing; as the index states; not at all."""


class LocalModel(NamedTuple):
    """What a path holds."""

    path: str
    row: Model | None = None
    """None where nothing usable was found; `checkpoint_bytes` is exact, or what the index states (see `problems`)."""
    precision: str | None = None
    """Number format of the weights in a deployment file's words; None where it has none for it."""
    bytes_by_type: tuple[tuple[str, int], ...] = ()
    """Bytes of the tensors of each type, largest first: BF16, I32, … of safetensors, q4_k, f32, … of GGUF."""
    counted: Counted = "none"
    files: int = 0
    problems: tuple[str, ...] = ()
    """What is wrong with the files, a sentence each that begins after their name."""


def local_model(path: str) -> Match[Model]:
    """What lies at a path, as an answer like the catalogue's: basis "local", or no row and why."""
    found = read_local(path)
    why = "; ".join(found.problems)
    return Match(path, found.row, "local" if found.row is not None else "none", why=why, precision=found.precision)


def read_local(path: str) -> LocalModel:
    """What lies at a path, with all that is known of it."""
    try:
        if os.path.isdir(path):
            return _read_folder(path, folder.entries(path))
        return _read_weights(path) if path.lower().endswith(".safetensors") else _read_gguf(path)
    except Unreadable as error:
        return LocalModel(path, problems=(str(error),))
    except (ValueError, OverflowError, RecursionError, MemoryError, OSError) as error:
        return LocalModel(path, problems=(f"cannot be understood ({type(error).__name__})",))


def _read_weights(path: str) -> LocalModel:
    """One safetensors file stands for the model of its folder; without an index only it is read."""
    parent, name = os.path.split(path)
    names = folder.entries(parent or ".")
    if name not in names:
        return LocalModel(path, problems=("does not exist",))
    if folder.INDEX not in names:
        names = [other for other in names if other == name or not other.endswith(".safetensors")]
    return _folder_model(path, folder.read_folder(parent or ".", names))


def _read_folder(path: str, names: list[str]) -> LocalModel:
    models = [name for name in names if name.lower().endswith(".gguf") and not name.lower().startswith("mmproj")]
    if "config.json" not in names and models:
        first = [name for name in models if gguf_model.part_paths(name)[0] == name]
        if len(first) == 1:
            return _read_gguf(os.path.join(path, first[0]))
        return LocalModel(path, problems=(f"holds {len(first)} GGUF models; name one of them",))
    found = folder.read_folder(path, names)
    if not found.config and not found.tensors:
        return LocalModel(path, problems=found.problems or ("is empty",))
    return _folder_model(path, found)


def _folder_model(path: str, found: folder.Folder) -> LocalModel:
    shape = huggingface.structure(found.config)
    quant = quantisation(found.config, found.modelopt)
    row = Model(_name(path), quant=quant)
    if not found.tensors:
        return _described_model(path, found, row, shape)
    held, packed = folder.held(
        found.tensors, quant.bits if quant else None, len(shape.layers) if shape.layers else None
    )
    shape = _corrected(shape, found, has_head=held.head > 0)
    sizes = folder.bytes_by_dtype(found.tensors)
    largest = max(sizes, key=lambda dtype: sizes[dtype])
    row = row._replace(checkpoint_bytes=sum(sizes.values()), dtype=TORCH_NAMES.get(largest))
    precision = quant.precision if quant is not None else DTYPES.get(largest)
    row = held_row(row, reconciled(shape, held), held)
    return LocalModel(
        path, row, precision, _largest_first(sizes), "unpacked" if packed else "tensors", found.files, found.problems
    )


def _described_model(path: str, found: folder.Folder, row: Model, shape: Structure) -> LocalModel:
    """A folder whose weights are not all there to be read: what config.json and the index say."""
    stated = found.stated_parameters
    row = row._replace(checkpoint_bytes=found.stated_bytes, dtype=_stated_dtype(found.config))
    row = described_row(row._replace(parameters=stated, stored=stated), shape)
    precision = row.quant.precision if row.quant is not None else TORCH_DTYPES.get(row.dtype or "")
    counted: Counted = "described" if shape.layers is not None else "stated" if stated is not None else "none"
    return LocalModel(path, row, precision, (), counted, found.files, found.problems)


def _corrected(shape: Structure, found: folder.Folder, has_head: bool) -> Structure:
    """Where tensors and config.json differ, the tensors are right: a padded vocabulary, a head that is not there."""
    rows = folder.embedding_rows(found.tensors)
    return shape._replace(vocab=rows or shape.vocab, tied=shape.tied if has_head else True)


def _stated_dtype(config: Mapping[str, object]) -> str | None:
    for part in (config, huggingface.text_part(config)):
        for key in ("dtype", "torch_dtype"):
            value = part.get(key)
            if isinstance(value, str):
                return value.removeprefix("torch.")[:40]
    return None


def _read_gguf(path: str) -> LocalModel:
    parts = gguf_model.read_parts(path)
    precision, note = gguf_model.precision(parts)
    held = gguf_model.held(parts)
    sizes = gguf_model.bytes_by_type(parts)
    quant = Quantisation("gguf", precision) if precision not in ("f32", "f16", "bf16") else None
    notes = (note,) if note else ()
    row = Model(_name(path), quant=quant, checkpoint_bytes=sum(sizes.values()), notes=notes)
    row = held_row(row, reconciled(gguf_model.structure(parts), held), held)
    return LocalModel(path, row, precision, _largest_first(sizes), "tensors", parts.files, parts.problems)


def _name(path: str) -> str:
    return os.path.basename(os.path.abspath(path)) or path


def _largest_first(sizes: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])))
