"""A scratch repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..cli.command import GOOD
from .steps import commit, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one deployment, which is good."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "good.yaml").write_bytes(GOOD.read_bytes())
    commit(folder)
    return folder
