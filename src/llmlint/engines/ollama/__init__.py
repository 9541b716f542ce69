"""The Ollama engine: llama-server with Ollama's own context, batch and slots.

Read from server/routes.go, server/sched.go and llm/llama_server.go at commit fb30760 (2026-08-21), which starts
llama-server with --fit. It refuses nothing: what does not fit the GPU runs on the CPU, and slowly.
"""

from __future__ import annotations

from llmlint.engines.llamacpp.answer import answer
from llmlint.engines.ollama.defaults import as_llamacpp
from llmlint.engines.outcome import Outcome
from llmlint.engines.request import Request

__all__ = ["NAME", "outcome"]

NAME = "ollama"
VERSION = "as of commit fb30760 (August 2026)"
CHANGED = "Ollama chooses a context of {} tokens for this machine: OLLAMA_CONTEXT_LENGTH or num_ctx sets another."
ASSUMED = "No quantisation is stated: Ollama's tags without a suffix are mostly {}."


def outcome(request: Request) -> Outcome:
    """What `ollama serve` would do with a request."""
    passed, chosen = as_llamacpp(request)
    found = answer(passed, NAME)
    said = (CHANGED.format(chosen), *found.remarks) if chosen is not None else found.remarks
    if passed.weights != request.weights:
        said = (*said, ASSUMED.format(passed.weights))
    named = found.version if request.version is not None else VERSION
    return found._replace(version=named, remarks=said)
