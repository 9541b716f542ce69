"""The two parsers behind the composer."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias


try:
    from _ruamel_yaml import CParser
except ImportError:  # no wheel of ruamel.yaml.clib for this platform
    CParser = None

NextEvent: TypeAlias = "Callable[[], Any]"


def backend() -> str:
    """Which parser reads files: "C" or "pure Python", which is forty times slower."""
    return "pure Python" if CParser is None else "C"


def next_event(content: str, pure: bool) -> NextEvent:
    """A function that gives the next event of a text, and None after the last."""
    if CParser is not None and not pure:
        return CParser(content).get_event  # type: ignore[no-any-return]
    from llmlint.document.pure import events

    return events(content)
