"""The llama.cpp engine (llama-server): what it would load where, and whether it would start.

Weights by the quantiser's rules, the KV cache exactly, compute buffers by the graph's laws, --fit as it searches.
Figures of llama.cpp as vendored in llama-cpp-python 0.3.36.
"""

from __future__ import annotations

from llmlint.engines.llamacpp.answer import answer
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Request

__all__ = ["NAME", "outcome"]

NAME = "llama.cpp"


def outcome(request: Request) -> Outcome:
    """What llama-server would do with a request."""
    return answer(request, NAME)
