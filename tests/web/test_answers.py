"""What is answered to a text: the same as the commands say, with nothing read that the text names."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmlint.catalog import Catalogue
from llmlint.linting import all_facts, read_plans
from llmlint.reports.html.markup import Html
from llmlint.web import answers

from ..cli.command import BAD, GOOD, llmlint
from ..reports.parsed import fragment
from ..reports.test_hostile import TEXT

KUBERNETES = (BAD.parent / "kubernetes-vllm.yaml").read_text(encoding="utf-8")


def test_findings_are_those_of_the_command() -> None:
    answer = answers.check(BAD.read_text(encoding="utf-8"))
    lines = llmlint("--format", "concise", "--isolated", "-q", BAD).out.splitlines()
    found = [f"{one['line']}:{one['column']}: {one['severity']}" for one in answer["marks"]]
    assert found == [line.removeprefix(f"{BAD}:").partition("[")[0] for line in lines] != []
    assert answer["counts"] == {"error": 3, "warning": 2, "info": 1}
    assert len(list(fragment(answer["findings"]).all("article"))) == len(found)


def test_plans_are_those_of_the_page() -> None:
    sections = list(fragment(answers.check(GOOD.read_text(encoding="utf-8"))["plans"]).all("section", "plan"))
    assert [one.one("h2").text for one in sections] == ["chat Fits"]
    assert len(list(sections[0].all("svg", "curve"))) == 1


def test_manifests_are_answered_too() -> None:
    answer = answers.check(KUBERNETES)
    assert answer["counts"]["error"]
    assert "Qwen/Qwen2.5-32B-Instruct" in answer["plans"]


@pytest.mark.parametrize("text", ["", "a: 1\n", "model: [\n", "\x00", "- " * 5000, "\ud800"])
def test_whatever_is_typed_is_answered(text: str) -> None:
    assert set(answers.check(text)) == {"marks", "findings", "plans", "counts", "deployments", "not_checked"}
    answers.suggestions(text)
    assert answers.fitting(text) == {"deployment": False, "machines": []}
    moved = answers.moved(text, "aws/g6.xlarge")
    assert (moved["text"] is None) == bool(moved["why"])


@given(st.lists(TEXT, max_size=3))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_what_is_typed_is_text_on_the_page(words: list[str]) -> None:
    text = "".join(f"{word}: 1\n" for word in words) + "model: <img src=x onerror=alert(1)>\nengine: vllm\n"
    answer = answers.check(text)
    for part in ("findings", "plans"):
        fragment(answer[part])
        assert "<img" not in answer[part]


def test_machines_that_fit_do_fit() -> None:
    text = GOOD.read_text(encoding="utf-8")
    found = answers.fitting(text)["machines"]
    assert len(found) > 3
    for machine in (found[0], found[-1]):
        moved = answers.moved(text, machine["id"])["text"]
        (facts,) = all_facts(read_plans(moved.encode(), "deploy.yaml").plans, Catalogue(), "deploy.yaml")
        assert facts.engine.verdict in ("fits", "tight"), machine
        assert facts.deployment.machine is not None
        assert facts.deployment.machine.instance == machine["id"]


def test_the_first_that_fits_is_the_smallest_of_plan() -> None:
    text = "model: meta-llama/Llama-3.1-8B-Instruct\nprecision: fp16\nengine: vllm\n"
    (facts,) = all_facts(read_plans(text.encode(), "deploy.yaml").plans, Catalogue(), "deploy.yaml")
    assert answers.fitting(text)["machines"][0]["id"] == facts.smallest.machine


def test_a_search_of_machines() -> None:
    found = answers.machines("aws g6")["machines"]
    assert found
    assert all("aws" in one["id"] and "g6" in one["id"] for one in found)
    assert all("GiB" in one["gpus"] for one in found)
    assert answers.machines("no such thing at all")["machines"] == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("model: a/b\nprecision: fp16\n", "model: a/b\nprecision: fp16\nmachine:\n  instance: aws/g6.xlarge\n"),
        ("model: a/b\nmachine: aws/g5.xlarge # ours\n", "model: a/b\nmachine: {instance: aws/g6.xlarge} # ours\n"),
        ("# llmlint: machine=l4\n" + KUBERNETES, "# llmlint: machine=aws/g6.xlarge\n" + KUBERNETES),
        (KUBERNETES, "# llmlint: machine=aws/g6.xlarge\n" + KUBERNETES),
    ],
)
def test_another_machine(text: str, after: str) -> None:
    assert answers.moved(text, "g6.xlarge") == {"text": after, "why": ""}


def test_what_the_machine_does_not_say_stays() -> None:
    text = "model: a/b\nmachine:\n  tier: professional\n  gpus: [L4]\n  ram: 64GB\n  cooling: air\nname: x\n"
    moved = answers.moved(text, "aws/g6.xlarge")["text"]
    (plan,) = read_plans(moved.encode(), "deploy.yaml").plans
    machine = plan.deployment.machine
    assert machine is not None
    assert (machine.instance, machine.tier, machine.cooling, machine.gpus, machine.ram) == (
        "aws/g6.xlarge", "professional", "air", None, None,
    )  # fmt: skip
    assert plan.deployment.name == "x"


def test_a_machine_that_is_not_known() -> None:
    assert answers.moved("model: a/b\nprecision: fp16\n", "nobody/knows")["text"] is None


def test_markup_is_marked_as_such() -> None:
    answer = answers.check(GOOD.read_text(encoding="utf-8"))
    assert isinstance(answer["findings"], Html)
    assert isinstance(answer["plans"], Html)
