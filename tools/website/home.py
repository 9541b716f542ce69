"""The README as the first page, and the other files beside it that pages link to."""

from __future__ import annotations

import re
from pathlib import Path

BESIDE = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


def generated(root: Path) -> dict[str, str]:
    """index.md, changelog.md, contributing.md, licence and notice, and the schemas at their names."""
    made = {"index.md": on_the_site((root / "README.md").read_text(encoding="utf-8"))}
    for name, page in BESIDE.items():
        made[page] = on_the_site((root / name).read_text(encoding="utf-8"))
    notice = (root / "NOTICE").read_text(encoding="utf-8")
    made["notice.md"] = f"# Notice\n\n{notice}"
    for path in sorted((root / "schemas").glob("*.json")):
        made[f"schemas/{path.name}"] = path.read_text(encoding="utf-8")
    return made


def on_the_site(text: str) -> str:
    """A page from the top of the repository with its links as they are on the site."""
    text = re.sub(r"```console tests\n", "```console\n", text)
    return LINK.sub(lambda found: f"]({_place(found[1])}{found[2] or ''})", text)


def _place(target: str) -> str:
    if target == "NOTICE":
        return "notice.md"
    return BESIDE.get(target, target.removeprefix("docs/"))
