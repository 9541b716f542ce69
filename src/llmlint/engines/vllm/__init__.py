"""vLLM: what it would do with a deployment, version by version. `outcome` is the entrance."""

from __future__ import annotations

from llmlint.engines.vllm.serve import NAME, outcome

__all__ = ["NAME", "outcome"]
