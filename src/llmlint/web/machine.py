"""Puts a deployment on another machine of the catalogue, in its text."""

from __future__ import annotations

import re

from llmlint.document import Source, read
from llmlint.edit.keys import put
from llmlint.read import Plans

HARDWARE = ("instance", "gpus", "ram", "cpu", "unified_memory", "storage", "psu")
"""Keys of `machine` that an instance type says itself; what else is written stays."""
COMMENT = re.compile(r"\A(#\s*llmlint:\s*machine=)[^\n]*")


def on_machine(text: str, plans: Plans, instance: str) -> str | None:
    """The text with the machine for its first deployment; None where it cannot be written safely.

    In a native file it takes the place of the hardware that is written; a manifest gets a comment at its head.
    """
    if plans.formats and plans.formats[0] != "native":
        words = rf"# llmlint: machine={instance}"
        return COMMENT.sub(words, text) if COMMENT.match(text) else f"{words}\n{text}"
    source = plans.source
    if not source.documents or source.problems or not isinstance(source.documents[0].data, dict):
        return None
    return _native(source, instance)


def _native(source: Source, instance: str) -> str | None:
    document = source.documents[0]
    written = document.data.get("machine")
    kept = {key: one for key, one in written.items() if key not in HARDWARE} if isinstance(written, dict) else {}
    wanted = {"instance": instance, **kept}
    patch = put(document, source.text, ("machine",), wanted)
    if patch is None:
        return None
    after = source.text[: patch.start] + patch.text + source.text[patch.end :]
    reread = read(after.encode("utf-8", "surrogatepass"))
    if reread.problems or not reread.documents or reread.documents[0].data != {**document.data, "machine": wanted}:
        return None
    return after
