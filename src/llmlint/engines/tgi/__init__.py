"""Text Generation Inference: what it would do with a deployment. `outcome` is the entrance."""

from __future__ import annotations

from llmlint.engines.tgi.limits import conflict
from llmlint.engines.tgi.serve import NAME, outcome

__all__ = ["NAME", "conflict", "outcome"]
