"""`llmlint rule`: lists rules, and explains one from its own file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from llmlint import resources
from llmlint.builtin import BUILT_IN
from llmlint.cli.problems import guarded, tell
from llmlint.cli.settings import team_rules
from llmlint.compiled.rules import RULES
from llmlint.rule import Rule
from llmlint.rule_file import Loaded, load_rule


def list_rules(packs: Sequence[str]) -> int:
    """Every rule in a line, by subject."""
    return guarded(lambda: _list(packs))


def _list(packs: Sequence[str]) -> int:
    rules = [*RULES, *team_rules(packs, RULES)]
    width = max(len(name) for name in (*(rule.id for rule in rules), *BUILT_IN))
    for subject in sorted({rule.subject for rule in rules}):
        sys.stdout.write(f"{subject}/\n")
        for rule in rules:
            if rule.subject == subject:
                sys.stdout.write(f"  {rule.id:<{width}}  {rule.severity:<7}  {rule.summary}\n")
    sys.stdout.write("about the file itself\n")
    for name, one in BUILT_IN.items():
        sys.stdout.write(f"  {name:<{width}}  {one.severity:<7}  {one.summary}\n")
    return 0


def explain(ids: Iterable[str], packs: Sequence[str]) -> int:
    """The pages of some rules."""
    return guarded(lambda: max(_explain(name, packs) for name in ids))


def _explain(name: str, packs: Sequence[str]) -> int:
    if name in BUILT_IN:
        one = BUILT_IN[name]
        sys.stdout.write(_page(name, one.severity, one.summary, "", one.why, one.fix))
        return 0
    loaded = _find(name, packs)
    if loaded is None:
        return _unknown(name, packs)
    sys.stdout.write(rule_page(loaded))
    return 0


def _find(name: str, packs: Sequence[str]) -> Loaded | None:
    for path in resources.rule_files():
        if os.path.basename(path) == f"{name}.yaml":
            return load_rule(path)
    if packs:
        from llmlint.rule_pack import read_pack

        taken = {rule.id: "built in" for rule in RULES}
        for pack in packs:
            for loaded in read_pack(pack, taken):
                if loaded.rule.id == name:
                    return loaded
    return None


def rule_page(loaded: Loaded) -> str:
    """The page of one rule: what, why, the condition, what to do, and an example of each kind."""
    rule, data = loaded.rule, loaded.data
    condition = _condition(rule)
    page = _page(rule.id, rule.severity, rule.summary, condition, str(data["why"]), str(data["fix"]))
    examples = data["examples"]
    assert isinstance(examples, dict)
    page += _example("is reported", examples["fail"][0]) + _example("passes", examples["pass"][0])
    references = data.get("references")
    if isinstance(references, list):
        page += "\nReferences\n" + "".join(f"  {reference}\n" for reference in references)
    return page


def _page(name: str, severity: str, summary: str, condition: str, why: str, fix: str) -> str:
    parts = [f"{name} ({severity})\n{summary}\n"]
    if condition:
        parts.append(f"\nWhat holds\n{condition}")
    parts += [f"\nWhy\n{_indented(why)}", f"\nWhat to do\n{_indented(fix)}"]
    return "".join(parts)


def _condition(rule: Rule) -> str:
    when = f"  when     {rule.when.text}\n" if rule.when is not None else ""
    return f"{when}  require  {rule.require.text}\n"


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" if line else "\n" for line in text.strip().splitlines())


def _example(title: str, text: str) -> str:
    return f"\nA deployment that {title}\n{_indented(text)}"


def _unknown(name: str, packs: Sequence[str]) -> int:
    from difflib import get_close_matches

    known = [*(rule.id for rule in (*RULES, *team_rules(packs, RULES))), *BUILT_IN]
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`llmlint rule` lists them"
    return tell(f"there is no rule {name!r}; {hint}")
