"""A page for every rule: what it finds, why, its condition, and what the program says of its own example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from website.links import fact_link, reference
from website.printed import fenced, printed


def generated(root: Path) -> dict[str, str]:
    """rules/ID.md of each rule and of each finding about the file itself."""
    from llmlint import resources
    from llmlint.builtin import BUILT_IN
    from llmlint.rule_file import load_rule

    loaded = [load_rule(path) for path in resources.rule_files()]
    made = {f"rules/{one.rule.id}.md": _page(one) for one in loaded}
    return made | {f"rules/{name}.md": _built_in(name, one) for name, one in BUILT_IN.items()}


def _page(loaded: Any) -> str:
    from llmlint.cli.rules import fixability

    rule, data = loaded.rule, loaded.data
    names = f"\n\nAlso found as {', '.join(f'`{name}`' for name in rule.aliases)}." if rule.aliases else ""
    head = [
        f"# {rule.id}\n",
        f"**{rule.severity}** · subject [`{rule.subject}/`](../rule-list.md#{rule.subject}) · since {data['since']}\n",
        f"{rule.summary}.{names}\n",
    ]
    parts = [
        *head,
        f"## Why it matters\n\n{str(data['why']).strip()}\n",
        f"## What holds\n\n{_conditions(rule)}",
        f"## What to do\n\n{_remedy(data)}",
        f"Fix: {fixability(rule)}.\n",
        _examples(rule.id, data["examples"]),
        _silencing(rule.id),
        _references(data.get("references")),
    ]
    return "\n".join(part for part in parts if part)


def _conditions(rule: Any) -> str:
    when = f"when     {rule.when.text}\n" if rule.when is not None else ""
    facts = sorted({*rule.require.facts, *(rule.when.facts if rule.when is not None else ())})
    named = ", ".join(map(fact_link, facts))
    shown = fenced(f"{when}require  {rule.require.text}")
    return f"{shown}\nIt looks at {named}. Where one that it hangs on is unknown, the rule is *not checked*.\n"


def _remedy(data: Any) -> str:
    words = str(data["fix"]).strip()
    looked = "\n\nThe smallest change that makes the plan pass is [looked for](../suggest.md#in-findings).\n"
    return f"{fenced(words)}{looked if data.get('remedy') == 'suggested' else ''}"


def _examples(name: str, examples: Any) -> str:
    failing, passing = str(examples["fail"][0]), str(examples["pass"][0])
    command = ("check", "--isolated", "--quiet", "--select", name, "deploy.yaml")
    shown = printed(*command, files={"deploy.yaml": failing})
    return (
        f"## Example\n\n{fenced(failing, 'yaml', 'deploy.yaml')}\n"
        f"{fenced(f'$ llmlint --quiet --select {name} deploy.yaml{chr(10)}{shown}', 'console')}\n"
        f"This passes:\n\n{fenced(passing, 'yaml')}"
    )


def _silencing(name: str) -> str:
    comment = fenced(f"# llmlint: ignore[{name}] the reason", "yaml")
    return (
        "## Taking it back\n\nIn the file, at the value or above the key "
        "([comments](../configuration.md#comments)):\n\n"
        f"{comment}\nFor a project, in its [configuration](../configuration.md):\n\n"
        f"{fenced(f'ignore: [{name}]', 'yaml', '.llmlint.yaml')}"
    )


def _references(references: Any) -> str:
    if not references:
        return ""
    return "## References\n\n" + "".join(f"- {reference(str(one))}\n" for one in references)


def _built_in(name: str, one: Any) -> str:
    return (
        f"# {name}\n\n**{one.severity}** · [about the file itself](../rule-list.md#about-the-file-itself)\n\n"
        f"{one.summary}.\n\n## Why it matters\n\n{one.why}\n\n## What to do\n\n{one.fix}\n"
    )
