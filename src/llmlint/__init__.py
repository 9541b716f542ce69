"""llmlint: will a planned LLM inference deployment start, fit and serve as intended?

`import llmlint` loads nothing; each public name is loaded when it is first used.
"""

from llmlint.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.api import Source, check, lint, plan
    from llmlint.config import InvalidConfig
    from llmlint.discovery import Unreadable
    from llmlint.finding import (
        Edit,
        Error,
        FileResult,
        Finding,
        Fix,
        NotChecked,
        Problem,
        Remedy,
        Severity,
        Span,
        TextEdit,
    )
    from llmlint.ledger import ItemEntry, PlanEntry, Planned, Verdict
    from llmlint.own_catalogue import UnusableCatalogue
    from llmlint.rule_file import InvalidRule
    from llmlint.settings import UsageError

__all__ = [
    "Edit",
    "Error",
    "FileResult",
    "Finding",
    "Fix",
    "InvalidConfig",
    "InvalidRule",
    "ItemEntry",
    "NotChecked",
    "PlanEntry",
    "Planned",
    "Problem",
    "Remedy",
    "Severity",
    "Source",
    "Span",
    "TextEdit",
    "Unreadable",
    "UnusableCatalogue",
    "UsageError",
    "Verdict",
    "__version__",
    "check",
    "lint",
    "plan",
]  # fmt: skip

_HOMES = {
    "api": ("Source", "check", "lint", "plan"),
    "config": ("InvalidConfig",),
    "discovery": ("Unreadable",),
    "finding": (
        "Edit", "Error", "FileResult", "Finding", "Fix", "NotChecked", "Problem", "Remedy", "Severity", "Span",
        "TextEdit",
    ),
    "ledger": ("ItemEntry", "PlanEntry", "Planned", "Verdict"),
    "own_catalogue": ("UnusableCatalogue",),
    "rule_file": ("InvalidRule",),
    "settings": ("UsageError",),
}  # fmt: skip
"""Modules by the public names that they hold."""

if not TYPE_CHECKING:  # a checker must not believe that any name is there

    def __getattr__(name: str) -> object:
        """A public name, loaded when it is first asked for."""
        for home, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                found = globals()[name] = getattr(import_module(f"llmlint.{home}"), name)
                return found
        raise AttributeError(f"module 'llmlint' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
