"""`llmlint rule`: lists rules, and explains one from its own file; as text, or as JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence

from llmlint import resources
from llmlint.builtin import BUILT_IN
from llmlint.cli.options import Options
from llmlint.cli.problems import guarded, tell
from llmlint.compiled.rules import RULES
from llmlint.reports.printable import printable
from llmlint.rule import Parameter, Rule
from llmlint.rule_file import Loaded, load_rule
from llmlint.settings import here, team_rules, with_parameters
from llmlint.tuples import NamedTuple


class Known(NamedTuple):
    """The rules that there are for the current folder."""

    packs: Sequence[str]
    rules: Mapping[str, Rule]
    """By id, with the figures that are configured."""

    def named(self, name: str) -> Rule | None:
        """By its id or another of its names."""
        return self.rules.get(name) or next((rule for rule in self.rules.values() if name in rule.aliases), None)


def known(options: Options) -> Known:
    """All rules, with the figures of the configuration for the current folder."""
    found = here(options)
    rules = with_parameters([*RULES, *team_rules(found.rules, RULES)], found.config)
    return Known(found.rules, {rule.id: rule for rule in rules})


def list_rules(options: Options, format: str) -> int:
    """Every rule in a line, by subject; as JSON with all there is to know of each."""
    return guarded(lambda: _list_json(known(options)) if format == "json" else _list(known(options)))


def _list(found: Known) -> int:
    rules = list(found.rules.values())
    width = max(len(name) for name in (*(rule.id for rule in rules), *BUILT_IN))
    for subject in sorted({rule.subject for rule in rules}):
        sys.stdout.write(f"{printable(subject)}/\n")
        for rule in rules:
            if rule.subject == subject:
                sys.stdout.write(f"  {rule.id:<{width}}  {rule.severity:<7}  {_mark(rule)}{printable(rule.summary)}\n")
    sys.stdout.write("about the file itself\n")
    for name, one in BUILT_IN.items():
        sys.stdout.write(f"  {name:<{width}}  {one.severity:<7}  {one.summary}\n")
    return 0


def _mark(rule: Rule) -> str:
    return "" if rule.edit is None else "[*] " if rule.edit.safe else "[unsafe fix] "


def explain(ids: Iterable[str], options: Options, format: str) -> int:
    """The pages of some rules, or what there is to know of them as JSON."""
    return guarded(lambda: _explain(list(dict.fromkeys(ids)), known(options), format))


def _explain(names: Sequence[str], found: Known, format: str) -> int:
    there = [name for name in names if name in BUILT_IN or found.named(name)]
    if format == "json":
        _write_json(there, found)
    else:
        sys.stdout.write("\n\n".join(_page_of(name, found) for name in there))
    return max((_unknown(name, found) for name in names if name not in there), default=0)


def _list_json(found: Known) -> int:
    rules = sorted(found.rules.values(), key=lambda rule: (rule.subject, rule.id))
    _write_json([*(rule.id for rule in rules), *BUILT_IN], found)
    return 0


def _write_json(names: Sequence[str], found: Known) -> None:
    from llmlint.reports.rules import VERSION, RuleEntry, program_entry, rule_entry

    built_in = {rule.id for rule in RULES}
    files = _files(found.packs)
    entries: list[RuleEntry] = []
    for name in names:
        rule = found.named(name)
        if rule is None:
            entries.append(program_entry(name, BUILT_IN[name]))
        else:
            entries.append(rule_entry(files[rule.id], rule, own=rule.id not in built_in))
    rows = ",".join(f"\n  {json.dumps(entry, allow_nan=False)}" for entry in entries)
    sys.stdout.write(f'{{"version": {VERSION}, "rules": [{rows}\n]}}\n')


class _files:  # noqa: N801  # a mapping that reads what is asked for
    """The files of rules by id: a built-in one is read when it is asked for, packs at once."""

    def __init__(self, packs: Sequence[str]) -> None:
        self._paths = {os.path.basename(path).removesuffix(".yaml"): path for path in resources.rule_files()}
        self._own: dict[str, Loaded] | None = None
        self._packs = packs

    def __getitem__(self, name: str) -> Loaded:
        if name in self._paths:
            return load_rule(self._paths[name])
        if self._own is None:
            from llmlint.rule_pack import ids_in_use, read_pack

            taken = ids_in_use(RULES)
            self._own = {one.rule.id: one for pack in self._packs for one in read_pack(pack, taken)}
        return self._own[name]


def _page_of(name: str, found: Known) -> str:
    rule = found.named(name)
    if rule is None:
        one = BUILT_IN[name]
        return _page((name, one.severity, one.summary), "", one.why, one.fix)
    return rule_page(_files(found.packs)[rule.id], rule)


def rule_page(loaded: Loaded, configured: Rule) -> str:
    """The page of one rule: what, why, the condition, what to do, and an example of each kind."""
    rule, data = loaded.rule, loaded.data
    holds = _condition(rule) + _parameters(rule.parameters, configured.parameters)
    page = _page((rule.id, rule.severity, rule.summary), holds, str(data["why"]), str(data["fix"]))
    page += f"\nFix\n  {fixability(rule)}\n"
    examples = data["examples"]
    assert isinstance(examples, dict)
    page += _example("is reported", examples["fail"][0]) + _example("passes", examples["pass"][0])
    references = data.get("references")
    if isinstance(references, list):
        page += "\nReferences\n" + "".join(f"  {printable(reference)}\n" for reference in references)
    return page


def fixability(rule: Rule) -> str:
    """Whether the program mends what a rule finds."""
    if rule.edit is None:
        return "by hand"
    how = "safe: made by --fix" if rule.edit.safe else "unsafe: made by --fix --unsafe-fixes"
    if rule.edit.unsafe_where:
        how += f" (with --unsafe-fixes where {rule.edit.unsafe_where})"
    return f"{how}, where the file itself says what is to be changed"


def _page(head: tuple[str, str, str], condition: str, why: str, fix: str) -> str:
    name, severity, summary = head
    parts = [f"{name} ({severity})\n{printable(summary)}\n"]
    if condition:
        parts.append(f"\nWhat holds\n{condition}")
    parts += [f"\nWhy\n{_indented(why)}", f"\nWhat to do\n{_indented(fix)}"]
    return "".join(parts)


def _condition(rule: Rule) -> str:
    when = f"  when     {printable(rule.when.text)}\n" if rule.when is not None else ""
    return f"{when}  require  {printable(rule.require.text)}\n"


def _parameters(own: Sequence[Parameter], configured: Sequence[Parameter]) -> str:
    """The figures that may be changed, those that are with the rule's own beside them."""
    if not own:
        return ""
    lines = ["\nParameters\n"]
    for one, now in zip(own, configured, strict=True):
        changed = f" (configured; the rule's own: {_shown(one)})" if now.value != one.value else ""
        lines.append(f"  {one.name}: {printable(_shown(now))}{printable(changed)}\n    {printable(one.what)}\n")
    return "".join(lines)


def _shown(parameter: Parameter) -> str:
    if isinstance(parameter.shown, str):
        return parameter.shown
    return ", ".join(f"{key} {text}" for key, text in parameter.shown.items()) + f", by {parameter.by}"


def _indented(text: str) -> str:
    lines = text.strip().split("\n")
    return "".join(f"  {printable(line)}\n" if line else "\n" for line in lines)


def _example(title: str, text: str) -> str:
    return f"\nA deployment that {title}\n{_indented(text)}"


def _unknown(name: str, found: Known) -> int:
    from difflib import get_close_matches

    near = get_close_matches(name, [*found.rules, *BUILT_IN], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`llmlint rule` lists them"
    return tell(f"there is no rule {name!r}; {hint}")
