"""The two parsers behind the composer, and the events that both give."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias


try:
    import _ruamel_yaml as _made_by

    CParser: Any = _made_by.CParser
except ImportError:  # no wheel of ruamel.yaml.clib for this platform
    from ruamel.yaml import events as _made_by

    CParser = None

# Those of `parts` or of ruamel, as the C parser was loaded.
AliasEvent: Any = _made_by.AliasEvent
DocumentEndEvent: Any = _made_by.DocumentEndEvent
DocumentStartEvent: Any = _made_by.DocumentStartEvent
MappingEndEvent: Any = _made_by.MappingEndEvent
MappingStartEvent: Any = _made_by.MappingStartEvent
ScalarEvent: Any = _made_by.ScalarEvent
SequenceEndEvent: Any = _made_by.SequenceEndEvent
SequenceStartEvent: Any = _made_by.SequenceStartEvent

NextEvent: TypeAlias = "Callable[[], Any]"


def backend() -> str:
    """Which parser reads files: "C" or "pure Python", which is forty times slower."""
    return "pure Python" if CParser is None else "C"


def next_event(content: str, pure: bool) -> NextEvent:
    """A function that gives the next event of a text, and None after the last."""
    if CParser is not None and not pure:
        return CParser(content).get_event  # type: ignore[no-any-return]
    from llmlint.document.pure import events

    given = events(content)
    return lambda: _alike(given())


def _alike(event: Any) -> Any:
    """An event of the pure parser, which makes ruamel's, as the composer knows it."""
    kind = getattr(_made_by, type(event).__name__, None)
    if kind is None or kind is type(event):
        return event
    made = kind.__new__(kind)
    for name in (name for base in kind.__mro__ for name in getattr(base, "__slots__", ())):
        setattr(made, name, getattr(event, name))
    return made
