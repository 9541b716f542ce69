"""Tells a path on this machine from a name, by its looks alone."""

from __future__ import annotations

BEGINNINGS = ("./", "../", "/", "~", ".\\", "..\\", "\\\\")
ENDINGS = (".gguf", ".safetensors")


def is_local(name: str) -> bool:
    """Whether a model is named by a path: it begins like one, or ends like a model file."""
    if name.startswith(("hf.co/", "https://", "http://")):
        return False
    is_drive = name[1:3] in {":\\", ":/"} and name[0].isalpha()
    return name in {".", ".."} or is_drive or name.startswith(BEGINNINGS) or name.lower().endswith(ENDINGS)
