"""What a file is checked with: configuration, rules, catalogue; worked out once for each configuration file."""

from __future__ import annotations

import os

from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.config import Config, InvalidConfig, load, nearest
from llmlint.finding import Error, Problem, Severity
from llmlint.linting import Settings, configured, without_words
from llmlint.neighbours import Run, surroundings
from llmlint.read import Around
from llmlint.rule import Rule
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmlint.binding import Machine
    from llmlint.wanted import Wanted

REMARKS = frozenset(name for name in BUILT_IN if name.startswith("suppression-"))
"""Findings about comments: a team may weigh them otherwise, or not want them."""


class UsageError(Error):
    """An option, or an argument of a call, asks for what there is not; ends a run with code 2."""

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(f"{option}: {message}" if option else message)
        self.message = message
        self.option = option
        """By its name in the program: machine, today, select; empty where none is to blame."""


class Checking(NamedTuple):
    """Settings for some files, and when their findings fail the run."""

    settings: Settings
    config: Config
    fail_on: str
    """A severity, or `never`."""
    machine: Machine | None = None
    """For deployments whose files name none, from the command line."""
    reads_files: bool = True
    """Whether what lies beside a file may be read: manifests that belong to it, and models that it names."""

    def beside(self, path: str, run: Run | None = None) -> Checking:
        """The same with what the run knows beside a file."""
        return self._replace(settings=self.settings._replace(around=self._around(path, run)))

    def mute(self) -> Checking:
        """The same for trials, of which nobody reads what they say."""
        return self._replace(settings=without_words(self.settings))

    def _around(self, path: str, run: Run | None = None) -> Around:
        beside = surroundings(path, run) if self.reads_files else None
        if self.machine is None and not self.config.machines:
            return Around(beside)
        from llmlint.binding import Bindings

        return Around(beside, Bindings(self.machine, self.config.machines, self.config.relative(path)))


class Checkings:
    """Gives each file its settings; files of one configuration share them."""

    def __init__(self, options: Wanted) -> None:
        self.options = options
        self._by_folder: dict[str, Checking] = {}
        self._by_config: dict[str | None, Checking] = {}

    def of(self, path: str) -> Checking:
        """For a file: by the configuration given, or the nearest one."""
        folder = os.path.dirname(path) if os.altsep else path[: path.rfind(os.sep) + 1]
        found = self._by_folder.get(folder)
        if found is None:
            found = self._by_folder[folder] = self._of(self._config_path(os.path.dirname(path) or "."))
        return found

    def _of(self, config: str | None) -> Checking:
        found = self._by_config.get(config)
        if found is None:
            found = self._by_config[config] = checking(self.options, config)
        return found

    def all(self) -> list[Checking]:
        """Those that were asked for so far."""
        return list(self._by_config.values())

    def baselines(self) -> set[str]:
        """The baselines that the configurations of all files name."""
        return {one.config.baseline for one in self._by_config.values() if one.config.baseline is not None}

    def jobs(self) -> int | None:
        """The fewest processes that a configuration allows; None where none says."""
        return min((one.config.jobs for one in self._by_config.values() if one.config.jobs is not None), default=None)

    def rules(self) -> list[Rule]:
        """The rules of all files that were asked for, each once, by their ids."""
        found = {rule.id: rule for checking in self._by_config.values() for rule in checking.settings.rules}
        return [found[name] for name in sorted(found)]

    def packs(self) -> list[str]:
        """Paths of the rules of one's own among them, each once."""
        configured = [path for checking in self._by_config.values() for path in checking.config.rules]
        return list(dict.fromkeys((*configured, *self.options.rules)))

    def _config_path(self, folder: str) -> str | None:
        if self.options.isolated or self.options.config is not None:
            return self.options.config
        return nearest(folder)


def checking(
    options: Wanted, config_path: str | None, *, reads_files: bool = True, config_data: bytes | None = None
) -> Checking:
    """The settings under one configuration; raises `InvalidConfig`, `InvalidRule`, `UsageError`.

    `reads_files`: whether files that a plan names, or that lie beside it, may be read. `config_data`: what an
    editor has in place of what the configuration file holds.
    """
    _check_today(options.today)
    config = _load(config_path, config_data) if config_path is not None else Config()
    layers = (*config.bases, config)
    config = _whole(config)
    rules = [*RULES, *team_rules((*config.rules, *options.rules), RULES)]
    ids, subjects = {rule.id for rule in rules}, {rule.subject for rule in rules}
    names = ids.union(*(rule.aliases for rule in rules))
    _check_selectors("select", options.select, names, subjects)
    _check_selectors("ignore", options.ignore, names, subjects)
    for one in layers:
        _check_written(one, names, subjects)
    rules = _with_parameters(rules, layers)
    settings = Settings(
        rules=_chosen(rules, config, options),
        catalogue=team_catalogue((*config.catalogue, *options.catalogue), reads_files=reads_files),
        known=frozenset(ids) | frozenset(BUILT_IN),
        today=options.today or "",
        remarks=_remarks(config, options),
    )
    fail_on = options.fail_on or ("never" if config.fail_never else config.fail_on or "error")
    return Checking(settings, config, fail_on, _machine(options.machine), reads_files)


def _whole(config: Config) -> Config:
    """A configuration with what it extends."""
    if not config.bases:
        return config
    from llmlint.packs import merged

    return merged(config)


def _with_parameters(rules: list[Rule], layers: Sequence[Config]) -> list[Rule]:
    """The rules with the figures of the configurations, of which later ones overrule."""
    for one in layers:
        if one.parameters:
            from llmlint.own_parameters import configured_parameters

            rules = configured_parameters(rules, one)
    return rules


def with_parameters(rules: list[Rule], config: Config) -> list[Rule]:
    """The rules with the figures of a configuration and of what it extends."""
    return _with_parameters(rules, (*config.bases, config))


def _machine(text: str | None) -> Machine | None:
    if text is None:
        return None
    from llmlint.binding import NotAMachine, parse

    try:
        return parse(text)
    except NotAMachine as problem:
        raise UsageError(f"{text}: {problem}", "machine") from None


def _chosen(rules: Sequence[Rule], config: Config, options: Wanted) -> list[Rule]:
    """The command line's selection stands for the configuration's; what is ignored is taken from either."""
    if options.select:
        return configured(rules, config.severity, options.select, options.ignore)
    return configured(rules, config.severity, config.select, (*config.ignore, *options.ignore))


def _remarks(config: Config, options: Wanted) -> dict[str, str]:
    """Severities of the findings about comments, where they are not the usual ones."""
    wanted = {name: level for name, level in config.severity.items() if name in REMARKS}
    return wanted | {name: "off" for name in (*config.ignore, *options.ignore) if name in REMARKS}


def _check_today(text: str | None) -> None:
    if text is None:
        return
    from datetime import date

    try:
        usual = date.fromisoformat(text).isoformat() == text
    except ValueError:
        usual = False
    if not usual:
        raise UsageError(f"{text!r} is not a date such as 2026-01-31", "today")


def _load(path: str, data: bytes | None = None) -> Config:
    try:
        return load(path, data)
    except OSError as error:
        raise UsageError(f"{path}: {(error.strerror or str(error)).lower()}") from None


class Here(NamedTuple):
    """Files of the team's own that look-ups without files use."""

    rules: tuple[str, ...]
    catalogue: tuple[str, ...]
    config: Config


def configuration(options: Wanted) -> Config:
    """The configuration for the current folder."""
    path = options.config if options.isolated or options.config is not None else nearest(".")
    return _whole(_load(path)) if path is not None else Config()


def here(options: Wanted) -> Here:
    """The rules and catalogues that are asked for, and those of the configuration for the current folder."""
    config = configuration(options)
    return Here((*config.rules, *options.rules), (*config.catalogue, *options.catalogue), config)


def team_rules(paths: Sequence[str], built_in: Sequence[Rule]) -> list[Rule]:
    """Rules of the team's own, from files and folders; their ids are not those of the pack."""
    if not paths:
        return []
    from llmlint.rule_pack import ids_in_use, load_pack

    taken = ids_in_use(built_in)
    packs: dict[str, str] = {}
    for path in paths:
        packs.setdefault(os.path.realpath(path), path)
    return [rule for path in packs.values() for rule in load_pack(path, taken)]


def team_catalogue(paths: Sequence[str], *, reads_files: bool = True) -> Catalogue:
    """The catalogue with the team's own rows."""
    if not paths:
        return Catalogue(reads_files=reads_files)
    from llmlint.own_catalogue import load_user_rows

    return Catalogue([load_user_rows(path) for path in paths], reads_files=reads_files)


def _check_selectors(option: str, selectors: Sequence[str], ids: set[str], subjects: set[str]) -> None:
    for selector in selectors:
        wrong = _unknown(selector, ids, subjects)
        if wrong:
            raise UsageError(wrong, option)


def _check_written(config: Config, ids: set[str], subjects: set[str]) -> None:
    """Every selector of the configuration that means nothing, at its place."""
    problems = []
    for key in ("select", "ignore", "severity", "parameters"):
        for position, selector in enumerate(getattr(config, key)):
            wrong = _unknown(selector, ids, subjects)
            if wrong:
                place = (key, selector if key in ("severity", "parameters") else position)
                problems.append(Problem(wrong, config.span(place)))
    if problems:
        raise InvalidConfig(config.file or "", problems)


def _unknown(selector: str, ids: set[str], subjects: set[str]) -> str:
    """What is wrong with a selector; empty if nothing is."""
    known = {"all", *ids, *(f"{subject}/" for subject in subjects), *REMARKS}
    if selector in known:
        return ""
    if selector in BUILT_IN:
        return f"{selector} is always reported: it cannot be selected, ignored or given another severity"
    from difflib import get_close_matches

    near = get_close_matches(selector, sorted(known), n=1)
    return f"there is no rule {selector!r}" + (f", did you mean {near[0]}?" if near else "; `llmlint rule` lists them")


def fails(severity: Severity, fail_on: str) -> bool:
    """Whether a finding of that severity fails the run."""
    order = ("info", "warning", "error")
    return fail_on != "never" and order.index(severity) >= order.index(fail_on)
