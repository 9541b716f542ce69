"""The configuration: the nearest `.llmlint.yaml`, or `[tool.llmlint]` in pyproject.toml, up to the repository's root.

The nearest file counts alone; nothing is merged. Paths in it are relative to it. It is data only, as untrusted as the
files that are linted: it can name rule packs and catalogues inside the repository, no code and no network address.
"""

from __future__ import annotations

import os

from llmlint import document
from llmlint.compiled.shapes import CONFIG_SHAPES
from llmlint.finding import SEVERITIES, Error, Path, Problem, Severity, Span
from llmlint.shape import Builder, Misfit
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from llmlint.binding import Machine
    from llmlint.document import Document

YAML_NAME, TOML_NAME = ".llmlint.yaml", "pyproject.toml"
MOST_VALUES = 2_000
"""Of a configuration."""
NOWHERE = Span(1, 1, 1, 2)
MENTION = rb"tool[ \t]*\.[ \t]*[\"']?llmlint"
_builder = Builder(CONFIG_SHAPES)


class Extended(NamedTuple):
    """A configuration that another builds upon, and what it is pinned to."""

    pack: str
    version: str | None = None
    sha256: str | None = None


class Config(NamedTuple):
    """What a project decided."""

    file: str | None = None
    extends: tuple[Extended, ...] = ()
    """As it is written."""
    bases: tuple[Config, ...] = ()
    """The configurations that it extends, those that it overrules first."""
    fail_on: Severity | None = None
    """None where the file does not say; "never" is `fail_never`."""
    fail_never: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = {}
    """Rule id or subject folder to error, warning, info or off; the last that matches wins."""
    parameters: Mapping[str, Mapping[str, object]] = {}
    """Rule id or subject folder to other figures by name, as they are written; the last that matches wins."""
    rules: tuple[str, ...] = ()
    """Files and folders of the team's own rules, resolved."""
    catalogue: tuple[str, ...] = ()
    """Catalogue files of the team's own, resolved."""
    baseline: str | None = None
    """The file of findings that are held back, resolved."""
    machines: tuple[tuple[str, Machine], ...] = ()
    """Machines by glob of files or by label, for deployments whose files name none."""
    exclude: tuple[str, ...] = ()
    """Globs of files that are passed over in folders."""
    cache: bool = True
    """Whether results are kept for runs to come."""
    jobs: int | None = None
    """Processes that a run has at most; None where the file does not say."""
    span: Callable[[Path], Span] = lambda _: NOWHERE
    """Where in the file something is written."""

    def relative(self, path: str) -> str:
        """A path as globs of this configuration see it."""
        return os.path.relpath(path, os.path.dirname(self.file or "")).replace(os.sep, "/")

    def excludes(self, path: str) -> bool:
        """Whether a file that was found in a folder is to be passed over."""
        if not self.exclude or self.file is None:
            return False
        from llmlint.globs import covers

        return any(covers(pattern, self.relative(path)) for pattern in self.exclude)


class InvalidConfig(Error):
    """A configuration that cannot be used, with every problem at its place."""

    def __init__(self, file: str, problems: list[Problem], text: str = "") -> None:
        super().__init__(f"{file}: {problems[0].message}")
        self.file = file
        self.problems = problems
        self.text = text


def nearest(folder: str) -> str | None:
    """The configuration file for a folder: the nearest upwards, not beyond the root of the repository.

    Raises `InvalidConfig` where a pyproject.toml that may hold it cannot be read.
    """
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
    """Whether a pyproject.toml speaks of llmlint; one that cannot be read is asked no further."""
    import re

    try:
        data = _bytes(path)
    except OSError as error:
        raise InvalidConfig(path, [Problem((error.strerror or str(error)).lower(), NOWHERE)]) from None
    if b"llmlint" not in data or re.search(MENTION, data) is None:  # most of them: spares the reader of TOML
        return False
    try:
        return _section(data) is not None
    except ValueError:
        return b"[tool.llmlint" in data  # so that whoever configured something learns that it is not read


def load(path: str, data: bytes | None = None) -> Config:
    """The configuration in a file with those that it extends; raises `InvalidConfig`, or `OSError`.

    `data`: what an editor has in place of what the file holds.
    """
    config, text = _read(path, data)
    if not (config.rules or config.catalogue or config.baseline or config.extends):
        return config
    root = repository(os.path.dirname(os.path.abspath(path)))
    _check_paths(config, root, text, "the repository")
    if not config.extends:
        return config
    from llmlint.packs import bases

    return config._replace(bases=bases(config, root))


def load_base(path: str, root: str | None, whole: str) -> Config:
    """A configuration that is extended, whose paths lead nowhere out of a folder, `whole` in words."""
    config, text = _read(path)
    _check_paths(config, root, text, whole)
    return config


def _read(path: str, data: bytes | None = None) -> tuple[Config, str]:
    data = _bytes(path) if data is None else data
    return _from_toml(path, data) if path.endswith(".toml") else _from_yaml(path, data)


def _bytes(path: str) -> bytes:
    """Of a regular file: a pipe would be waited for."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError("not a regular file")
    with open(path, "rb") as file:
        return file.read(document.MAX_BYTES + 1)


def _from_yaml(path: str, data: bytes) -> tuple[Config, str]:
    source = document.read(data)
    if source.problems:
        raise InvalidConfig(path, source.problems, source.text)
    if len(source.documents) != 1 or source.documents[0].data is None:
        problem = Problem("the configuration is empty", NOWHERE, "delete the file, or write what it should change")
        if source.documents and len(source.documents) > 1:
            problem = Problem("a configuration is one document", source.documents[1].key_span(()))
        raise InvalidConfig(path, [problem], source.text)
    written = source.documents[0]
    _check_size(path, written.data, source.text)
    span = lambda place, at_key: _yaml_span(written, place, at_key)  # noqa: E731
    return _config(path, written.data, span, source.text), source.text


def _check_size(path: str, data: object, text: str) -> None:
    """Every rule is held against every entry, so that their number is bounded. Raises `InvalidConfig`."""
    found, left = 0, [data]
    while left and found <= MOST_VALUES:
        value = left.pop()
        found += 1
        if isinstance(value, (dict, list)):
            left += value.values() if isinstance(value, dict) else value
    if found > MOST_VALUES:
        raise InvalidConfig(path, [Problem(f"holds more than {MOST_VALUES:,} values", NOWHERE)], text)


def _yaml_span(written: Document, place: Path, at_key: bool) -> Span:
    while not written.holds(place):  # one value in place of a list of one
        place = place[:-1]
    return written.key_span(place) if at_key else written.value_span(place)


def _from_toml(path: str, data: bytes) -> tuple[Config, str]:
    text = data.decode("utf-8", errors="replace")
    try:
        section = _section(data)
    except ValueError as problem:
        raise InvalidConfig(path, [_toml_problem(problem)], text) from None
    _check_size(path, section, text)
    from llmlint.toml_place import toml_span

    return _config(path, {} if section is None else section, lambda place, _: toml_span(text, place), text), text


def _section(data: bytes) -> Any:
    """What [tool.llmlint] holds, None where there is none; raises `ValueError` for what is not TOML."""
    import tomllib

    try:
        written = tomllib.loads(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    tool = written.get("tool")
    return tool.get("llmlint") if isinstance(tool, dict) else None


def _toml_problem(problem: ValueError) -> Problem:
    """tomllib tells the place in words: `Invalid value (at line 3, column 5)`."""
    import re

    text = str(problem)
    found = re.search(r" \(at line (\d+), column (\d+)\)$", text)
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    return Problem(f"not valid TOML: {text[: found.start()] if found else text}", Span(line, column, line, column + 1))


def _config(path: str, data: object, span: Callable[[Path, bool], Span], text: str) -> Config:
    try:
        record = _builder.build("Configuration", data)
    except Misfit:
        from llmlint.mistakes import mistakes

        found = [Problem(one.message, span(one.path, one.at_key), one.help) for one in mistakes("config", data)]
        raise InvalidConfig(path, sorted(found, key=lambda one: one.span), text) from None
    base = os.path.dirname(os.path.abspath(path))
    return Config(
        file=path,
        extends=tuple(Extended(one.pack, one.version, one.sha256) for one in record.extends or ()),
        fail_on=record.fail_on if record.fail_on in SEVERITIES else None,
        fail_never=record.fail_on == "never",
        select=tuple(record.select or ()),
        ignore=tuple(record.ignore or ()),
        severity=record.severity or {},
        parameters=record.parameters or {},
        rules=tuple(os.path.join(base, entry) for entry in record.rules or ()),
        catalogue=tuple(os.path.join(base, entry) for entry in record.catalogue or ()),
        baseline=os.path.join(base, record.baseline) if record.baseline is not None else None,
        machines=_machines(path, record.machines or {}, span, text),
        exclude=tuple(record.exclude or ()),
        jobs=record.jobs,
        cache=record.cache is not False,
        span=lambda place: span(place, place[0] == "severity" or (place[0] == "parameters" and len(place) == 2)),
    )


def _machines(
    path: str, written: Mapping[str, str], span: Callable[[Path, bool], Span], text: str
) -> tuple[tuple[str, Machine], ...]:
    if not written:
        return ()
    from llmlint.binding import NotAMachine, parse

    found, problems = [], []
    for selector, machine in written.items():
        try:
            found.append((selector, parse(machine)))
        except NotAMachine as problem:
            problems.append(Problem(str(problem), span(("machines", selector), False)))
    if problems:
        raise InvalidConfig(path, problems, text)
    return tuple(found)


def _check_paths(config: Config, root: str | None, text: str, whole: str) -> None:
    """A configuration may come with a pull request: it reads nothing outside the repository that it lies in."""
    baseline = (config.baseline,) if config.baseline is not None else ()
    problems = [
        Problem(f"leads out of {whole}", config.span((key, position)), f"the command line may: --{key} {path}")
        for key, paths in (("rules", config.rules), ("catalogue", config.catalogue), ("baseline", baseline))
        for position, path in enumerate(paths)
        if outside(path, root)
    ]
    if problems:
        raise InvalidConfig(config.file or "", problems, text)


def outside(path: str, root: str | None) -> bool:
    """Whether a path, links followed, leads out of a folder that is written with a separator at its end."""
    return root is not None and not os.path.join(os.path.realpath(path), "").startswith(root)


def repository(folder: str) -> str | None:
    """The root of the repository that a folder lies in, with a separator at its end; None outside of any."""
    here = os.path.realpath(folder)
    while not os.path.exists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent
    return os.path.join(here, "")
