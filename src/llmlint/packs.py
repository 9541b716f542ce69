"""What a configuration extends: other configurations, by path or in an installed Python package, perhaps pinned.

Packages are looked up by their metadata and read as files; none of their code is imported or run. What a pack names
lies in the pack: nothing of it leads elsewhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from llmlint.config import Config, Extended, InvalidConfig, load_base, outside
from llmlint.document import MAX_BYTES
from llmlint.finding import Problem
from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import Distribution

PACKAGE = "pkg:"
NAMES = ("llmlint.yaml", ".llmlint.yaml")
"""What a pack's configuration is called in its folder."""
DEEPEST = 5
"""Configurations that extend one another."""
MOST = 20
"""Packs that one configuration extends, one another included."""
MOST_FILES = 2_000
"""Of a pack, when its hash is taken."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")


class _Found(NamedTuple):
    """A configuration that is extended, and the folder that nothing of it leads out of."""

    path: str
    root: str | None
    whole: str
    """What that folder is called."""
    version: str | None = None


class NotAPack(Exception):
    """What is wrong with an entry, without its place."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


def bases(config: Config, root: str | None) -> tuple[Config, ...]:
    """The configurations that one extends, those that are overruled first; raises `InvalidConfig`.

    `root`: the repository, which no path leads out of.
    """
    path = os.path.realpath(config.file or "")
    return tuple(_bases(config, _Found(path, root, "the repository"), (path,), [0]))


def _bases(config: Config, home: _Found, above: tuple[str, ...], number: list[int]) -> Iterator[Config]:
    for position, one in enumerate(config.extends):
        try:
            found = _find(one, config, home)
            number[0] += 1
            _check_chain(found.path, above, number[0])
            base = _load(found)
            whole = [*_bases(base, found, (*above, os.path.realpath(found.path)), number), base]
            _check_pins(one, found, whole)
        except NotAPack as problem:
            place = config.span(("extends", position))
            raise InvalidConfig(config.file or "", [Problem(str(problem), place, problem.help)]) from None
        yield from whole


def _check_chain(path: str, above: tuple[str, ...], number: int) -> None:
    if os.path.realpath(path) in above:
        raise NotAPack(f"{path} extends itself: {' → '.join(map(os.path.basename, above))} → {os.path.basename(path)}")
    if len(above) > DEEPEST:
        raise NotAPack(f"configurations extend one another more than {DEEPEST} deep")
    if number > MOST:
        raise NotAPack(f"more than {MOST} packs are extended")


def _load(found: _Found) -> Config:
    try:
        return load_base(found.path, found.root, found.whole)
    except OSError as error:
        raise NotAPack(f"{found.path}: {(error.strerror or str(error)).lower()}") from None


def _find(wanted: Extended, config: Config, home: _Found) -> _Found:
    if wanted.pack.startswith(PACKAGE):
        return _in_package(wanted.pack.removeprefix(PACKAGE))
    if wanted.version is not None:
        raise NotAPack("only a package has a version", f"write {PACKAGE}NAME, or pin a path by its sha256")
    path = os.path.join(os.path.dirname(os.path.abspath(config.file or "")), wanted.pack)
    if outside(path, home.root):
        raise NotAPack(f"{wanted.pack} leads out of {home.whole}")
    found = _configuration(path, wanted.pack)
    if outside(found, home.root):
        raise NotAPack(f"{wanted.pack} leads out of {home.whole}")
    return _Found(found, home.root, home.whole)


def _configuration(path: str, shown: str) -> str:
    if not os.path.isdir(path):
        if not os.path.isfile(path):
            raise NotAPack(f"{shown}: no such file or folder")
        return path
    found = [name for name in NAMES if os.path.isfile(os.path.join(path, name))]
    if not found:
        raise NotAPack(f"{shown}: no {NAMES[0]} in it", "for a folder of rules alone there is `rules:`")
    return os.path.join(path, found[0])


def _in_package(name: str) -> _Found:
    from importlib.metadata import PackageNotFoundError, distribution

    if _NAME.fullmatch(name) is None:
        raise NotAPack(f"{PACKAGE}{name[:60]} is no name of a Python package")
    try:
        found = distribution(name)
    except (PackageNotFoundError, ValueError, OSError):
        raise NotAPack(f"no package {name} is installed where llmlint runs", f"pip install {name}") from None
    path = _file_of(found, name)
    root = os.path.join(os.path.realpath(os.path.dirname(path)), "")
    return _Found(path, root, f"the package {name}", found.version)


def _file_of(package: Distribution, name: str) -> str:
    """The configuration among a package's files, as its record lists them; nothing of it is imported."""
    home = os.path.join(os.path.realpath(str(package.locate_file(""))), "")
    listed = [file for file in package.files or () if file.name in NAMES]
    paths = [os.path.normpath(str(package.locate_file(file))) for file in listed]
    paths = [path for path in paths if os.path.realpath(path).startswith(home) and os.path.isfile(path)]
    if not paths:
        raise NotAPack(
            f"the package {name} has no {NAMES[0]}", "a package that is installed as editable is extended by its path"
        )
    return min(paths, key=lambda path: (path.count(os.sep), path))


def _check_pins(wanted: Extended, found: _Found, whole: list[Config]) -> None:
    if wanted.version is not None and wanted.version != found.version:
        raise NotAPack(
            f"version {found.version} of {wanted.pack} is installed, not {wanted.version}",
            "install that one, or change the pin once you have read what is new",
        )
    if wanted.sha256 is not None:
        now = digest(whole)
        if now != wanted.sha256:
            raise NotAPack(
                f"{wanted.pack} is not what was pinned: its sha256 is {now}",
                "write that once you have read what has changed",
            )


def digest(configurations: Iterable[Config]) -> str:
    """The sha256 of a pack: of the names and bytes of its configurations, rules and catalogues.

    Names are from the folder of the configuration that names a file, so that the place of a package does not count.
    """
    from hashlib import sha256

    taken = sha256()
    number = 0
    for config in configurations:
        home = os.path.dirname(os.path.abspath(config.file or ""))
        for path in sorted(set(_files(config)), key=lambda one: os.path.relpath(one, home)):  # at once
            number += 1
            if number > MOST_FILES:
                raise NotAPack(f"more than {MOST_FILES} files")
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
            name = os.path.relpath(path, home).replace(os.sep, "/").encode("utf-8", "surrogateescape")
            taken.update(b"%d %s %d " % (len(name), name, len(data)) + data)
        taken.update(b"end ")
    return taken.hexdigest()


def _files(config: Config) -> Iterator[str]:
    from llmlint.rule_pack import files

    for path in (config.file or "", *config.catalogue, *(file for pack in config.rules for file in files(pack))):
        if not os.path.isfile(path):
            raise NotAPack(f"{path}: no such file, or no regular one")
        yield path


def merged(config: Config) -> Config:
    """A configuration with what it extends: its own word counts where it says something, lists and mappings add."""
    layers = (*config.bases, config)
    speaking = [one for one in layers if one.fail_on is not None or one.fail_never]
    select = next((one.select for one in reversed(layers) if one.select), ())
    return config._replace(
        fail_on=speaking[-1].fail_on if speaking else None,
        fail_never=bool(speaking) and speaking[-1].fail_never,
        select=select,
        ignore=tuple(name for one in layers for name in one.ignore),
        severity=_last([one.severity for one in layers]),
        rules=tuple(path for one in layers for path in one.rules),
        catalogue=tuple(path for one in layers for path in one.catalogue),
    )


def _last(mappings: Iterable[object]) -> dict[str, str]:
    """Mappings one behind the other: what is said again stands where it is said last."""
    found: dict[str, str] = {}
    for mapping in mappings:
        assert isinstance(mapping, dict)
        for name, level in mapping.items():
            found.pop(name, None)
            found[name] = level
    return found
