"""YAML 1.2 and JSON that know their places: a file's bytes become plain data, and every key and value of it a span.

Whatever is wrong with the text is a Problem with a place; `read` raises nothing, and answers within bounded time and
memory (see `limits`). ruamel is loaded with the first file read, not with this package.
"""

from __future__ import annotations

from llmlint.document.decode import decode
from llmlint.document.limits import MAX_BYTES
from llmlint.document.places import Document, Text
from llmlint.finding import Problem, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.document.comment import Comment
    from llmlint.document.yaml11 import Ambiguity

__all__ = ["MAX_BYTES", "Ambiguity", "Comment", "Document", "Source", "backend", "comments", "read"]


def __getattr__(name: str) -> object:
    """What only the slow path needs is loaded when it is asked for."""
    if name == "Comment":
        from llmlint.document.comment import Comment

        return Comment
    if name == "Ambiguity":
        from llmlint.document.yaml11 import Ambiguity

        return Ambiguity
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Source:
    """What a file says, as far as it could be read."""

    __slots__ = ("documents", "end", "problems", "text", "written")

    def __init__(self, text: str = "", problems: list[Problem] | None = None) -> None:
        self.text = text
        """Without byte order mark; empty if it could not be decoded."""
        self.documents: list[Document] = []
        """Those before the first fault that ends reading; empty ones are left out, but count in `index`."""
        self.problems: list[Problem] = problems or []
        self.written: Text | None = None
        self.end = 0
        """Offset up to which the text is understood."""


def read(data: bytes, *, pure: bool = False, max_bytes: int = MAX_BYTES) -> Source:
    """Read a file's bytes; `pure` keeps the C parser out of it."""
    if len(data) > max_bytes:
        message = f"the file has {len(data):,} bytes; files of more than {max_bytes:,} are not read"
        return Source("", [Problem(message, Span(1, 1, 1, 1))])
    text, problem = decode(data)
    if problem is not None:
        return Source(text, [problem])
    from llmlint.document.reading import compose

    return compose(Source(text), pure)


def backend() -> str:
    """Which parser reads files: "C" or, forty times slower, "pure Python"."""
    from llmlint.document.events import backend as installed

    return installed()


def comments(source: Source, word: str = "") -> list[Comment]:
    """The comments of a file that hold a word, as far as it could be read; a `#` in a key or value is none."""
    if source.written is None or word not in source.text:
        return []
    from llmlint.document.comment import comments_of

    return comments_of(source.written, source.end, word)
