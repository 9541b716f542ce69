"""What runs the tests on several processors has a thread of its own beside them."""

from __future__ import annotations

import pytest

from llmlint.cli import jobs


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are started nevertheless: copies can do without that thread."""
    monkeypatch.setattr(jobs, "threads", lambda: 1)
