"""Results kept for their arguments: `functools.cache` without functools, which imports half of collections."""

from __future__ import annotations

MOST = 4096
TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import cache as once
else:

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

        remembered.cache_clear, remembered.__wrapped__, remembered.__doc__, remembered.__name__ = (
            results.clear,
            function,
            function.__doc__,
            function.__name__,
        )
        return remembered


__all__ = ["once"]
