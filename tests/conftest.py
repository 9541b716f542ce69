"""Options of the test run, and how Hypothesis runs in it: slowness is no failure, and CI tries the same each time."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI", "").lower() in ("1", "true") else "here")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a job in the background hands that on to whatever tests start
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite expected output, to be read in the diff")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expected output is rewritten instead of compared."""
    return bool(request.config.getoption("--update"))
