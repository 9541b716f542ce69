"""The schema, the models and their compiled form say the same of every document."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel, ValidationError

from llmlint.compiled.shapes import CONFIG_SHAPES, SHAPES
from llmlint.config_file import Configuration
from llmlint.deployment import Deployment
from llmlint.mistakes import mistakes
from llmlint.resources import schema_text
from llmlint.shape import Builder, Misfit, Record

from .from_schema import documents

SCHEMAS = ("deployment", "rule", "config", "catalogue", "plan", "report")
DEPLOYMENT, CONFIG = json.loads(schema_text("deployment")), json.loads(schema_text("config"))
THOUSANDS = settings(max_examples=2000, suppress_health_check=list(HealthCheck))


def fits_model(model: type[BaseModel], data: Any) -> bool:
    try:
        model.model_validate(data)
    except ValidationError:
        return False
    return True


def built(shapes: Any, name: str, data: Any) -> Record | None:
    try:
        record: Record = Builder(shapes).build(name, data)
    except Misfit:
        return None
    return record


@THOUSANDS
@given(documents(DEPLOYMENT))
def test_schema_model_and_shape_say_the_same_of_deployments(data: Any) -> None:
    """One test, since making a document takes longer than judging it."""
    by_schema = jsonschema.Draft202012Validator(DEPLOYMENT).is_valid(data)
    assert by_schema == fits_model(Deployment, data)
    record = built(SHAPES, "Deployment", data)
    if by_schema:
        assert record is not None
        assert plain(record) == without_none(Deployment.model_validate(data).model_dump(warnings=False))
    else:
        assert record is None
        explained_where_it_is(data)


def explained_where_it_is(data: Any) -> None:
    found = mistakes("deployment", data)
    assert found
    for mistake in found:
        value = data
        for part in mistake.path:
            value = value[part]
        assert mistake.message
        assert "\n" not in mistake.message


@settings(THOUSANDS, max_examples=500)
@given(documents(CONFIG))
def test_configurations_fit_schema_model_and_shape_alike(data: Any) -> None:
    by_schema = jsonschema.Draft202012Validator(CONFIG).is_valid(data)
    assert by_schema == fits_model(Configuration, data)
    assert by_schema == (built(CONFIG_SHAPES, "Configuration", data) is not None)


def plain(value: Any) -> Any:
    """A record as nested mappings, defaults included."""
    if isinstance(value, Record):
        names = [name for name in vars(type(value)) if not name.startswith("__")]
        found = {name: plain(getattr(value, name)) for name in names}
        return {name: item for name, item in found.items() if item is not None}
    return [plain(item) for item in value] if isinstance(value, list) else value


def without_none(value: Any, parts: bool = True) -> Any:
    """A dumped model without the fields that are not written; the user's own mappings keep theirs."""
    if isinstance(value, dict) and parts:
        return {
            name: without_none(item, parts=name not in {"args", "environment"})
            for name, item in value.items()
            if item is not None
        }
    return [without_none(item) for item in value] if isinstance(value, list) and parts else value


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_valid_draft_2020_12(name: str) -> None:
    schema = json.loads(schema_text(name))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", ["deployment", "config", "rule"])
def test_editors_can_show_what_every_key_means(name: str) -> None:
    schema = json.loads(schema_text(name))
    for owner, body in {**schema.get("$defs", {}), "": schema}.items():
        for form in body.get("anyOf", [body]):
            for key, field in form.get("properties", {}).items():
                assert field.get("description"), f"{owner}.{key} has no description"
