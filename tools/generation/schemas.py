"""JSON Schemas from the pydantic models and TypedDicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from generation.typed_dicts import model_of
from llmlint.baseline.file import BaselineFile
from llmlint.catalog.user import CatalogueFile
from llmlint.config_file import Configuration
from llmlint.deployment import Deployment
from llmlint.ledger import PlanReport
from llmlint.reports.rules import RulesReport
from llmlint.reports.schema_models import finding_schema, report_schema
from llmlint.reports.statistics_json import StatisticsReport
from llmlint.reports.suggestions import SuggestReport

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SOURCES: dict[str, type[BaseModel]] = {
    "deployment": Deployment,
    "config": Configuration,
    "catalogue": CatalogueFile,
    "plan": model_of(PlanReport),
    "rules": model_of(RulesReport),
    "baseline": model_of(BaselineFile),
    "statistics": model_of(StatisticsReport),
    "suggest": model_of(SuggestReport),
}


def generated(root: Path) -> dict[str, bytes]:
    """Every schema under schemas/ but that of rules, which wants compiled shapes to be imported."""
    files = {_path(name): _bytes(schema(name, source)) for name, source in SOURCES.items()}
    return files | {_path("report"): _bytes(report_schema()), _path("finding"): _bytes(finding_schema())}


def rule(root: Path) -> dict[str, bytes]:
    """The schema of rule files."""
    from llmlint.rule_file import RuleFile

    return {_path("rule"): _bytes(schema("rule", RuleFile))}


def _path(name: str) -> str:
    return f"schemas/{name}.json"


def _bytes(written: dict[str, Any]) -> bytes:
    return (json.dumps(written, indent=2, ensure_ascii=False) + "\n").encode()


def schema(name: str, source: type[BaseModel]) -> dict[str, Any]:
    """The schema of one type, with the keys that editors look for first."""
    written = source.model_json_schema()
    _drop_titles(written)
    return {"$schema": DIALECT, "$id": f"urn:llmlint:schema:{name}:1", "title": source.__name__} | written


def _drop_titles(written: Any) -> None:
    """pydantic's titles repeat the keys; editors would show them instead of the descriptions."""
    if isinstance(written, dict):
        if isinstance(written.get("title"), str):
            del written["title"]
        for value in written.values():
            _drop_titles(value)
    elif isinstance(written, list):
        for value in written:
            _drop_titles(value)
