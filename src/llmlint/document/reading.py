"""Runs the composer, and makes problems of whatever stops it: nothing that a file says gets past as an exception."""

from __future__ import annotations

import gc

from ruamel.yaml.error import YAMLError

from llmlint.document import events
from llmlint.document.compose import Composer
from llmlint.document.limits import MAX_SECOND_OPINION
from llmlint.document.notes import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.document import Source

_OF_THE_PARSERS = (YAMLError, ValueError, RecursionError, AssertionError, OverflowError, MemoryError)
"""UnicodeError is a ValueError. Anything else is a mistake of ours, and is not hidden."""


def compose(source: Source, pure: bool) -> Source:
    """Fill in what the text of a source says."""
    pure = pure or events.backend() != "C"
    composer = Composer(source.text, pure)
    stopped_by = _run(composer)
    if not pure and isinstance(stopped_by, YAMLError):
        composer, stopped_by = _second_opinion(composer, stopped_by)
    text = source.written = composer.text
    source.documents = composer.documents
    source.problems = composer.notes.close()
    source.end = len(source.text)
    if stopped_by is not None:
        source.end = min(text.scalars[-1].end_mark.index, len(source.text)) if text.scalars else 0
        _add_problem(source, stopped_by)
    return source


def _run(composer: Composer) -> Exception | None:
    """What stopped the composer, if it did not come to the end."""
    collecting = gc.isenabled()
    gc.disable()  # nothing made here is garbage, and looking for it takes half the time of a long file
    try:
        composer.run()
    except (Refused, *_OF_THE_PARSERS) as error:
        return error
    finally:
        if collecting:
            gc.enable()
    return None


def _second_opinion(composer: Composer, error: YAMLError) -> tuple[Composer, Exception | None]:
    """The C parser is of 2016 and refuses some of YAML 1.2; what it refuses is tried otherwise before it is a fault."""
    content = composer.text.content
    mark = getattr(error, "problem_mark", None)
    if mark is not None and content[mark.index : mark.index + 1] in (":", "?"):
        other = Composer(content, pure=False, hide_colons=True)
        stopped_by = _run(other)
        if not isinstance(stopped_by, YAMLError):
            return other, stopped_by
    if len(content) <= MAX_SECOND_OPINION:
        other = Composer(content, pure=True)
        if _run(other) is None:
            return other, None
    return composer, error


def _add_problem(source: Source, stopped_by: Exception) -> None:
    if isinstance(stopped_by, Refused):
        problem = stopped_by.problem
    else:
        from llmlint.document.faults import problem_of

        assert source.written is not None
        problem = problem_of(stopped_by, source.end, source.written)
    if problem not in source.problems:  # a template may have been noted already
        source.problems.append(problem)
