"""Machines for deployments whose files name none: what is written, who wins, and where findings then stand."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmlint.binding import Bindings, Machine, NotAMachine, parse
from llmlint.plans import Plan
from llmlint.read import Around, read_plans

COMPOSE = """\
services:
  a:
    image: vllm/vllm-openai:v0.9.2
    command: --model Qwen/Qwen3-8B
  b:
    image: vllm/vllm-openai:v0.9.2
    command: --model Qwen/Qwen3-8B
"""


def plans(text: str, bindings: Bindings | None = None) -> list[Plan]:
    return read_plans(text.encode(), "compose.yaml", around=Around(None, bindings)).plans


def machine(plan: Plan) -> str:
    """What the plan has of a machine, in one line."""
    found = plan.deployment.machine
    if found is None:
        return "none"
    gpus = "+".join(f"{gpu.count}*{gpu.name}" for gpu in found.gpus or ())
    return " ".join(filter(None, [found.instance, gpus, plan.bound]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aws/g6.12xlarge", Machine(instance="aws/g6.12xlarge")),
        ("rtx4090", Machine(gpu="rtx4090", number=1)),
        ("rtx4090*2 ram=64GB", Machine(gpu="rtx4090", number=2, ram=64 * 2**30)),
        ("l4 disk=1TB:nvme", Machine(gpu="l4", number=1, disk=10**12, disk_kind="nvme")),
        ("ram=64GB,disk=500GB", Machine(ram=64 * 2**30, disk=500 * 10**9)),
    ],
)
def test_a_machine_in_a_line(text: str, expected: Machine) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", " ", "rtx4090*0", "rtx4090*x", "ram=64", "disk=1TB:tape", "cpu=9", "aws/g6.xlarge l4", "l4 t4"]
)
def test_what_is_no_machine(text: str) -> None:
    with pytest.raises(NotAMachine):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_machine_or_refused(text: str) -> None:
    with contextlib.suppress(NotAMachine):
        parse(text)


def test_none_is_named() -> None:
    assert [machine(plan) for plan in plans(COMPOSE)] == ["none", "none"]


def test_the_head_of_a_file_speaks_for_all_of_it() -> None:
    text = "# llmlint: machine=l4*2\n" + COMPOSE
    assert [machine(plan) for plan in plans(text)] == ["2*l4 pragma"] * 2


def test_a_comment_in_a_block_speaks_for_it_alone_and_wins() -> None:
    text = COMPOSE.replace("  b:\n", "  b:\n    # llmlint: machine=aws/g6.xlarge\n")
    found = plans(text, Bindings(everywhere=Machine(gpu="t4", number=1)))
    assert [machine(plan) for plan in found] == ["1*t4 --machine", "aws/g6.xlarge pragma"]


def test_a_comment_behind_a_value_counts_too() -> None:
    text = COMPOSE.replace("v0.9.2\n", "v0.9.2  # llmlint: machine=t4\n", 1)
    assert [machine(plan) for plan in plans(text)] == ["1*t4 pragma", "none"]


def test_the_configuration_comes_last() -> None:
    by_path = (("other/*.yaml", Machine(gpu="t4", number=1)), ("*.yaml", Machine(gpu="l4", number=1)))
    found = plans(COMPOSE, Bindings(by_path=by_path, path="compose.yaml"))
    assert {machine(plan) for plan in found} == {"1*l4 configuration"}


OBJECT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, labels: {team: red}}
spec:
  template:
    metadata: {labels: {app: a}}
    spec:
      nodeSelector: {pool: workstations}
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
              - matchExpressions:
                  - {key: zone, operator: In, values: [east]}
                  - {key: size, operator: In, values: [small, large]}
      containers:
        - image: vllm/vllm-openai:v0.9.2
          args: [--model, Qwen/Qwen3-8B]
"""
SERVICE = """\
services:
  a:
    image: vllm/vllm-openai:v0.9.2
    command: --model Qwen/Qwen3-8B
    labels: [team=red, pool]
    deploy:
      labels: {app: a}
      placement: {constraints: ["node.labels.pool == workstations", "node.role == worker"]}
"""


@pytest.mark.parametrize(
    ("text", "selector", "bound"),
    [
        (OBJECT, "team=red", True),
        (OBJECT, "app=a", True),
        (OBJECT, "pool=workstations", True),
        (OBJECT, "zone=east", True),
        (OBJECT, "size=small", False),
        (OBJECT, "team=blue", False),
        (SERVICE, "team=red", True),
        (SERVICE, "app=a", True),
        (SERVICE, "node.labels.pool=workstations", True),
        (SERVICE, "node.role=worker", False),
        (COMPOSE, "team=red", False),
    ],
)
def test_a_label_of_what_is_deployed_names_the_machine(text: str, selector: str, bound: bool) -> None:
    by_path = ((selector, Machine(gpu="l4", number=1)),)
    expected = "1*l4 configuration" if bound else "none"
    assert {machine(plan) for plan in plans(text, Bindings(by_path=by_path))} == {expected}


def test_what_the_file_says_stays() -> None:
    text = "model: Qwen/Qwen3-8B\nmachine: {gpus: [{name: H100 SXM, count: 2}]}\n"
    (plan,) = plans(text, Bindings(everywhere=Machine(gpu="t4", number=1, ram=2**36)))
    assert machine(plan) == "2*H100 SXM --machine"
    assert plan.deployment.machine is not None
    assert plan.deployment.machine.ram == 2**36


def test_a_number_without_a_type_takes_the_type() -> None:
    text = COMPOSE.replace(
        "  b:\n", "    deploy: {resources: {reservations: {devices: [{count: 2, capabilities: [gpu]}]}}}\n  b:\n"
    )
    found = plans(text, Bindings(everywhere=Machine(gpu="l4", number=4)))
    assert [machine(plan) for plan in found] == ["2*l4 --machine", "4*l4 --machine"]


def test_a_comment_that_names_no_machine_is_a_finding_at_its_place() -> None:
    read = read_plans(("# llmlint: machine=l4*x\n" + COMPOSE).encode(), "compose.yaml")
    (finding,) = read.findings
    assert (finding.rule, finding.span.line, finding.span.column) == ("machine-unreadable", 1, 1)


def test_what_a_comment_names_is_shown_at_the_comment() -> None:
    text = COMPOSE.replace("  b:\n", "  b:\n    # llmlint: machine=prototype*2\n")
    first, second = plans(text)
    place = ("machine", "gpus", 0, "name")
    assert second.place([place]).span.line == text[: text.index("# llmlint")].count("\n") + 1
    assert first.place([place]).span.line != second.place([place]).span.line
