"""The configuration: the nearest `.llmlint.yaml`, or `[tool.llmlint]` in pyproject.toml, up to the repository's root.

The nearest file counts alone; nothing is merged. Paths in it are relative to it. It is data only, as untrusted as the
files that are linted: it can name rule packs and catalogues, no code and no network address.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from llmlint import document
from llmlint.compiled.shapes import CONFIG_SHAPES
from llmlint.finding import SEVERITIES, Problem, Severity, Span
from llmlint.shape import Builder, Misfit

if TYPE_CHECKING:
    from llmlint.document import Document

YAML_NAME, TOML_NAME = ".llmlint.yaml", "pyproject.toml"
NOWHERE = Span(1, 1, 1, 2)
_builder = Builder(CONFIG_SHAPES)


class Config(NamedTuple):
    """What a project decided."""

    file: str | None = None
    fail_on: Severity | None = None
    """None where the file does not say; "never" is `fail_never`."""
    fail_never: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = {}
    """Rule id or subject folder to error, warning, info or off; the last that matches wins."""
    rules: tuple[str, ...] = ()
    """Files and folders of the team's own rules, resolved."""
    catalogue: tuple[str, ...] = ()
    """Catalogue files of the team's own, resolved."""
    exclude: tuple[str, ...] = ()
    """Globs of files that are passed over in folders."""


class InvalidConfig(Exception):
    """A configuration that cannot be used, with every problem at its place."""

    def __init__(self, file: str, problems: list[Problem], text: str = "") -> None:
        super().__init__(f"{file}: {problems[0].message}")
        self.file = file
        self.problems = problems
        self.text = text


def nearest(folder: str) -> str | None:
    """The configuration file for a folder: the nearest upwards, not beyond the root of the repository."""
    here = os.path.abspath(folder)
    while True:
        path = os.path.join(here, YAML_NAME)
        if os.path.isfile(path):
            return path
        path = os.path.join(here, TOML_NAME)
        if os.path.isfile(path) and _has_section(path):
            return path
        parent = os.path.dirname(here)
        if parent == here or os.path.exists(os.path.join(here, ".git")):
            return None
        here = parent


def _has_section(path: str) -> bool:
    with open(path, "rb") as file:
        return b"[tool.llmlint" in file.read(document.MAX_BYTES)


def load(path: str) -> Config:
    """The configuration in a file; raises `InvalidConfig`, or `OSError`."""
    with open(path, "rb") as file:
        data = file.read(document.MAX_BYTES + 1)
    return _from_toml(path, data) if path.endswith(".toml") else _from_yaml(path, data)


def _from_yaml(path: str, data: bytes) -> Config:
    source = document.read(data)
    if source.problems:
        raise InvalidConfig(path, source.problems, source.text)
    if not source.documents:
        problem = Problem("the configuration is empty", NOWHERE, "delete the file, or write what it should change")
        raise InvalidConfig(path, [problem], source.text)
    return _config(path, source.documents[0].data, source.documents[0], source.text)


def _from_toml(path: str, data: bytes) -> Config:
    import tomllib

    text = data.decode("utf-8", errors="replace")
    try:
        section = tomllib.loads(text).get("tool", {}).get("llmlint", {})
    except tomllib.TOMLDecodeError as problem:
        raise InvalidConfig(path, [Problem(f"not valid TOML: {problem}", NOWHERE)], text) from None
    return _config(path, section, None, text)


def _config(path: str, data: object, written: Document | None, text: str) -> Config:
    try:
        record = _builder.build("Configuration", data)
    except Misfit:
        raise InvalidConfig(path, _problems(data, written), text) from None
    base = os.path.dirname(path)
    return Config(
        file=path,
        fail_on=record.fail_on if record.fail_on in SEVERITIES else None,
        fail_never=record.fail_on == "never",
        select=tuple(record.select or ()),
        ignore=tuple(record.ignore or ()),
        severity=record.severity or {},
        rules=tuple(os.path.join(base, entry) for entry in record.rules or ()),
        catalogue=tuple(os.path.join(base, entry) for entry in record.catalogue or ()),
        exclude=tuple(record.exclude or ()),
    )


def _problems(data: object, written: Document | None) -> list[Problem]:
    from llmlint.mistakes import mistakes

    problems = []
    for mistake in mistakes("config", data):
        if written is not None:
            span = written.key_span(mistake.path) if mistake.at_key else written.value_span(mistake.path)
            problems.append(Problem(mistake.message, span, mistake.help))
        else:  # TOML keeps no positions: name the key instead
            key = ".".join(map(str, ("tool", "llmlint", *mistake.path)))
            problems.append(Problem(f"{key}: {mistake.message}", NOWHERE, mistake.help))
    return problems
