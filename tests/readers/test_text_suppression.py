"""Comments silence findings in texts that are no YAML as they do in YAML."""

from __future__ import annotations

from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.linting import Settings, lint

SETTINGS = Settings(RULES, Catalogue(), frozenset(rule.id for rule in RULES), "2026-01-01")
SERVICE = "[Service]\n{}ExecStart=/usr/bin/vllm serve Qwen/Qwen3-8B \\\n  {}\n  --no-such-option 1\n"
IGNORE = "# llmlint: ignore[unknown-flag] on purpose"


def said(text: str, file: str) -> tuple[list[str], int]:
    """Rules that say something of the command line or the comments, and how many findings were silenced."""
    result = lint(text.encode(), file, SETTINGS, named=False)
    rules = [finding.rule for finding in result.findings]
    return [rule for rule in rules if "flag" in rule or rule.startswith("suppression")], result.suppressed


def test_without_a_comment() -> None:
    assert said(SERVICE.format("", "\\"), "a.service") == (["unknown-flag"], 0)


def test_above_a_command() -> None:
    assert said(SERVICE.format(IGNORE + "\n", "\\"), "a.service") == ([], 1)


def test_within_a_command() -> None:
    assert said(SERVICE.format("", IGNORE), "a.service") == ([], 1)


def test_in_a_value_of_a_service() -> None:
    """Behind a value it belongs to the value."""
    text = f"[Service]\nExecStart=vllm serve a/b --no-such-option 1\nEnvironment=A=b {IGNORE}\n"
    assert said(text, "a.service") == (["unknown-flag"], 0)


def test_in_a_modelfile() -> None:
    text = 'FROM llama3\nSYSTEM """\n# llmlint: ignore[no-rule]\n"""\n{}PARAMETER num_ctxx 1\n'
    assert said(text.format(""), "Modelfile") == (["unknown-flag"], 0)
    assert said(text.format(IGNORE + "\n"), "Modelfile") == ([], 1)
    assert said(text.format("") + "# llmlint: ignore[unknown-flag]", "Modelfile")[0] != []


def test_a_whole_file() -> None:
    text = "# llmlint: file-ignore[unknown-flag] a fork\n" + SERVICE.format("", "\\")
    assert said(text, "a.service") == ([], 1)
