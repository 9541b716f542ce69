"""Asks facts of deployments that a test writes down."""

from __future__ import annotations

from llmlint.catalog import Catalogue
from llmlint.facts import Facts
from llmlint.linting import all_facts, read_plans

CATALOGUE = Catalogue()


def facts_of_all(text: str, file: str = "deploy.yaml") -> list[Facts]:
    """Facts of every document of a file."""
    read = read_plans(text.encode(), file)
    assert read.findings == []
    return all_facts(read.plans, CATALOGUE, file)


def facts_of(text: str, file: str = "deploy.yaml") -> Facts:
    """Facts of a file's only document."""
    (only,) = facts_of_all(text, file)
    return only


def model(parameters: str, precision: str, category: str = "text", machine: str = "{}") -> Facts:
    """Facts of a model that is described by its size alone."""
    return facts_of(
        f"model: {{parameters: {parameters}, category: {category}}}\nprecision: {precision}\nmachine: {machine}\n"
    )
