"""benchmarks/speed: its statistics, its trees, its commands and the page that it writes; nothing is timed here."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

import llmlint
from benchmarks.speed import groups, large, mixed, native, page, results, targets, trees
from benchmarks.speed.contestants import Installed, NotInstalled, revision
from benchmarks.speed.profiled import shares
from benchmarks.speed.results import Profile, Results
from benchmarks.speed.rounds import Command, Run, Unexpected, difference, interleaved, launched, ratio, spread
from benchmarks.speed.run import PAGE, RECORDED

COMMAND = Command(("nothing",), Path("/"), {})


def measured(**runs: dict[str, list[Run]]) -> Results:
    found = {name.replace("_", " "): some for name, some in runs.items()}
    return Results("2026-11-25", "a machine", 0.5, {"llmlint": "1"}, {}, found, Profile({}, {}))


def walls(*seconds: float) -> list[Run]:
    return [Run(second, second, 10_000_000) for second in seconds]


def bench(tmp_path: Path, missing: str = "") -> groups.Bench:
    found = {peer: Installed(tmp_path / peer, "1") for peer in ("yamllint", "check-jsonschema", "ryl", "llmfit")}
    found |= {peer: Installed(tmp_path / peer, "1") for peer in ("ruff", "zizmor", "spectral", "cfn-lint")}
    if missing:
        found[missing] = Installed(None, "", "no such package")
    roots = {tree.name: tmp_path for group in groups.groups() for tree in group.trees}
    return groups.Bench(groups.Linter("/bin/llmlint", True, True), None, found, roots, tmp_path / "schema", tmp_path)


def configuration(text: str) -> tuple[str, ...]:
    """What estimates depend on, of a deployment."""
    keys = r"(?:id: |context: |concurrency: |- name: |count: |version: |requests=|num-seqs=|static=|utilization=)(.*)"
    return tuple(re.findall(keys, text))


def test_commands_take_turns_after_a_round_that_is_not_counted() -> None:
    seen: list[tuple[str, bool]] = []

    def run(command: Command, kept: bool) -> Run:
        seen.append((command.words[0], kept))
        return Run(float(len(seen)), 0.0, 0)

    commands = {name: COMMAND._replace(words=(name,)) for name in "abc"}
    found = interleaved(commands, 2, run).runs
    assert "".join(name for name, _ in seen) == "abcabcbca"
    assert [kept for _, kept in seen] == [True] * 3 + [False] * 6
    assert {name: [one.wall for one in runs] for name, runs in found.items()} == {"a": [4, 9], "b": [5, 7], "c": [6, 8]}


def test_a_command_that_fails_at_once_does_not_cost_the_others_their_turns() -> None:
    def run(command: Command, kept: bool) -> Run:
        if command.words == ("b",):
            raise Unexpected("b ended with 3")
        return Run(1.0, 1.0, 1)

    found = interleaved({name: COMMAND._replace(words=(name,)) for name in "abc"}, 2, run)
    assert {name: len(runs) for name, runs in found.runs.items()} == {"a": 2, "c": 2}
    assert found.refused == {"b": "b ended with 3"}


def test_ratios_and_differences_are_of_the_same_round() -> None:
    assert ratio([2, 40, 6], [1, 10, 3]) == (2, 2, 4)
    assert difference([12, 13], [10, 12]) == (1.5, 1, 2)
    assert spread([5, 1, 3, 2, 4]) == (3, 2, 4)
    with pytest.raises(ValueError, match="shorter"):
        ratio([1, 2], [1])


def test_a_run_is_accounted_for_by_the_system(tmp_path: Path) -> None:
    command = Command((sys.executable, "-I", "-S", "-c", "b'x' * 50_000_000"), tmp_path, {})
    run = launched(command, False, tmp_path)
    assert 0 < run.processor < 60
    assert 0 < run.wall < 60
    assert 50_000_000 < run.peak < 200_000_000


def test_a_command_that_fails_ends_the_benchmark_with_what_it_said(tmp_path: Path) -> None:
    command = Command((sys.executable, "-I", "-S", "-c", "import sys; print('no disk'); sys.exit(3)"), tmp_path, {})
    with pytest.raises(Unexpected, match="ended with 3\nno disk"):
        launched(command, True, tmp_path)
    assert launched(command._replace(codes=(3,)), True, tmp_path).wall > 0


def test_native_deployments_are_clean_and_as_different_as_they_are_said_to_be() -> None:
    files = [text for _, text in trees.deployments(400, trees.TEAM).files()]
    assert files == [text for _, text in trees.deployments(400, trees.TEAM).files()]
    assert {text.count("\n") for text in files} == {40}
    assert len({configuration(text) for text in files}) > 390
    shared = [text for _, text in trees.deployments(400).files()]
    assert 70 < len({configuration(text) for text in shared}) <= 4 * trees.CONFIGURATIONS
    assert len(set(shared)) == 400
    assert {engine: any(f"name: {engine}\n" in text for text in files) for engine in ("vllm", "sglang")} == {
        "vllm": True,
        "sglang": True,
    }
    for text in files[:6]:
        assert llmlint.lint(text) == []


@pytest.mark.parametrize("ours", mixed.OURS, ids=lambda ours: str(ours.__name__))
def test_what_is_ours_in_the_infrastructure_is_clean(ours: Any) -> None:
    assert llmlint.plan(ours(1, Random(1)))
    assert llmlint.lint(ours(1, Random(1))) == []


def test_one_file_of_the_infrastructure_in_twenty_is_ours() -> None:
    tree = trees.infrastructure(400)
    files = dict(tree.files())
    assert len(files) == 400
    serving = [text for text in files.values() if "vllm" in text or "sglang" in text]
    assert len(serving) == tree.deployments == 20
    assert len({path.split("/")[1].partition("-")[0] for path in files}) > 6


def test_the_largest_manifests_are_as_large_as_they_are_said_to_be() -> None:
    chart, compose = large.rendered_chart(Random(1)), large.compose_of_services(Random(1))
    assert large.RENDERED_LINES <= chart.count("\n") < large.RENDERED_LINES + 60
    assert compose.count("    image: ") == large.SERVICES
    assert llmlint.lint(compose) == []


def test_a_tree_is_written_anew_only_where_it_differs(tmp_path: Path) -> None:
    tree = trees.deployments(3)
    root = trees.written(tree, tmp_path)
    files = sorted(path for path in root.rglob("*.yaml"))
    assert len(files) == 3
    files[0].write_text("kept", encoding="utf-8")
    assert trees.written(tree, tmp_path) == root
    assert files[0].read_text(encoding="utf-8") == "kept"
    trees.written(tree._replace(files=lambda: iter([("one.yaml", "a: 1\n")])), tmp_path)
    assert [path.name for path in root.rglob("*.yaml")] == ["one.yaml"]


def test_a_linter_that_finds_too_little_or_too_much_is_not_measured() -> None:
    tree = trees.deployments(3)
    clean = '{"summary": {"errors": 0, "warnings": %d, "infos": 0, "deployments": %d}}'
    assert trees.mistaken(tree, clean % (0, 3)) == ""
    assert trees.mistaken(tree, clean % (0, 2)) == "native-3-20: 2 deployments found of 3"
    assert "findings in a tree without faults: {'warnings': 1}" in trees.mistaken(tree, clean % (1, 3))


@pytest.mark.parametrize("group", groups.groups(), ids=lambda group: str(group.name))
def test_a_peer_that_is_not_there_is_left_out(group: groups.Group, tmp_path: Path) -> None:
    for peer in ("yamllint", "ryl", "spectral"):
        whole = set(group.commands(bench(tmp_path), group.trees))
        part = set(group.commands(bench(tmp_path, missing=peer), group.trees))
        assert part == {name for name in whole if not name.startswith(peer)}


def test_bulk_runs_say_how_many_processes_and_whether_to_remember() -> None:
    old, new = groups.Linter("llmlint", False, False), groups.Linter("llmlint", True, True)
    assert old.words(".", jobs=2) == ("llmlint", "-q", ".")
    assert new.words(".") == ("llmlint", "-q", "--jobs", "1", "--no-cache", ".")
    assert new.words(".", jobs=2, cached=True) == ("llmlint", "-q", "--jobs", "2", ".")


def test_each_target_reads_groups_and_commands_that_there_are(tmp_path: Path) -> None:
    everything = {
        group.name: dict.fromkeys(group.commands(bench(tmp_path), group.trees), walls(1.0, 1.0))
        for group in groups.groups()
    }
    found = measured()._replace(runs=everything)
    for target in targets.TARGETS:
        assert target.figure(found, target.reading) is not None, target.what
        assert target.figure(measured(), target.reading) is None


def test_targets_are_reached_or_missed_by_the_median() -> None:
    found = measured(
        cold={groups.OURS: walls(0.28, 0.31, 0.29), groups.PASS: walls(0.1, 0.1, 0.1)},
        thousand={groups.YAMLLINT: walls(14.0), groups.ONE: walls(1.0)},
    )
    lines = {line.split(" | ")[0]: line for line in page.targets(found).splitlines()}
    cold = lines["| one file, against `python -c pass`"]
    assert cold.endswith("| 2.90 × (2.80 – 3.10) | 2.90 × | ≤ 4 × | ≤ 3 × | reached, and what was hoped for |")
    bulk = next(line for what, line in lines.items() if "files a second" in what)
    assert bulk.endswith("| 14.0 × (14.0 – 14.0) | 14.0 × | ≥ 15 × |  | **missed** |")
    assert lines["| one file, against yamllint"].endswith("| not measured |  | ≤ 0.6 × | ≤ 0.5 × |  |")


def test_time_and_memory_are_held_to_the_number_of_files() -> None:
    few, many, most = (groups.of(groups.ONE, size) for size in (groups.FEW, groups.MANY, groups.MOST))
    runs = {few: [Run(0.1, 0.1, 20)], many: [Run(1.0, 1.0, 22)], most: [Run(10.5, 10.0, 26)]}
    found = measured(ten_thousand=runs)
    figures = {target.what: target.figure(found, target.reading) for target in targets.TARGETS}
    memory = next(figure for what, figure in figures.items() if what.startswith("memory") and "one" in what)
    linear = next(figure for what, figure in figures.items() if what.startswith("time a file"))
    assert memory is not None
    assert linear is not None
    assert memory.median == pytest.approx(1.3)
    assert linear.median == pytest.approx(1.05)


def test_others_are_compared_with_the_most_files_in_the_most_processes() -> None:
    wanted = {group.name: group for group in groups.groups()}
    one, two, most = (groups.of(groups.ONE, 1000), groups.of(groups.TWO, 100), groups.of(groups.TWO, 1000))
    runs = {one: walls(9.0), two: walls(1.0), most: walls(4.0), groups.CACHED: walls(0.2), groups.RYL: walls(2.0)}
    lines = page.table(wanted["ten thousand"], measured(ten_thousand=runs)).splitlines()
    assert lines[2].endswith(f"| {most}, takes of its time |")
    assert lines[-1] == f"| {groups.RYL} | 2,000 (2,000 – 2,000) | 2,000 | 10 | 2.00 × |"
    alone = {groups.ONE: walls(3.0), groups.TWO: walls(2.0), groups.YAMLLINT: walls(30.0)}
    assert page.table(wanted["thousand"], measured(thousand=alone)).endswith("| 0.10 × |")


def test_a_page_says_when_the_machine_was_busy() -> None:
    quiet = measured(cold={groups.OURS: [Run(0.1, 0.1, 1)]})
    assert "0%" in page.noise(quiet)
    assert "**" not in page.noise(quiet)
    assert "worth little" in page.noise(measured(cold={groups.OURS: [Run(0.4, 0.1, 1)]}))


def test_results_are_read_as_they_were_kept(tmp_path: Path) -> None:
    found = measured(cold={groups.OURS: walls(0.25, 0.5)})._replace(
        profile=Profile({groups.OURS: 1}, {groups.OURS: {"document": 0.5}}), missing={"ryl": "no “wheel”"}
    )
    results.kept(found, tmp_path / "kept.json")
    assert results.read(tmp_path / "kept.json") == found


def test_a_profile_gives_what_others_take_to_who_called_them() -> None:
    document, rule, library, builtin = (("/p/document/x.py", 1, "a"), ("/p/rulebook.py", 1, "b"), ("/l/re.py", 1, "c"),
                                        ("~", 0, "<len>"))  # fmt: skip
    stats = {
        document: (1, 1, 2.0, 8.0, {}),
        rule: (1, 1, 1.0, 4.0, {document: (1, 1, 1.0, 4.0)}),
        library: (1, 1, 4.0, 6.0, {document: (1, 1, 3.0, 4.0), rule: (1, 1, 1.0, 2.0)}),
        builtin: (1, 1, 4.0, 4.0, {library: (1, 1, 4.0, 4.0)}),
    }
    found = shares(stats, "/p")
    assert found == {"document": pytest.approx(8 / 11, abs=1e-3), "rulebook": pytest.approx(3 / 11, abs=1e-3)}


def test_a_revision_that_is_not_there_is_no_contestant(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled):
        revision(tmp_path, "644e9b4", tmp_path / "before")


def test_the_page_is_of_the_results_that_are_kept() -> None:
    assert PAGE.read_text(encoding="utf-8") == page.page(results.read(RECORDED), groups.groups())


def test_no_mark_of_the_template_is_left_over() -> None:
    assert "<!--" not in page.page(measured(), groups.groups())


def test_a_deployment_depends_on_its_number_and_the_draw_alone() -> None:
    made = native.configuration(Random(1))
    assert native.deployment(5, made, Random(2)) == native.deployment(5, made, Random(2))
    assert native.deployment(5, made, Random(2)) != native.deployment(5, made, Random(3))
