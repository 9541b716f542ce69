"""A plugin of pytest: imports one module from the text of a mutant (`MUTATION_MODULE`, `MUTATION_SOURCE`: a file)."""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

from mutation.groups import ROOT
from mutation.verdict import dotted, pytest_collection

__all__ = ["pytest_collection"]
MODULE, SOURCE = os.environ["MUTATION_MODULE"], Path(os.environ["MUTATION_SOURCE"])


class _Loader(SourceFileLoader):
    """Reads the mutant where the module is asked for, and keeps no compiled copy of it."""

    def path_stats(self, path: str | os.PathLike[str]) -> dict[str, float]:
        """None, so that no compiled copy is looked for."""
        raise OSError(path)

    def get_data(self, path: str) -> bytes:
        """The mutant's text, which alone is asked for."""
        assert path == str(ROOT / MODULE)
        return SOURCE.read_bytes()


class _Finder:
    """Finds the one module."""

    @staticmethod
    def find_spec(name: str, *_others: object) -> ModuleSpec | None:
        """As the import system asks: of the name alone."""
        if name != dotted(MODULE):
            return None
        file = str(ROOT / MODULE)
        folders = [str(Path(file).parent)] if file.endswith("__init__.py") else None
        return spec_from_file_location(name, file, loader=_Loader(name, file), submodule_search_locations=folders)


sys.meta_path.insert(0, _Finder)
