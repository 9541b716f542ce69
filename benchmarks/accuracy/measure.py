"""Our answers to the recorded rows: what `llmlint plan` says of each, worked out in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from benchmarks.accuracy import peers, rows
from benchmarks.accuracy.rows import Deployment, Row
from llmlint.catalog import Catalogue
from llmlint.document import read
from llmlint.facts import Facts
from llmlint.ledger import PlanEntry, plan_entry
from llmlint.readers import native

GIB, MIB = 2**30, 2**20
OURS = "llmlint"
CATALOGUE = Catalogue()


class Answer(NamedTuple):
    """One measured figure and what was answered."""

    row: Row
    component: str
    measured: float
    said: Mapping[str, float | None]
    """By llmlint and the peers; None where one gives no answer."""
    labels: Mapping[str, str]
    """family, version and device, for tables."""
    within: bool | None = None
    """Whether the measured figure lies in the interval that llmlint states; None without one."""
    why: str = ""
    """Why llmlint has no answer."""

    @property
    def error(self) -> float | None:
        """Ours, as a part of what was measured."""
        return self.of(OURS)

    def of(self, who: str) -> float | None:
        """The relative error of one of them."""
        value = self.said.get(who)
        return None if value is None else value / self.measured - 1


class Judged(NamedTuple):
    """Whether a deployment starts."""

    row: Row
    started: bool
    said: Mapping[str, str]
    """fits, tight, does-not-fit or unknown, by llmlint and the peers."""
    labels: Mapping[str, str]
    why: str = ""


def facts(deployment: Deployment) -> Facts:
    """The facts of a deployment."""
    (document,) = read(json.dumps(deployment).encode()).documents
    plan = native.read(document)
    assert plan is not None, deployment
    return Facts(plan, CATALOGUE)


def serving() -> tuple[list[Answer], list[Judged]]:
    """vLLM and SGLang."""
    answers: list[Answer] = []
    verdicts: list[Judged] = []
    for row, deployment in rows.distinct("serving"):
        found = facts(deployment)
        plan = plan_entry(found, row["id"])
        asked = peers.asked(found, row)
        labels, why = _labels(found, row), reason(found, plan)
        answers += [Answer(row, *figure, labels=labels, why=why) for figure in _serving(row, plan, asked)]
        if row["outcome"] in rows.STARTED + rows.FAILED:
            said = {OURS: plan["verdict"]} | peers.verdicts(asked)
            verdicts.append(Judged(row, row["outcome"] in rows.STARTED, said, labels, why))
    return [_bounded(answer) for answer in answers], verdicts


def _serving(row: Row, plan: PlanEntry, asked: peers.Asked | None) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Components with a measured figure and the answers to them."""
    ours = {item["name"]: item for item in plan["gpu"]["items"]}
    cache = plan["kv"]
    for name, field in (("weights", "weights_gib"), ("activations", "activation_gib"), ("runtime", "runtime_gib")):
        if row.get(field):
            said = {OURS: ours.get(name), **(peers.weights(asked) if name == "weights" else {})}
            yield name, row[field] * GIB, said
    if row["outcome"] not in rows.STARTED:
        return
    if row.get("kv_gib"):
        yield "KV memory", row["kv_gib"] * GIB, {OURS: ours.get("kv_cache")}
    if row.get("kv_tokens"):
        yield "KV tokens", row["kv_tokens"], {OURS: cache and cache["capacity_tokens"]}
    if row.get("kv_gib") and row.get("concurrency") and cache and "kv_cache" in ours:
        ranks = (row.get("tensor_parallel") or 1) * (row.get("pipeline_parallel") or 1)
        held = ours["kv_cache"]["bytes"] / cache["max_concurrency"] * ranks if cache["max_concurrency"] else None
        measured = row["kv_gib"] * GIB / row["concurrency"] * ranks
        yield "KV of one request", measured, {OURS: held, **peers.request_cache(asked, row["concurrency_tokens"])}


def _bounded(answer: Answer) -> Answer:
    """Items become their bytes; whether the measured figure is in their interval is kept."""
    item = answer.said[OURS]
    if not isinstance(item, dict):
        return answer._replace(said={**answer.said, OURS: item or None})
    low, high = item["low"], item["high"]
    # Logs print two digits after the point of GiB.
    slack = 0.006 * GIB
    within = None if low is None or high is None else low - slack <= answer.measured <= high + slack
    return answer._replace(said={**answer.said, OURS: item["bytes"] or None}, within=within)


def llamacpp() -> list[Answer]:
    """llama.cpp: cache, compute buffer, file."""
    answers = []
    for row, deployment in rows.distinct("llamacpp"):
        found = facts(deployment)
        plan = plan_entry(found, row["id"])
        labels, why = _labels(found, row), reason(found, plan)
        cache, asked = plan["kv"], peers.asked(found, row)
        ours = {item["name"]: item for item in plan["gpu"]["items"]}
        stored = next((item for item in plan["storage"]["items"] if item["name"] == "weights"), None)
        if row.get("kv_mib"):
            per_token = cache and cache["bytes_per_token"]
            size = cache and (cache["needed_bytes"] or (per_token and per_token * row["context"]))
            said = {OURS: size, **peers.llamacpp_cache(asked, row)}
            answers.append(Answer(row, "KV cache", row["kv_mib"] * MIB, said, labels, why=why))
        if row.get("compute_mib"):
            said = {OURS: ours.get("activations")}
            answers.append(Answer(row, "compute buffer", row["compute_mib"] * MIB, said, labels, why=why))
        if row.get("file_gib"):
            said = {OURS: stored, **peers.file(asked, row)}
            answers.append(Answer(row, "model file", row["file_gib"] * GIB, said, labels, why=why))
    return [_bounded(answer) for answer in answers]


def speed() -> list[Answer]:
    """Tokens a second of one request."""
    answers = []
    for row, deployment in rows.distinct("speed"):
        found = facts(deployment)
        plan = plan_entry(found, row["id"])
        rate = plan["speed"] and plan["speed"]["decode_tokens_per_second"]
        within = rate["low"] <= row["tokens_per_second"] <= rate["high"] if rate else None
        said = {OURS: rate["likely"] if rate else None}
        labels, why = _labels(found, row), "" if rate else _device_reason(found) or "no class of devices like it"
        answers.append(Answer(row, "decode speed", row["tokens_per_second"], said, labels, within, why))
    return answers


def usable() -> list[Answer]:
    """What programs see of a card, against what the catalogue has for its name."""
    answers = []
    for row in rows.read("usable"):
        seen = row.get("seen_mib")
        match = CATALOGUE.accelerator(row["gpu"])
        if not seen or (match.row is not None and match.row.unified):
            continue
        size = match.row.usable_bytes if match.row is not None else None
        labels = {"family": "", "version": "", "device": _architecture(match.row)}
        why = "" if size else "the GPU is not in the catalogue"
        answers.append(Answer(row, "usable memory", seen * MIB, {OURS: size}, labels, why=why))
    return answers


def reason(found: Facts, plan: PlanEntry) -> str:
    """Why something is unanswered; empty where nothing obvious is."""
    if found.model.row is None and found.deployment.model.architecture is None:
        return "the model is not in the catalogue"
    if found.deployment.model.architecture is None and found.model.row is not None and found.model.row.groups is None:
        return "only the size of the model is known"
    if device := _device_reason(found):
        return device
    return f"unknown: {', '.join(plan['unknown'])}" if plan["unknown"] else ""


def _device_reason(found: Facts) -> str:
    cards = found.gpu.cards
    if cards is None or any(one.row is None and one.memory is None for one in cards):
        return "the GPU is not in the catalogue"
    if any(one.row is not None and one.row.unified and one.memory is None for one in cards):
        return "the GPU shares memory of unstated size"
    return ""


def _labels(found: Facts, row: Row) -> dict[str, str]:
    cards = found.gpu.cards
    device = _architecture(cards[0].row) if cards else "unknown"
    family = str(row.get("family") or row.get("model"))
    return {"family": family, "version": _version(row), "device": device}


def _architecture(row: Any) -> str:
    if row is None:
        return "unknown"
    return f"{row.vendor} {row.arch}" + (", shared memory" if row.unified and row.vendor != "apple" else "")


def _version(row: Row) -> str:
    """Engine and version, those that behave alike together."""
    engine = str(row.get("engine", "llama.cpp"))
    if engine != "vllm":
        return engine
    numbers = str(row.get("version", "")).split(".")
    if len(numbers) < 2 or not numbers[1].isdigit():
        return "vllm, not stated"
    minor = int(numbers[1])
    for last, name in ((7, "0.1 to 0.7"), (10, "0.8 to 0.10"), (16, "0.11 to 0.16"), (20, "0.17 to 0.20")):
        if minor <= last:
            return f"vllm {name}"
    return "vllm 0.21 and later"
