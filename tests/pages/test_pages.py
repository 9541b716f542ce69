"""What the written pages show is true: their YAML is read as they say, their files are those of the examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llmlint.config import load
from llmlint.linting import read_plans
from llmlint.resources import CHECKOUT
from llmlint.rule_file import read_rule

from ..cli.command import llmlint

ROOT = Path(CHECKOUT)
CONFIG = ROOT / "examples" / "config" / ".llmlint.yaml"
RULE = ROOT / "examples" / "rules" / "team" / "vram-reserve-small.yaml"


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


DEPLOYMENTS = [text for text in blocks("configuration.md", "yaml") if text.startswith("model:")]


@pytest.mark.parametrize("text", [*blocks("deployment-file.md", "yaml"), *DEPLOYMENTS])
def test_deployments_fit_the_schema(text: str) -> None:
    read = read_plans(text.encode(), "deploy.yaml", named=False)
    assert read.findings == []
    assert len(read.plans) == 1


def test_the_configuration_page_shows_a_deployment() -> None:
    assert DEPLOYMENTS


def test_the_configuration_is_the_example() -> None:
    assert blocks("configuration.md", "yaml")[0] == CONFIG.read_text(encoding="utf-8")
    assert load(str(CONFIG)).fail_on == "warning"


def test_the_rule_is_the_example_cut_short() -> None:
    text = blocks("rules.md", "yaml")[0]
    head, _, _ = RULE.read_text(encoding="utf-8").partition("examples:")
    assert text.startswith(head)
    assert read_rule(text.encode(), RULE.name).rule.id == "vram-reserve-small"


def test_the_configuration_s_keys_are_all_told() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    for key in ("fail-on", "select", "ignore", "severity", "rules", "catalogue", "machines", "exclude"):
        assert f"| `{key}` |" in page


def test_the_deployment_s_keys_are_all_told() -> None:
    import json

    schema = json.loads((ROOT / "schemas" / "deployment.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "deployment-file.md").read_text(encoding="utf-8")
    for name in ("Model", "Precision", "Workload", "Engine", "Machine", "Container", "Gpu", "StorageDevice", "Targets"):
        for form in schema["$defs"][name].get("anyOf", [schema["$defs"][name]]):
            for key in form.get("properties", {}):
                assert f"`{key}`" in page, f"{name}.{key}"


def test_the_rule_s_keys_are_all_told() -> None:
    import json

    schema = json.loads((ROOT / "schemas" / "rule.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    for key in schema["properties"]:
        assert key.startswith("$") or f"| `{key}` |" in page, key


def test_the_example_pack_and_configuration_work_together() -> None:
    code, out, err = llmlint("--config", CONFIG, "--select", "team/", ROOT / "examples" / "good")
    assert (code, err) == (0, "")
    assert "all clear" in out


@pytest.mark.parametrize("page", ["SECURITY.md", "CONTRIBUTING.md", "README.md"])
def test_the_tests_that_are_named_exist(page: str) -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", (ROOT / page).read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
