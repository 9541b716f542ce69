"""How much is done for one file, whatever it says: counted, never timed."""

from __future__ import annotations

import pytest

from llmlint import document
from llmlint.builtin import BUILT_IN
from llmlint.catalog import Catalogue
from llmlint.compiled.rules import RULES
from llmlint.facts import remedy
from llmlint.finding import FileResult
from llmlint.fix import fixed, offered
from llmlint.linting import Settings, all_facts, judged, lint, read_plans, without_words
from llmlint.readers import bounded

SETTINGS = Settings(RULES, Catalogue(), frozenset(rule.id for rule in RULES) | frozenset(BUILT_IN))
POD = """---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: llm-{number}}}
spec:
  selector: {{matchLabels: {{app: llm-{number}}}}}
  template:
    metadata: {{labels: {{app: llm-{number}}}}}
    spec:
      nodeSelector: {{nvidia.com/gpu.product: NVIDIA-A100-SXM4-80GB}}
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.9.2
          args: ["--model=meta-llama/Llama-3.1-70B-Instruct", --swap-space=4{more}]
          resources: {{limits: {{nvidia.com/gpu: "1"}}}}
"""
BOMB = "".join(
    f"            - {{name: K{number}, value: $(K{number - 1})$(K{number - 1})}}\n" for number in range(1, 60)
)


def pods(number: int, more: str = "") -> bytes:
    return "".join(POD.format(number=one, more=more) for one in range(number)).encode()


def linted(data: bytes, name: str = "k8s.yaml") -> FileResult:
    return lint(data, name, SETTINGS)


def test_what_is_tried_for_remedies_is_bounded_over_all_deployments_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of a hundred failing starts had some fifty others worked out: 10 s."""
    tried = 0
    real = remedy.outcome

    def counted(*words: object, **others: object) -> object:
        nonlocal tried
        tried += 1
        return real(*words, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(remedy, "outcome", counted)
    monkeypatch.setattr(remedy, "MOST_TRIED", 30)
    data = pods(9)
    read = read_plans(data, "k8s.yaml")
    together = all_facts(read.plans, SETTINGS.catalogue, "k8s.yaml")
    found = judged(read, together, "k8s.yaml", SETTINGS).findings
    failing = [one for one in found if one.rule == "vram-too-small"]
    assert len(failing) == 9
    assert together[0].tries.number == remedy.MOST_TRIED
    assert tried <= remedy.MOST_TRIED + 9
    assert "was tried for the deployments before it" in failing[-1].help
    assert "was tried" not in failing[0].help
    assert found == judged(read, all_facts(read.plans, SETTINGS.catalogue, "k8s.yaml"), "k8s.yaml", SETTINGS).findings


def test_fixes_of_many_deployments_cost_few_lints() -> None:
    data, runs = pods(9), 0
    mute = without_words(SETTINGS)

    def trial(text: bytes) -> FileResult:
        nonlocal runs
        runs += 1
        return lint(text, "k8s.yaml", mute)

    result = linted(data)
    kept = offered(data, result, trial)
    assert runs <= 4  # one with all safe ones; with the others, what comes of it, what comes of that
    assert not kept.untried
    assert sum(one.fix is not None for one in kept.findings) >= 9


def test_a_file_of_manifests_holds_so_many_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmlint.readers.bounded.MOST_DEPLOYMENTS", 3)
    found = linted(pods(5))
    assert found.deployments == 3
    (told,) = (one for one in found.findings if one.rule == "schema")
    assert "not checked" in told.message
    assert told.document == 3


def test_an_engine_with_thousands_of_arguments_is_not_checked() -> None:
    found = linted(pods(1, ", --seed=1" * bounded.MOST_VALUES))
    assert [one.rule for one in found.findings] == ["schema"]
    assert "than any engine needs" in found.findings[0].message
    assert not found.passed_over


def test_the_engines_of_a_file_have_so_many_arguments_together(monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = read_plans(pods(1), "k8s.yaml").plans
    assert one.unit is not None
    monkeypatch.setattr(bounded, "MOST_VALUES_OF_A_FILE", 3 * bounded._values(one.unit))
    found = linted(pods(5))
    assert found.deployments == 3
    assert [one.document for one in found.findings if one.rule == "schema"] == [3]


def test_a_document_of_engines_holds_so_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmlint.readers.registry.MOST_VALUES", 10)
    found = linted(
        b"services:\n  a:\n    image: vllm/vllm-openai\n    command: [--model, x]\n    ports: [a, b, c]\n", "c.yaml"
    )
    assert [one.rule for one in found.findings] == ["schema"]
    assert found.findings[0].span.line == 1


def test_a_text_that_is_no_yaml_has_so_many_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmlint.readers.registry.LONGEST_TEXT", 50)
    text = b"[Service]\nExecStart=/usr/bin/vllm serve Qwen/Qwen3-8B --max-model-len 4096\n"
    found = linted(text, "llm.service")
    assert ["which no Modelfile" in one.message for one in found.findings] == [True]


def test_so_many_fixes_are_worked_out_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmlint.edit.mend.MOST_FIXES", 3)
    args = "".join(f"    - --swap-space={number}\n" for number in range(8))
    text = (
        f"model: {{parameters: 8B}}\nengine:\n  name: vllm\n  version: 0.33.0\n  args:\n{args}    - --seed=1\n".encode()
    )
    found = linted(text, "deploy.yaml")
    assert found.untried
    assert sum(one.fix is not None for one in found.findings) <= 3
    after = fixed(text, lambda data: linted(data, "deploy.yaml"), unsafe=True)
    assert b"swap-space" not in after.data  # those behind come in the next passes
    assert not after.result.untried


def test_a_file_holds_so_many_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_UNITS", 3)
    found = linted(pods(5))
    assert [one.document for one in found.findings if one.rule == "schema"] == [3]


WITH_ENVIRONMENT = f"          env:\n            - {{name: K0, value: abcdefgh}}\n{BOMB}          resources:"
SHELL = "".join(f"A{number}=$A{number - 1}$A{number - 1}; " for number in range(1, 60))
ARRAYS = 'A=("${A[@]}" "${A[@]}"); ' * 60
MACROS = "".join(f"  m{number}: '${{m{number - 1}}}${{m{number - 1}}}'\n" for number in range(1, 60))
DOUBLING = {
    "k8s.yaml": pods(1, ", $(K59)").decode().replace("          resources:", WITH_ENVIRONMENT),
    "shell.yaml": pods(1)
    .decode()
    .replace("args: [", f"command: [bash, -c]\n          args: ['A0=abcdefgh; {SHELL}vllm serve x --seed=$A59', "),
    "arrays.yaml": pods(1)
    .decode()
    .replace("args: [", f"command: [bash, -c]\n          args: ['A=(--seed=1); {ARRAYS}vllm serve x \"${{A[@]}}\"', "),
    "compose.yaml": "services:\n  llm:\n    image: vllm/vllm-openai\n    command: --model x $A ${A:-"
    + "${B:-abcdefgh}" * 50
    + "}\n",
    "llama-swap.yaml": "macros:\n  m0: abcdefgh\n"
    + MACROS
    + "models:\n  a: {cmd: 'llama-server -m x.gguf --alias ${m59}'}\n",
    "llm.service": "[Service]\nEnvironment=A="
    + "x" * 2_000
    + "\nExecStart=/usr/bin/vllm serve x "
    + "${A}" * 10_000
    + "\n",
}


@pytest.mark.parametrize(("name", "text"), DOUBLING.items(), ids=list(DOUBLING))
def test_variables_that_double_one_another_end(name: str, text: str) -> None:
    """Sixty doublings of eight characters are 10^19: the process took all memory there was."""
    read = read_plans(text.encode(), name)
    assert read.plans
    for plan in read.plans:
        unit = plan.unit
        assert unit is not None
        assert unit.launch is not None
        written = [word.text for word in unit.launch.words] + [one.value or "" for one in unit.environment.values()]
        assert sum(map(len, written)) < 4_000_000
        assert len(unit.launch.words) <= 25_000


def test_a_file_has_its_room_whatever_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    text = pods(1, ", --served-model-name=$(NAME)").replace(
        b"          resources:", b"          env: [{name: NAME, value: little}]\n          resources:"
    )
    for _ in range(3):
        (plan,) = read_plans(text, "k8s.yaml").plans
        assert plan.deployment.engine is not None
        assert "--served-model-name=little" in list(plan.deployment.engine.args or ())


def test_thousands_of_merges_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from llmlint.document import spots

    looked = 0
    real = spots._found_merged

    def counted(*words: object) -> object:
        nonlocal looked
        looked += 1
        return real(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(spots, "_found_merged", counted)
    text = "x: &x {image: vllm/vllm-openai, command: --model x}\nservices:\n" + "  a: {<<: *x}\n  b: {<<: *x}\n"
    (one,) = document.read(text.encode()).documents
    for _ in range(50):
        assert spots.is_shared(one, ("services", "a", "image"))
        assert not spots.is_shared(one, ("services", "a"))
    assert looked <= 3
