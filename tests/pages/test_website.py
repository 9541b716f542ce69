"""The site: every page is in its navigation, generated pages show real output, nothing is loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from website import links, offline, pages

from llmlint.builtin import BUILT_IN
from llmlint.compiled.rules import RULES
from llmlint.engines.registry import MODULES

from .transcript import ROOT

CONFIG: dict[str, Any] = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
WRITTEN = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return pages.generated(ROOT)


def in_navigation(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    values = entry.values() if isinstance(entry, dict) else entry
    return [page for value in values for page in in_navigation(value)]


def test_every_page_is_in_the_navigation_once(generated: dict[str, str]) -> None:
    listed = in_navigation(CONFIG["nav"])
    assert len(listed) == len(set(listed))
    made = {name for name in generated if name.endswith(".md") and not name.startswith("rules/")}
    assert set(listed) == WRITTEN | made
    assert not WRITTEN & made, "a written page would be replaced"


def test_broken_links_are_errors() -> None:
    """Which mkdocs would otherwise pass over: it only warns of them, or says nothing."""
    assert CONFIG["strict"] is True
    assert set(CONFIG["validation"]["links"].values()) == {"warn"}
    assert set(CONFIG["validation"]["links"]) >= {"not_found", "anchors", "unrecognized_links", "absolute_links"}
    assert CONFIG["theme"]["font"] is False


@pytest.mark.parametrize("link", ["missing.md", "index.md#missing", "other.md#missing"])
def test_a_site_with_a_broken_link_is_not_built(tmp_path: Path, link: str) -> None:
    """By the settings of ours, on a site of two pages."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other.md").write_text("# Other\n", encoding="utf-8")
    settings = {"site_name": "small", **{key: CONFIG[key] for key in ("strict", "validation", "markdown_extensions")}}
    with (tmp_path / "mkdocs.yml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(settings, file)
    for target, code in (("other.md#other", 0), (link, 1)):
        (tmp_path / "docs" / "index.md").write_text(f"# Small\n\n[a link]({target})\n", encoding="utf-8")
        command = [str(Path(sys.executable).with_name("mkdocs")), "build"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == code, done.stderr


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_page_of_a_rule_shows_what_it_says_of_its_example(generated: dict[str, str], rule: Any) -> None:
    page = generated[f"rules/{rule.id}.md"]
    (command,) = re.findall(r"^\$ (.*)$", page, re.MULTILINE)
    assert command == f"llmlint --quiet --select {rule.id} deploy.yaml"
    assert f"{rule.severity}[{rule.id}]" in page.partition(command)[2]
    assert all(f"#{links.anchor(fact)}" in page for fact in rule.require.facts)


def test_each_finding_and_each_engine_has_a_page(generated: dict[str, str]) -> None:
    assert {name for name in generated if name.startswith("rules/")} == {
        f"rules/{name}.md" for name in [*BUILT_IN, *(rule.id for rule in RULES)]
    }
    for name in MODULES:
        page = generated[f"engines/{name.replace('.', '')}.md"]
        assert ("| weights |" in page or "| KV cache |" in page) != ("No recorded run" in page)


def test_the_catalogue_is_listed_whole(generated: dict[str, str]) -> None:
    for name in ("models", "accelerators", "machines"):
        text = (ROOT / "src" / "llmlint" / "catalog" / "data" / f"{name}.jsonl").read_text(encoding="utf-8")
        assert generated[f"catalogue/{name}.md"].count("\n| ") == len(text.splitlines()) + 1


def test_names_in_lists_lead_to_their_pages() -> None:
    rules = links.linked("rule-list.md", (ROOT / "docs" / "rule-list.md").read_text(encoding="utf-8"))
    assert all(f"[`{rule.id}`](rules/{rule.id}.md)" in rules for rule in RULES)
    facts = links.linked("facts.md", (ROOT / "docs" / "facts.md").read_text(encoding="utf-8"))
    assert "`model.name`{ #fact-model-name }" in facts


@pytest.mark.parametrize(
    ("page", "addresses"),
    [
        ('<script src="https://a.example/x.js"></script>', ["https://a.example/x.js"]),
        ("<img alt='' src='//a.example/x.png'>", ["//a.example/x.png"]),
        ('<link rel="stylesheet" href="https://a.example/x.css">', ["https://a.example/x.css"]),
        ("<style>@import 'https://a.example/x.css'; p { background: url(//a.example/y) }</style>", None),
        ('<link rel="canonical" href="https://a.example/"><a href="https://a.example/">x</a>', []),
        ('<script src="../assets/x.js"></script><link href="x.css" rel="stylesheet">', []),
    ],
)
def test_what_a_page_would_load_is_seen(page: str, addresses: list[str] | None) -> None:
    assert offline.loaded(page) == addresses or (addresses is None and len(offline.loaded(page)) == 2)


def test_what_style_sheets_would_load_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url('https://a.example/f.woff2') }", encoding="utf-8")
    assert offline.loaded_by_styles(tmp_path) == ["https://a.example/f.woff2"]
