"""The linters that are compared, each installed from its registry into an environment of its own."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

INSTALLATION = 600
"""Seconds that one installation may take."""
SEARCHED = os.defpath
"""The PATH of installations and runs: nothing of whoever runs the benchmark."""


class Peer(NamedTuple):
    """A linter of others."""

    name: str
    registry: str
    """`PyPI` or `npm`."""
    package: str
    program: str


PEERS = (
    Peer("yamllint", "PyPI", "yamllint", "yamllint"),
    Peer("check-jsonschema", "PyPI", "check-jsonschema", "check-jsonschema"),
    Peer("ryl", "PyPI", "ryl", "ryl"),
    Peer("llmfit", "PyPI", "llmfit", "llmfit"),
    Peer("zizmor", "PyPI", "zizmor", "zizmor"),
    Peer("ruff", "PyPI", "ruff", "ruff"),
    Peer("cfn-lint", "PyPI", "cfn-lint", "cfn-lint"),
    Peer("spectral", "npm", "@stoplight/spectral-cli", "spectral"),
)


class Installed(NamedTuple):
    """Where a linter's programs lie and which version it is; without programs, why there are none."""

    programs: Path | None
    version: str
    reason: str = ""

    def program(self, name: str) -> str:
        """The path of one of its programs."""
        return str((self.programs or Path()) / name)


class NotInstalled(Exception):
    """A package could not be had; the message says what the installer said."""


def installed(peer: Peer, cache: Path) -> Installed:
    """A peer in the cache, put there where it is not yet."""
    folder = cache / "peers" / peer.name
    install = _from_npm if peer.registry == "npm" else _from_pypi
    try:
        programs = install(peer.package, folder)
        return Installed(programs, _said([str(programs / peer.program), "--version"]))
    except NotInstalled as error:
        return Installed(None, "", str(error))


def _from_pypi(package: str, folder: Path) -> Path:
    programs = environment(folder)
    if not (folder / "complete").exists():
        _install([str(programs / "python"), "-m", "pip", "install", "--quiet", package])
        (folder / "complete").touch()
    return programs


def _from_npm(package: str, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstalled("npm is not on the PATH")
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Without scripts: one of spectral's dependencies reports its installation to somebody.
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _install([npm, "install", "--prefix", str(folder), *quiet, package])
        (folder / "complete").touch()
    return folder / "node_modules" / ".bin"


def environment(folder: Path) -> Path:
    """The programs of a virtual environment, made where there is none."""
    programs = folder / "bin"
    if not (programs / "pip").exists():
        _install([sys.executable, "-m", "venv", "--clear", str(folder)])
    return programs


def ours(source: Path, folder: Path) -> Installed:
    """llmlint of a checkout as its users have it: from its wheel, which is built anew each time."""
    programs = environment(folder)
    shutil.rmtree(folder / "wheel", ignore_errors=True)
    pip = [str(programs / "python"), "-m", "pip"]
    _install([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder / "wheel"), str(source)])
    wheel, note = next((folder / "wheel").glob("*.whl")), folder / "installed.sha256"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if not note.exists() or note.read_text(encoding="ascii") != digest:
        note.unlink(missing_ok=True)
        _install([*pip, "install", "--quiet", str(wheel)])
        # The version is the same from change to change: without this an earlier wheel would stay.
        _install([*pip, "install", "--quiet", "--no-deps", "--force-reinstall", str(wheel)])
        note.write_text(digest, encoding="ascii")
    return Installed(programs, _said([str(programs / "llmlint"), "version"]))


def revision(repository: Path, name: str, folder: Path) -> Path:
    """The files of a revision, taken out of the repository; `NotInstalled` where it does not have that revision."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".tar")
    _install(["git", "-C", str(repository), "archive", "--output", str(archive), name])
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder


def _install(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLATION, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from None
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise NotInstalled(lines[-1].strip() if lines else f"{command[0]} ended with {done.returncode}")


def _said(command: list[str]) -> str:
    """The version that a program states: the last word of its first line."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLATION, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from None
    words = done.stdout.split("\n")[0].split()
    if done.returncode != 0 or not words:
        raise NotInstalled(f"{command[0]} does not run here: {done.stderr.strip()[:200]}")
    return words[-1]
