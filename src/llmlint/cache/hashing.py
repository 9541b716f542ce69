"""BLAKE2b as the interpreter has it; `hashlib` would load OpenSSL for it."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # an interpreter that has it elsewhere
    from hashlib import blake2b

__all__ = ["blake2b", "digest"]


def digest(*parts: bytes) -> str:
    """32 hexadecimal digits of some parts, which do not run into one another."""
    taken = blake2b(digest_size=16)
    for part in parts:
        taken.update(b"%d:" % len(part) + part)
    return taken.hexdigest()
