"""A plugin of pytest: which test reaches which line of the mutated modules, and the seconds of the processor.

`MUTATION_REACH` names the file that is written: {"seconds": {test: s}, "lines": {module: {line: [number of a test]}}}.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest

from mutation.groups import ROOT
from mutation.verdict import pytest_collection

__all__ = ["pytest_collection"]

_SECONDS: dict[str, float] = {}
_FOLDER = tempfile.mkdtemp()
_MEASURED = coverage.Coverage(
    data_file=f"{_FOLDER}/reach",
    config_file=False,
    include=[str(ROOT / module) for module in json.loads(os.environ["MUTATION_MODULES"])],
)
_MEASURED.start()  # here, before conftest.py imports any of them


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What runs meanwhile is reached by that test."""
    _MEASURED.switch_context(item.nodeid)
    begun = time.process_time()
    result = yield
    _SECONDS[item.nodeid] = time.process_time() - begun
    _MEASURED.switch_context("")
    return result


def pytest_sessionfinish() -> None:
    """Write what was measured."""
    _MEASURED.stop()
    data = _MEASURED.get_data()
    numbers = {name: number for number, name in enumerate(_SECONDS)}
    lines = {
        str(Path(file).relative_to(ROOT)): {
            line: sorted({numbers[context] for context in contexts if context in numbers})
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    Path(os.environ["MUTATION_REACH"]).write_text(json.dumps({"seconds": _SECONDS, "lines": lines}), encoding="utf-8")
