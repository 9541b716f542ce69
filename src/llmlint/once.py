"""Results kept for their arguments: `functools.cache` without functools, which imports half of collections."""

from __future__ import annotations

MOST = 4096
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import cache as once
    from typing import Any, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

    def once_of(function: Function) -> Function:
        """See below."""
        return function
else:

    def _named(remembered, function, results):
        remembered.cache_clear, remembered.__wrapped__ = results.clear, function
        remembered.__doc__, remembered.__name__ = function.__doc__, function.__name__
        return remembered

    def once(function):
        """The function with a memory; its arguments must be hashable, and are given by position.

        After `MOST` results it begins anew: some are of what users write, and servers and editors run for long.
        """
        results = {}

        def remembered(*arguments):
            try:
                return results[arguments]
            except KeyError:
                pass
            if len(results) >= MOST:
                results.clear()
            result = results[arguments] = function(*arguments)
            return result

        return _named(remembered, function, results)

    def once_of(function):
        """The same by the identity of the first argument, such as a catalogue's row, whose hash goes through all of it.

        What it was worked out of is kept beside the result, so that nothing else can come to have its identity.
        """
        results = {}

        def remembered(first, *arguments):
            key = id(first), *arguments
            try:
                return results[key][1]
            except KeyError:
                pass
            if len(results) >= MOST:
                results.clear()
            result = function(first, *arguments)
            results[key] = first, result
            return result

        return _named(remembered, function, results)


__all__ = ["once", "once_of"]
