"""Turns the TypedDicts of reports into pydantic models: pydantic reads typing's own only from Python 3.12 on."""

from __future__ import annotations

import ast
import inspect
import types
import typing
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model


def model_of(source: Any) -> type[BaseModel]:
    """A model with the same keys, the docstrings below them as descriptions."""
    documentation = _docstrings(source)
    fields: dict[str, Any] = {
        key: (_adapted(hint), Field(description=documentation[key]))
        for key, hint in typing.get_type_hints(source).items()
    }
    return create_model(source.__name__, __config__=ConfigDict(extra="forbid"), __doc__=source.__doc__, **fields)


def _adapted(hint: Any) -> Any:
    if typing.is_typeddict(hint):
        return model_of(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return typing.Union[tuple(map(_adapted, arguments))]  # noqa: UP007  # built from a tuple
    return list[_adapted(arguments[0])] if origin is list else hint  # type: ignore[misc]


def _docstrings(source: Any) -> dict[str, str]:
    body = ast.parse(inspect.getsource(source)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, documentation in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(documentation, ast.Expr), f"{source.__name__}.{field.target.id} has no docstring"
            found[field.target.id] = inspect.cleandoc(ast.literal_eval(documentation.value))
    return found
