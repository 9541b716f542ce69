"""Keys under which names are found: what differs only in case and separators is the same name."""

from __future__ import annotations

LONGEST_NAME = 200
"""Characters; a longer name is no name, and is not searched for."""
_SEPARATORS = str.maketrans(dict.fromkeys(" \t\r\n\v\f_:/\\", "-"))
_MARKS = ("(r)", "(tm)", "®", "™")
VENDORS = {
    "nvidia": "nvidia",
    "geforce": "nvidia",
    "tesla": "nvidia",
    "amd": "amd",
    "radeon": "amd",
    "instinct": "amd",
    "intel": "intel",
    "apple": "apple",
}
"""Words that a device's name may have or lack, and the vendor that they give away."""
HOSTS = (
    "https://huggingface.co/",
    "http://huggingface.co/",
    "huggingface.co/",
    "hf.co/",
    "registry.ollama.ai/",
    "library/",
)
"""What the name of a model may begin with when it is copied from where it is published."""
_IDLE = {"gpu", "graphics", "generation", "edition", "series"}


def words(name: str) -> list[str]:
    """The parts of a name in small letters: `Llama 3.1_8B` is llama, 3.1, 8b."""
    return [word for word in name.lower().translate(_SEPARATORS).split("-") if word]


def key(name: str) -> str:
    """`Llama 3.1 8B`, `llama-3.1-8b` and `llama_3.1:8b` have one key."""
    return "-".join(words(name)) if len(name) <= LONGEST_NAME else ""


def loose_key(name: str) -> str:
    """The same for `llama3.1-8b` and `llama-3.1-8b`: separators stay only between two digits.

    Some names differ in no more than that (`gemma-2-27b` and Ollama's `gemma2:27b`), so `key` is asked first.
    """
    return _joined(words(name)) if len(name) <= LONGEST_NAME else ""


def device_key(name: str) -> str:
    """The loose key of a device without its vendor's words: `NVIDIA GeForce RTX 4090` is rtx4090."""
    if len(name) > LONGEST_NAME:
        return ""
    text = name.lower()
    for mark in _MARKS:
        text = text.replace(mark, " ")
    text = text.replace("(", " ").replace(")", " ")
    return _joined([word for word in words(text) if word not in VENDORS and word not in _IDLE])


def without_host(name: str) -> str:
    """A model's name without the address that it may begin with."""
    for host in HOSTS:
        name = name.removeprefix(host)
    return name


def vendor(name: str) -> str | None:
    """The vendor that a device's name gives away."""
    return next((VENDORS[word] for word in words(name) if word in VENDORS), None)


def _joined(parts: list[str]) -> str:
    text = ""
    for part in parts:
        text += "-" + part if text[-1:].isdigit() and part[0].isdigit() else part
    return text
