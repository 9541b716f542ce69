"""What a file is checked with: configuration, rules, catalogue; worked out once for each configuration file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.cli.options import Options
from llmlint.compiled.rules import RULES
from llmlint.config import Config, load, nearest
from llmlint.finding import Severity
from llmlint.lint import Settings, configured
from llmlint.rule import Rule


class UsageError(Exception):
    """The command line or configuration asks for what there is not; ends the run with code 2."""


class Checking(NamedTuple):
    """Settings for some files, and when their findings fail the run."""

    settings: Settings
    config: Config
    fail_on: str
    """A severity, or `never`."""


class Checkings:
    """Gives each file its settings; files of one configuration share them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._by_folder: dict[str, str | None] = {}
        self._by_config: dict[str | None, Checking] = {}

    def of(self, path: str) -> Checking:
        """For a file: by the configuration given, or the nearest one."""
        config = self._config_path(os.path.dirname(path) or ".")
        found = self._by_config.get(config)
        if found is None:
            found = self._by_config[config] = checking(self.options, config)
        return found

    def _config_path(self, folder: str) -> str | None:
        if self.options.isolated or self.options.config is not None:
            return self.options.config
        if folder not in self._by_folder:
            self._by_folder[folder] = nearest(folder)
        return self._by_folder[folder]


def checking(options: Options, config_path: str | None) -> Checking:
    """The settings under one configuration; raises `InvalidConfig`, `InvalidRule`, `UsageError`."""
    config = _load(config_path) if config_path is not None else Config()
    rules = [*RULES, *team_rules((*config.rules, *options.rules), RULES)]
    ids, subjects = {rule.id for rule in rules}, {rule.subject for rule in rules}
    _check_selectors((*options.select, *options.ignore), ids, subjects, "the command line")
    _check_selectors((*config.select, *config.ignore, *config.severity), ids, subjects, config.file or "")
    chosen = configured(rules, config.severity, options.select or config.select, (*config.ignore, *options.ignore))
    settings = Settings(
        rules=chosen,
        catalogue=team_catalogue((*config.catalogue, *options.catalogue)),
        known=frozenset(ids) | frozenset(BUILT_IN),
        today=options.today or "",
    )
    return Checking(settings, config, options.fail_on or ("never" if config.fail_never else config.fail_on or "error"))


def _load(path: str) -> Config:
    try:
        return load(path)
    except OSError as error:
        raise UsageError(f"{path}: {(error.strerror or str(error)).lower()}") from None


def team_rules(paths: Sequence[str], built_in: Sequence[Rule]) -> list[Rule]:
    """Rules of the team's own, from files and folders; their ids are not those of the pack."""
    if not paths:
        return []
    from llmlint.rule_pack import load_pack

    taken = {rule.id: "built in" for rule in built_in}
    found: list[Rule] = []
    for path in dict.fromkeys(map(os.path.normpath, paths)):
        found += load_pack(path, taken)
    return found


def team_catalogue(paths: Sequence[str]) -> Catalogue:
    """The catalogue with the team's own rows."""
    if not paths:
        return Catalogue()
    from llmlint.cli.own_catalogue import load_user_rows

    return Catalogue([load_user_rows(path) for path in paths])


def _check_selectors(selectors: Sequence[str], ids: set[str], subjects: set[str], where: str) -> None:
    known = {"all", *ids, *(f"{subject}/" for subject in subjects)}
    for selector in selectors:
        if selector not in known:
            from difflib import get_close_matches

            near = get_close_matches(selector, known, n=1)
            hint = f", did you mean {near[0]}?" if near else "; `llmlint rule` lists them"
            raise UsageError(f"{where}: there is no rule {selector!r}{hint}")


def fails(severity: Severity, fail_on: str) -> bool:
    """Whether a finding of that severity fails the run."""
    order = ("info", "warning", "error")
    return fail_on != "never" and order.index(severity) >= order.index(fail_on)


