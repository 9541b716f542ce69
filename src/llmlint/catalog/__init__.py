"""Models, accelerators, machines and processors: what is known of them, found by name."""

from __future__ import annotations

from llmlint.catalog.catalogue import Catalogue

__all__ = ["Catalogue"]
