"""`llmlint rule`: lists rules, and explains one from its own file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from llmlint import resources
from llmlint.builtin import BUILT_IN
from llmlint.cli.options import Options
from llmlint.cli.problems import guarded, tell
from llmlint.compiled.rules import RULES
from llmlint.reports.printable import printable
from llmlint.rule import Rule
from llmlint.rule_file import Loaded, load_rule
from llmlint.settings import here, team_rules


def list_rules(options: Options) -> int:
    """Every rule in a line, by subject."""
    return guarded(lambda: _list(here(options).rules))


def _list(packs: Sequence[str]) -> int:
    rules = [*RULES, *team_rules(packs, RULES)]
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


def explain(ids: Iterable[str], options: Options) -> int:
    """The pages of some rules."""
    return guarded(lambda: _explain_all(list(dict.fromkeys(ids)), here(options).rules))


def _explain_all(ids: Sequence[str], packs: Sequence[str]) -> int:
    pages = [_page_of(name, packs) for name in ids]
    sys.stdout.write("\n\n".join(page for page in pages if page is not None))
    return max((_unknown(name, packs) for name, page in zip(ids, pages, strict=True) if page is None), default=0)


def _page_of(name: str, packs: Sequence[str]) -> str | None:
    if name in BUILT_IN:
        one = BUILT_IN[name]
        return _page((name, one.severity, one.summary), "", one.why, one.fix)
    loaded = _find(name, packs)
    return rule_page(loaded) if loaded is not None else None


def _find(name: str, packs: Sequence[str]) -> Loaded | None:
    own = next((rule.id for rule in RULES if name in rule.aliases), name)
    for path in resources.rule_files():
        if os.path.basename(path) == f"{own}.yaml":
            return load_rule(path)
    if packs:
        from llmlint.rule_pack import ids_in_use, read_pack

        taken = ids_in_use(RULES)
        for pack in packs:
            for loaded in read_pack(pack, taken):
                if loaded.rule.id == name:
                    return loaded
    return None


def rule_page(loaded: Loaded) -> str:
    """The page of one rule: what, why, the condition, what to do, and an example of each kind."""
    rule, data = loaded.rule, loaded.data
    page = _page((rule.id, rule.severity, rule.summary), _condition(rule), str(data["why"]), str(data["fix"]))
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


def _indented(text: str) -> str:
    lines = text.strip().split("\n")
    return "".join(f"  {printable(line)}\n" if line else "\n" for line in lines)


def _example(title: str, text: str) -> str:
    return f"\nA deployment that {title}\n{_indented(text)}"


def _unknown(name: str, packs: Sequence[str]) -> int:
    from difflib import get_close_matches

    known = [*(rule.id for rule in (*RULES, *team_rules(packs, RULES))), *BUILT_IN]
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`llmlint rule` lists them"
    return tell(f"there is no rule {name!r}; {hint}")
