"""Builds the wheel and the sdist twice, as differently as two people would, and compares them byte by byte.

    python tools/reproduce.py FOLDER

The files of the checkout that git knows (or all of them, where there is no git) are copied to two places. One build has
the sdist made of its copy and the wheel of that sdist, as `python -m build` does; the other makes both of its copy,
which lies deeper, was written in the reverse order and long ago, by a user with another umask, time zone, language,
home and seed of hashes. What the first has made is put into FOLDER where the two agree; else the differences are
printed and the exit code is 1. Needs `build` and `hatchling`, and no network.

`SOURCE_DATE_EPOCH` is the date within both archives, as everywhere; without it hatchling takes 2020-02-02, so that two
who say nothing agree. It is handed on to both builds.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LONG_AGO = 1_000_000_000
"""Seconds since 1970 that the second copy's files are dated."""


class Build(NamedTuple):
    """How a copy is made and built."""

    place: str
    umask: int
    variables: dict[str, str]
    reverse: bool
    """Whether files are written from the last to the first, and dated long ago."""
    what: tuple[tuple[str, ...], ...]
    """Arguments of `python -m build`, for each time that it is run."""


BUILDS = (
    Build("one", 0o022, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}, False, ((),)),
    Build(
        "another/deeper/place",
        0o077,
        {"TZ": "Pacific/Chatham", "LC_ALL": "C", "PYTHONHASHSEED": "2", "HOME": os.devnull},
        True,
        (("--wheel",), ("--sdist",)),
    ),
)


def main() -> int:
    """Build, compare, and keep what agrees; the exit code."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        first, second = (built(ROOT, build, Path(scratch)) for build in BUILDS)
        found = differences(first, second)
        if found:
            print("\n".join(found))
            return 1
        folder = Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(first.iterdir()):
            shutil.copy(path, folder)
            print(f"{digest(path)}  {path.name}")
    return 0


def built(root: Path, build: Build, scratch: Path) -> Path:
    """The folder that holds what one build has made."""
    copy, out = scratch / build.place, scratch / f"{build.place}.out"
    before = os.umask(build.umask)
    try:
        copied(root, copy, build)
        for arguments in build.what:
            command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), *arguments, str(copy)]
            made = subprocess.run(command, env={**os.environ, **build.variables}, capture_output=True, check=False)
            if made.returncode:
                sys.exit(
                    f"{(made.stdout + made.stderr).decode(errors='replace')}the build ended with {made.returncode}"
                )
    finally:
        os.umask(before)
    return out


def copied(root: Path, copy: Path, build: Build) -> None:
    """The files of a checkout, written anew as a build has them."""
    for name in sorted(known(root), reverse=build.reverse):
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
        target.chmod((root / name).stat().st_mode & 0o777 & ~build.umask)
        if build.reverse:
            os.utime(target, (LONG_AGO, LONG_AGO))


def known(root: Path) -> Sequence[str]:
    """The files that git knows and that are there; all where there is no git, as in an unpacked sdist."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0:
        return [name for name in os.fsdecode(listed.stdout).split("\0") if name and (root / name).is_file()]
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]


def differences(first: Path, second: Path) -> list[str]:
    """What two folders of archives do not agree in, a line each; empty where they hold the same bytes."""
    names = [sorted(path.name for path in folder.iterdir()) for folder in (first, second)]
    if names[0] != names[1]:
        return [f"{names[0]} were built once, {names[1]} the other time"]
    found = []
    for name in names[0]:
        if digest(first / name) != digest(second / name):
            inside = unlike(members(first / name), members(second / name))
            found += [f"{name} differs: {line}" for line in inside or ["the order or the packing of its members"]]
    return found


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def members(path: Path) -> dict[str, str]:
    """Each file in a wheel or sdist, with its mode, date and content in short."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as packed:
            return {one.filename: _described(one.external_attr >> 16, one.date_time, packed.read(one))
                    for one in packed.infolist()}  # fmt: skip
    with tarfile.open(path) as unpacked:
        return {one.name: _described(one.mode, one.mtime, _content(unpacked, one)) for one in unpacked.getmembers()}


def _content(packed: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = packed.extractfile(member)
    return file.read() if file else b""


def _described(mode: int, date: object, content: bytes) -> str:
    return f"mode {mode:o}, date {date}, sha256 {hashlib.sha256(content).hexdigest()[:12]}"


def unlike(first: dict[str, str], second: dict[str, str]) -> list[str]:
    """What two lists of members do not agree in."""
    return [
        f"{name}: {first.get(name, 'not there')} | {second.get(name, 'not there')}"
        for name in sorted(first | second)
        if first.get(name) != second.get(name)
    ]


if __name__ == "__main__":
    sys.exit(main())
