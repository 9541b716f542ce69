"""Loads ruamel's C parser by itself: the package around it costs a third of a cold start, and none of it is used.

`_ruamel_yaml` takes classes from a dozen modules of `ruamel.yaml` when it is loaded. Its errors are real here,
its events are those of `parts`; where it needs a module for the name of an exception, a token or a node alone, a
stand-in gives that. Those are gone when this returns, and whoever needs the package later imports it with `complete`.
Read in ruamel.yaml.clib 0.2.15; where anything is not as it was there, the ordinary import does the work.

Only the command line does this: the process is its own.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = "ruamel.yaml"
REAL = ("error",)
RAISING = ("reader", "scanner", "parser", "composer", "constructor", "emitter", "serializer", "representer")
"""Modules that are needed for one exception each, that of their own name."""
TRIED = "%YAML 1.1\n---\n- &a !!str b\n- {c: *a}\n"
"""A text in which every event comes by."""


def load() -> None:
    """Load `_ruamel_yaml`, unless it or the package is there already."""
    if PACKAGE in sys.modules or "_ruamel_yaml" in sys.modules:
        return
    try:
        _load()
    except Exception:  # another version, or none: `events` imports what there is, as everybody does
        sys.modules.pop("_ruamel_yaml", None)
        for name in REAL:
            sys.modules.pop(f"{PACKAGE}.{name}", None)


def _load() -> None:
    from importlib.machinery import PathFinder

    import ruamel

    spec = PathFinder.find_spec(PACKAGE, ruamel.__path__)
    if spec is None or spec.submodule_search_locations is None:
        return
    standing_in = {PACKAGE: type(sys)(PACKAGE)}
    standing_in[PACKAGE].__path__ = spec.submodule_search_locations
    sys.modules[PACKAGE] = standing_in[PACKAGE]
    try:
        from ruamel.yaml.error import MarkedYAMLError

        from llmlint.document import parts

        for name in RAISING:
            module = standing_in[f"{PACKAGE}.{name}"] = type(sys)(f"{PACKAGE}.{name}")
            error = f"{name.capitalize()}Error"
            setattr(module, error, type(error, (MarkedYAMLError,), {"__module__": module.__name__}))
        for name in ("tokens", "nodes"):
            module = standing_in[f"{PACKAGE}.{name}"] = type(sys)(f"{PACKAGE}.{name}")
            module.__getattr__ = _unused  # type: ignore[method-assign]
        standing_in[f"{PACKAGE}.events"] = parts
        sys.modules.update(standing_in)
        import _ruamel_yaml
    finally:
        for name in standing_in:
            sys.modules.pop(name, None)
    try:
        next_event = _ruamel_yaml.CParser(TRIED).get_event
        while next_event() is not None:
            pass
    except TypeError:  # events are called otherwise than `parts` has them
        _use_events_of_the_package(_ruamel_yaml)


def _use_events_of_the_package(parser: ModuleType) -> None:
    complete()
    from ruamel.yaml import events

    for name in vars(events):
        if name.endswith("Event") and hasattr(parser, name):
            setattr(parser, name, getattr(events, name))


def _unused(name: str) -> type:
    """Tokens and nodes are made by parts of the parser that are never asked."""
    if not name.endswith(("Token", "Node")):
        raise AttributeError(name)
    return type(name, (), {})


def complete() -> None:
    """Import the package as a whole, for whoever goes on to use it: it finds its modules as its attributes."""
    import ruamel.yaml

    for name in REAL:
        setattr(ruamel.yaml, name, sys.modules[f"{PACKAGE}.{name}"])
