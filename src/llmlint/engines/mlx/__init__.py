"""MLX's mlx_lm.server: what it would do with a deployment. `outcome` is the entrance."""

from __future__ import annotations

from llmlint.engines.mlx.serve import NAME, outcome

__all__ = ["NAME", "outcome"]
