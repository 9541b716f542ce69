"""llmlint: will a planned LLM inference deployment start, fit and serve as intended?"""

from llmlint.version import __version__

__all__ = ["__version__"]
