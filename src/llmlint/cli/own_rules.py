"""`llmlint rules test` and `rules new`: runs the examples of a team's rules, and writes a rule to begin with."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from llmlint.cli.options import Options
from llmlint.cli.problems import guarded, tell, tell_placed
from llmlint.compiled.rules import RULES
from llmlint.settings import UsageError, configuration, team_catalogue

FOLDER = os.path.join("rules", "team")
"""Where a new rule goes, if nobody says otherwise: the folder's name is its subject."""
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def run_examples(paths: Sequence[str], options: Options) -> int:
    """Run the examples of the rules in files and folders; without any, of the configured ones. 1 where one fails."""
    return guarded(lambda: _run_examples(paths, options))


def _run_examples(paths: Sequence[str], options: Options) -> int:
    from llmlint.examples import failures, number
    from llmlint.rule_pack import ids_in_use, read_pack

    config = configuration(options)
    packs = list(dict.fromkeys([*paths] or [*map(os.path.relpath, config.rules), *options.rules]))
    if not packs:
        raise UsageError("no rules are configured: name a file or folder of them")
    taken = ids_in_use(RULES)
    rules = [loaded for path in packs for loaded in read_pack(path, taken)]
    catalogue = team_catalogue((*config.catalogue, *options.catalogue))
    failed = 0
    for loaded in rules:
        found = failures(loaded, catalogue)
        failed += bool(found)
        tell_placed(loaded.file, found)
    examples = sum(map(number, rules))
    outcome = f"{_counted(failed, 'rule')} {'fails' if failed == 1 else 'fail'}" if failed else "all pass"
    sys.stdout.write(f"{_counted(len(rules), 'rule')}, {_counted(examples, 'example')}: {outcome}\n")
    return 1 if failed else 0


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def new(name: str, folder: str | None, options: Options) -> int:
    """Write a rule of that id, commented, with examples that pass."""
    return guarded(lambda: _new(name, folder, options))


def _new(name: str, folder: str | None, options: Options) -> int:
    from llmlint.rule_pack import ids_in_use

    if not 3 <= len(name) <= 80 or _ID.fullmatch(name) is None:
        raise UsageError(f"{name[:80]!r} is no id: small letters, digits and dashes, naming the fault: too-many-gpus")
    if name in ids_in_use(RULES):
        raise UsageError(f"{name} is a rule already; `llmlint rule {name}` explains it")
    home = folder or _configured(options) or FOLDER
    path = os.path.join(home, f"{name}.yaml")
    try:
        os.makedirs(home, exist_ok=True)
        with open(path, "x", encoding="utf-8", newline="\n") as file:
            file.write(TEMPLATE.replace("RULE-ID", name))
    except FileExistsError:
        raise UsageError(f"{path} is there already") from None
    except OSError as error:
        raise UsageError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    sys.stdout.write(f"{path}: written; `llmlint rules test {path}` runs its examples\n")
    if not configuration(options).rules:
        tell(f"it is checked with `--rules {home}`, or `rules: {home}` in .llmlint.yaml")
    return 0


def _configured(options: Options) -> str | None:
    """The first configured folder of rules."""
    return next((os.path.relpath(path) for path in configuration(options).rules if os.path.isdir(path)), None)


TEMPLATE = """\
# A rule of our own: what must hold of a deployment, what is said where it does not, and examples that are its tests.
# `llmlint rules test` runs them; `llmlint facts` lists what conditions may name. Change all of it.
id: RULE-ID                      # the file's name; it names the fault
severity: warning                # error, warning or info
summary: More GPUs than our machines have
# Figures that the configuration of whoever uses the rule may set: `parameters: {RULE-ID: {most: 4}}`.
parameters:
  most: {default: 8, what: GPUs of one machine, least: 1}
# Whom it concerns (left out: every deployment), and what must hold. What is unknown is not checked.
when: known(gpu.count)
require: gpu.count <= most
# The key that a finding points at; of several, the first that is written.
at: [machine.gpus, machine.instance]
message: "{gpu.count} GPUs, where our machines have at most {most}"
why: |
  Say here why it matters: what fails, and for whom. `llmlint rule RULE-ID` shows it.
fix: |
  fewer, larger cards
since: 0.1.0
examples:
  pass:
    - |
      model: {parameters: 8B}
      machine: {gpus: [{name: L4, count: 8}]}
  fail:
    - |  # the comment marks the line that the finding is for
      model: {parameters: 8B}
      machine:
        gpus: [{name: L4, count: 9}]  # RULE-ID
"""
