"""Strategies of documents made from a JSON Schema: mostly as it wants them, here and there not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**16), 10**16),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "24GB", "24 gb", "24", "70B", "850W", "1TB", "int4", "INT4", "vllm", "nvme", "x", "24GB\n", "-1GB"]
    ),
    st.text(max_size=5),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["name", "id", "count", "zzz"]), st.sampled_from([1, "a", None]), max_size=2),
)
QUANTITIES = {
    "memory": ["24GB", "24 GiB", "512MB", "1.5TB", "0GB"],
    "storage": ["1TB", "500 GB", "0.5TiB"],
    "parameters": ["70B", "8.03B", "770M", "1.76T"],
    "power": ["850W", "1.2kW"],
}


def documents(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Documents of a schema, one value in some replaced by another."""
    return _value(schema, schema, depth=0)


def _value(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    meant = _meant(schema, root, depth)
    return st.integers(0, 24).flatmap(lambda dice: JUNK if dice == 0 else meant)


def _meant(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.deferred(lambda: _value(root["$defs"][name], root, depth + 1))
    if "x-quantity" in schema:
        return st.sampled_from(QUANTITIES[schema["x-quantity"]])
    if "anyOf" in schema:
        return st.one_of([_value(branch, root, depth) for branch in schema["anyOf"]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _typed(schema, root, depth)


def _typed(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        return _object(schema, root, depth)
    if kind == "object":
        return st.dictionaries(st.text(max_size=4), JUNK, max_size=2)
    if kind == "array":
        return st.lists(_value(schema.get("items", {}), root, depth + 1), max_size=2)
    if kind == "integer":
        low, high = schema.get("minimum", -3), schema.get("maximum", 10**15)
        return st.one_of(st.integers(low, high), st.integers(1, 99).map(float), st.sampled_from([low - 1, high + 1]))
    simple: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=6),
        "number": st.one_of(st.integers(-1, 9), st.floats(-1, 9)),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return simple.get(str(kind), JUNK)


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    required = set(schema.get("required", ()))
    fields = {name: _value(field, root, depth + 1) for name, field in schema["properties"].items()}
    if depth > 6:
        fields = {name: field for name, field in fields.items() if name in required}
    always = {name: field for name, field in fields.items() if name in required}
    maybe = {name: field for name, field in fields.items() if name not in required}
    fitting = st.fixed_dictionaries(always, optional=maybe)
    extra = st.sampled_from([{}] * 12 + [{"zzz": 1}, {"x-own": [1]}])
    return st.tuples(fitting, extra).map(lambda pair: pair[0] | pair[1])
