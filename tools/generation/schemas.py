"""JSON Schemas from the pydantic models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from llmlint.catalog.user import CatalogueFile
from llmlint.config_file import Configuration
from llmlint.deployment import Deployment
from llmlint.plan_file import PlanReport
from llmlint.reports.schema_models import report_schema
from llmlint.rule_file import RuleFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def generated(root: Path) -> dict[str, bytes]:
    """Every schema under schemas/."""
    return {
        f"schemas/{name}.json": (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()
        for name, schema in schemas().items()
    }


def schemas() -> dict[str, dict[str, Any]]:
    """Schema by name."""
    return {
        "deployment": _schema("deployment", Deployment),
        "rule": _schema("rule", RuleFile),
        "config": _schema("config", Configuration),
        "catalogue": _schema("catalogue", CatalogueFile),
        "plan": _schema("plan", PlanReport),
        "report": report_schema(),
    }


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    _drop_titles(schema)
    return {"$schema": DIALECT, "$id": f"urn:llmlint:schema:{name}:1", "title": model.__name__} | schema


def _drop_titles(schema: Any) -> None:
    """pydantic's titles repeat the keys; editors would show them instead of the descriptions."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str) and ("type" in schema or "anyOf" in schema or "$ref" in schema):
            del schema["title"]
        for value in schema.values():
            _drop_titles(value)
    elif isinstance(schema, list):
        for value in schema:
            _drop_titles(value)
