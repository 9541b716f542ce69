"""Native deployments of forty lines in which nothing is wrong.

A configuration is what estimates depend on: model, GPUs, engine with its arguments, context and requests at once. There
are many thousands, of which a tree draws as many as it is to have. That llmlint has nothing to say of any deployment is
checked each time the benchmark runs: an estimate that is too low by a few per cent would change that.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Model(NamedTuple):
    """A model that is published in sixteen bits, and its size."""

    name: str
    billions: float


class Card(NamedTuple):
    """A GPU and the memory that it is sold with."""

    name: str
    gigabytes: int


MODELS = (
    Model("Qwen/Qwen2.5-1.5B-Instruct", 1.54),
    Model("Qwen/Qwen2.5-7B-Instruct", 7.62),
    Model("Qwen/Qwen2.5-14B-Instruct", 14.8),
    Model("Qwen/Qwen2.5-32B-Instruct", 32.8),
    Model("Qwen/Qwen3-4B", 4.02),
    Model("Qwen/Qwen3-8B", 8.19),
    Model("Qwen/Qwen3-14B", 14.8),
    Model("Qwen/Qwen3-32B", 32.8),
    Model("meta-llama/Llama-3.1-8B-Instruct", 8.03),
    Model("meta-llama/Llama-3.2-3B-Instruct", 3.21),
    Model("meta-llama/Llama-3.3-70B-Instruct", 70.6),
    Model("mistralai/Mistral-7B-Instruct-v0.3", 7.25),
    Model("mistralai/Mistral-Nemo-Instruct-2407", 12.2),
    Model("mistralai/Mistral-Small-24B-Instruct-2501", 23.6),
    Model("microsoft/Phi-4-mini-instruct", 3.84),
    Model("ibm-granite/granite-3.3-8b-instruct", 8.17),
    Model("NousResearch/Hermes-3-Llama-3.1-8B", 8.03),
    Model("google/gemma-2-9b-it", 9.24),
)
CARDS = (
    Card("L40S", 48),
    Card("RTX A6000", 48),
    Card("RTX 6000 Ada", 48),
    Card("A100 80GB PCIe", 80),
    Card("H100 PCIe", 80),
    Card("H200", 141),
)
PROCESSORS = ("AMD EPYC 9354", "AMD EPYC 9454", "Intel Xeon Gold 6430", "AMD EPYC 7543")
SUBJECTS = ("search", "support", "contracts", "invoices", "translation", "coding", "minutes", "tickets")
CONTEXTS = (2048, 4096, 6144, 8192)
REQUESTS = (2, 3, 4, 6, 8)
LARGEST_SHARE = 0.5
"""Of a GPU's memory, that weights may take: the rest is room for caches and for what engines need besides."""
GPU_COUNTS = (1, 2, 4)


class Configuration(NamedTuple):
    """What estimates of a deployment depend on."""

    model: Model
    card: Card
    cards: int
    context: int
    requests: int
    engine: str
    """The lines of the engine, up to the arguments that estimates do not depend on."""


def configuration(draw: Random) -> Configuration:
    """A configuration in which nothing is wrong."""
    model, card, count = _fitting(draw)
    context, requests = draw.choice(CONTEXTS), draw.choice(REQUESTS)
    return Configuration(model, card, count, context, requests, draw.choice((_vllm, _sglang))(count, context, draw))


def deployment(number: int, made: Configuration, draw: Random) -> str:
    """One deployment file: names, ports, notes and the rest of the machine are its own."""
    subject, team = draw.choice(SUBJECTS), draw.randint(1, 40)
    return f"""# {subject.capitalize()}, number {number}: owned by team {team}
name: {subject}-{number}
model:
  id: {made.model.name}
  source: hub
precision:
  weights: bf16
workload:
  purpose: inference
  context: {made.context}
  concurrency: {made.requests}
engine:
{made.engine}    # the port that the load balancer knows
    - --port={draw.randint(8000, 8999)}
    - --host=0.0.0.0
    - --served-model-name={subject}
machine:
  tier: professional
  cpu: {draw.choice(PROCESSORS)}
  ram: {draw.choice((256, 384, 512))}GB
  gpus:
    - name: {made.card.name}
      count: {made.cards}
  storage:
    kind: nvme
    capacity: {draw.choice((4, 8))}TB
    free: {draw.choice((2, 3))}TB
  psu: 4000W
  cooling: data centre, front to back
  network: online
# reviewed {draw.randint(1, 28)} March {draw.randint(2025, 2026)}
# by {draw.choice(("the platform team", "whoever is on call", f"team {team}"))}
# see the runbook, chapter {draw.randint(1, 12)}
"""


def _fitting(draw: Random) -> tuple[Model, Card, int]:
    """A model, and the cards that hold it with room to spare."""
    while True:
        model, card, count = draw.choice(MODELS), draw.choice(CARDS), draw.choice(GPU_COUNTS)
        if model.billions * 2 <= card.gigabytes * count * LARGEST_SHARE:
            return model, card, count


def _vllm(count: int, context: int, draw: Random) -> str:
    return f"""  name: vllm
  version: {draw.choice(("0.31.0", "0.32.0", "0.33.0"))}
  args:
    - --max-model-len={context}
    - --max-num-seqs={draw.choice((32, 48, 64, 96))}
    - --gpu-memory-utilization={draw.choice((0.88, 0.9, 0.92))}
    - --tensor-parallel-size={count}
"""


def _sglang(count: int, context: int, draw: Random) -> str:
    return f"""  name: sglang
  version: {draw.choice(("0.5.8", "0.5.9"))}
  args:
    - --context-length={context}
    - --max-running-requests={draw.choice((32, 48, 64, 96))}
    - --mem-fraction-static={draw.choice((0.83, 0.85, 0.87))}
    - --tp-size={count}
"""
