"""Models of the catalogue that are built alike: what a row has from a second hand, others of its shape confirm."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from llmlint.catalog import Catalogue
    from llmlint.catalog.rows import Model

Shape: TypeAlias = "tuple[str | None, int | None, int | None, int]"
"""Architecture, width, vocabulary and number of layers."""


def longest_context(row: Model, catalogue: Catalogue) -> int | None:
    """Tokens of the longest context that any model of a row's shape was made for; None where that is not sure enough.

    The maker's own statement (quality A, C) is enough by itself. A table from a second hand (B) often has the context
    from before an extension (Phi-3.5 4,096, CodeLlama 2,048), and counts only with another row of the shape beside it.
    Rows worked out from less are not taken.
    """
    alike = [one for one in _by_shape(catalogue).get(_shape(row), ()) if one.quality[:1] in ("A", "B", "C")]
    contexts = [one.max_ctx for one in alike if one.max_ctx is not None]
    if row.max_ctx is None or row.quality[:1] not in ("A", "B", "C"):
        return None
    if row.quality.startswith("B") and len(contexts) < 2:
        return None
    return max([row.max_ctx, *contexts])


def _shape(row: Model) -> Shape:
    return row.arch, row.hidden, row.vocab, sum(group.n for group in row.groups or ())


@lru_cache(maxsize=2)
def _by_shape(catalogue: Catalogue) -> dict[Shape, list[Model]]:
    """All models by their shape. Slow: reads the whole catalogue, once."""
    from llmlint.catalog.rows import Model

    found: dict[Shape, list[Model]] = {}
    for row in catalogue.search("model", []):
        if isinstance(row, Model) and row.hidden is not None:
            found.setdefault(_shape(row), []).append(row)
    return found
