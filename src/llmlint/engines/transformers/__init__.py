"""Transformers' own server (transformers serve): what it would do with a deployment. `outcome` is the entrance."""

from __future__ import annotations

from llmlint.engines.transformers.serve import NAME, outcome

__all__ = ["NAME", "outcome"]
