"""Builds typed records from plain data, by shapes compiled from the JSON Schemas: the hot path's form of the models.

`compile_shapes` (build time) turns a schema into tuples; `build` (run time) turns data into `Record`s or raises
`Misfit`. It says only *that* something is wrong: `mistakes.py` then finds out what, from the schema itself. Measured
against a class-free pydantic-core validator it saves that package's import (docs/decisions.md).
"""

from __future__ import annotations

from llmlint import quantity
from llmlint.once import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

Shape: TypeAlias = "tuple[Any, ...]"
"""A kind and its parameters; see the functions of `BUILDERS`."""
Shapes: TypeAlias = "Mapping[str, Shape]"
"""Shapes of the named records: ("record", fields, required, shorthand, extensions)."""


class Misfit(ValueError):
    """The data does not have the shape."""


class Record:
    """A mapping of the file with its fields as attributes; what is not written is None, or the field's default."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __repr__(self) -> str:
        written = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({written})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    __hash__ = None  # type: ignore[assignment]  # its values may be lists


class Builder:
    """Builds records of one schema's shapes."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.classes: dict[str, type[Record]] = {}

    def build(self, name: str, data: object) -> Any:
        """The record called `name` made of `data`; raises `Misfit`."""
        return self.value(("record", name), data)

    def value(self, shape: Shape, data: object) -> Any:
        """What `data` means under `shape`."""
        return BUILDERS[shape[0]](self, shape, data)

    def record_class(self, name: str) -> type[Record]:
        """The class of a named record, its defaults as class attributes."""
        found = self.classes.get(name)
        if found is None:
            fields = self.shapes[name][1]
            found = type(name, (Record,), {attribute: default for _, default, attribute in fields.values()})
            self.classes[name] = found
        return found


def _record(builder: Builder, shape: Shape, data: object) -> Record:
    name = shape[1]
    _, fields, required, shorthand, extensions = builder.shapes[name]
    if type(data) is not dict:
        if shorthand is None or data is None:
            raise Misfit
        data = {shorthand: data}
    values = {}
    for key, item in data.items():
        field = fields.get(key)
        if field is None:
            if extensions and (key.startswith("x-") or key == "$schema"):
                continue
            raise Misfit
        kind, default, attribute = field
        if item is not None:
            values[attribute] = BUILDERS[kind[0]](builder, kind, item)
        elif key in required or default is not None:  # a default that is not None leaves no room for null
            raise Misfit
    for key in required:
        if key not in data:
            raise Misfit
    return builder.record_class(name)(values)


def _list(builder: Builder, shape: Shape, data: object) -> list[Any]:
    _, item, one_or_many = shape
    if type(data) is not list:
        if not one_or_many:
            raise Misfit
        data = [data]
    build = BUILDERS[item[0]]
    return [build(builder, item, value) for value in data]


def _mapping(builder: Builder, shape: Shape, data: object) -> dict[str, Any]:
    if type(data) is not dict:
        raise Misfit
    return {key: builder.value(shape[1], value) for key, value in data.items()}


def _enum(builder: Builder, shape: Shape, data: object) -> str:
    found = shape[1].get(data) if type(data) is str else None
    if found is None:
        raise Misfit
    return str(found)


def _text(builder: Builder, shape: Shape, data: object) -> str:
    if type(data) is not str or not shape[1] <= len(data) <= shape[2]:
        raise Misfit
    return data


def _integer(builder: Builder, shape: Shape, data: object) -> int:
    if type(data) is float and data.is_integer():
        data = int(data)
    if type(data) is not int or not shape[1] <= data <= shape[2]:
        raise Misfit
    return data


def _number(builder: Builder, shape: Shape, data: float) -> float:
    _, above, most = shape
    if type(data) not in (int, float) or (above is not None and data <= above) or (most is not None and data > most):
        raise Misfit
    return data


def _flag(builder: Builder, shape: Shape, data: object) -> bool:
    if type(data) is not bool:
        raise Misfit
    return data


def _null(builder: Builder, shape: Shape, data: object) -> None:
    if data is not None:
        raise Misfit


def _any(builder: Builder, shape: Shape, data: object) -> object:
    return data


def _quantity(builder: Builder, shape: Shape, data: object) -> int:
    _, kind, least, most = shape
    if least is not None and type(data) is not str:
        return _integer(builder, ("integer", least, most), data)
    if type(data) is not str:
        raise Misfit
    try:
        return _read(kind, data)
    except quantity.NotAQuantity:
        raise Misfit from None


@once
def _read(kind: str, text: str) -> int:
    """A quantity: many files have the same."""
    read: Callable[[str], int] = getattr(quantity, kind)
    return read(text)


def _union(builder: Builder, shape: Shape, data: object) -> Any:
    for branch in shape[1]:
        try:
            return BUILDERS[branch[0]](builder, branch, data)
        except Misfit:
            continue
    raise Misfit


BUILDERS: dict[str, Callable[[Builder, Shape, Any], Any]] = {
    "record": _record,
    "list": _list,
    "mapping": _mapping,
    "enum": _enum,
    "text": _text,
    "integer": _integer,
    "number": _number,
    "flag": _flag,
    "null": _null,
    "any": _any,
    "quantity": _quantity,
    "union": _union,
}


def compile_shapes(schema: Mapping[str, Any]) -> dict[str, Shape]:
    """The shapes of a JSON Schema's root (by its title) and definitions. Build time only."""
    definitions = dict(schema.get("$defs", {}))
    definitions[schema["title"]] = schema
    return {name: _compile_record(body) for name, body in sorted(definitions.items()) if _long_form(body) is not None}


def _long_form(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    branches = [branch for branch in body.get("anyOf", [body]) if "properties" in branch]
    return branches[0] if branches else None


def _compile_record(body: Mapping[str, Any]) -> Shape:
    long = _long_form(body)
    assert long is not None
    fields = {
        name: (_compile(_written(field)), field.get("default"), name.replace("-", "_"))
        for name, field in long["properties"].items()
        if name != "$schema"
    }
    return (
        "record",
        fields,
        tuple(long.get("required", ())),
        body.get("x-shorthand"),
        bool(long.get("x-extensions")),
    )


def _written(field: Mapping[str, Any]) -> Mapping[str, Any]:
    """A field's schema without null: a key without a value counts as not written, and never reaches a builder."""
    branches = [branch for branch in field.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) == len(field.get("anyOf", ())):
        return field
    return branches[0] if len(branches) == 1 else {**field, "anyOf": branches}


def _compile(schema: Mapping[str, Any]) -> Shape:
    if "$ref" in schema:
        return ("record", schema["$ref"].rpartition("/")[2])
    if "x-quantity" in schema:
        number: Mapping[str, Any] = next((form for form in schema.get("anyOf", ()) if form["type"] == "integer"), {})
        return ("quantity", schema["x-quantity"], number.get("minimum"), number.get("maximum"))
    if "anyOf" in schema:
        branches = tuple(map(_compile, schema["anyOf"]))
        return (*branches[0][:2], True) if schema.get("x-one-or-many") else ("union", branches)
    if "const" in schema:
        return ("enum", {schema["const"]: schema["const"]})
    if "enum" in schema:
        lower = schema.get("x-lower")
        return ("enum", {word: word.lower() if lower else word for word in schema["enum"]})
    return _compile_type(schema)


def _compile_type(schema: Mapping[str, Any]) -> Shape:
    kind = schema.get("type")
    if kind == "string":
        return ("text", schema.get("minLength", 0), schema.get("maxLength", 10**9))
    if kind == "integer":
        return ("integer", schema.get("minimum", -(10**30)), schema.get("maximum", 10**30))
    if kind == "number":
        return ("number", schema.get("exclusiveMinimum"), schema.get("maximum"))
    if kind == "array":
        return ("list", _compile(schema.get("items", {})), False)
    if kind == "object":
        extra = schema.get("additionalProperties", True)
        return ("mapping", ("any",) if extra is True else _compile(extra))
    return {"boolean": ("flag",), "null": ("null",)}.get(str(kind), ("any",))
