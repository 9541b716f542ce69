"""The order of a model's layers, which its row does not keep: by the patterns that models are built in.

Dense feed-forward blocks come before those with experts (DeepSeek, GLM); kinds of attention alternate evenly, the rarer
one at the end of its period (Gemma 3: five windows, then one full; Qwen3-Next: three delta nets, then attention).
"""

from __future__ import annotations

from llmlint.catalog.rows import LayerGroup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def order(groups: Sequence[LayerGroup]) -> list[int]:
    """For every layer the number of its group."""
    dense = [index for index, group in enumerate(groups) if group.ffn.kind != "moe"]
    experts = [index for index, group in enumerate(groups) if group.ffn.kind == "moe"]
    if dense and experts and sum(groups[index].n for index in dense) * 3 < sum(groups[index].n for index in experts):
        return _alternate(groups, dense) + _alternate(groups, experts)
    return _alternate(groups, list(range(len(groups))))


def _alternate(groups: Sequence[LayerGroup], members: Sequence[int]) -> list[int]:
    if len(members) == 1:
        return list(members) * groups[members[0]].n
    places = [
        ((turn + 1) / groups[index].n, -groups[index].n, index) for index in members for turn in range(groups[index].n)
    ]
    return [index for _, _, index in sorted(places)]
