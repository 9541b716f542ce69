"""Which engines are modelled, and where: a module is imported only when a plan names its engine."""

from __future__ import annotations

from importlib import import_module
from operator import itemgetter

from llmlint.engines.outcome import Engine, Outcome
from llmlint.engines.request import Request
from llmlint.once import once
from llmlint.typed import cast

MODULES = {
    "vllm": "llmlint.engines.vllm",
    "sglang": "llmlint.engines.sglang",
    "llama.cpp": "llmlint.engines.llamacpp",
    "ollama": "llmlint.engines.ollama",
    "tgi": "llmlint.engines.tgi",
    "tensorrt-llm": "llmlint.engines.tensorrtllm",
    "transformers": "llmlint.engines.transformers",
    "mlx": "llmlint.engines.mlx",
}
"""By the names that a deployment file uses; the others are left to the rule of thumb."""
APART = frozenset({"model", "cards", "draft", "flags"})
"""Fields of a request that are no plain values."""
_PLAIN = itemgetter(*(place for place, field in enumerate(Request._fields) if field not in APART))
MOST_ANSWERS = 1024
_answers: dict[tuple[object, ...], tuple[Request, Outcome]] = {}


@once
def engine(name: str) -> Engine | None:
    """The engine of this name; None where nobody has modelled it."""
    module = MODULES.get(name)
    return cast(Engine, import_module(module)) if module is not None else None


def outcome(name: str, request: Request) -> Outcome | None:
    """What the engine of this name would do with a request; None where nobody has modelled it.

    Deployments of one repository are often the same but for what no engine sees: the answer is kept.
    """
    modelled = engine(name)
    if modelled is None:
        return None
    try:
        known = _answers.get(key := _key(name, request))
    except TypeError:  # an argument in JSON
        return modelled.outcome(request)
    if known is not None:
        return known[1]
    if len(_answers) >= MOST_ANSWERS:
        _answers.clear()
    answer = modelled.outcome(request)
    _answers[key] = request, answer
    return answer


def _key(name: str, request: Request) -> tuple[object, ...]:
    """What tells requests apart: rows by their identity, which lasts as long as the request is kept."""
    rows = id(request.model), *(id(card.row) for card in request.cards or ())
    cards = (
        None
        if request.cards is None
        else tuple((card.name, card.count, card.usable, card.usable_basis, card.sold) for card in request.cards)
    )
    draft = None if request.draft is None else (id(request.draft.model), request.draft.weights)
    return name, rows, cards, draft, repr(request.flags), *_PLAIN(request)
