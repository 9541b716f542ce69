"""Explains why data does not fit a schema: every mistake, in words, at its place. Imported only when there is one."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol, cast

from jsonschema import Draft202012Validator

from llmlint import quantity
from llmlint.finding import Path
from llmlint.resources import schema_text
from llmlint.tuples import NamedTuple

MOST = 200
"""Mistakes that are listed of one document; more help nobody."""
LONGEST_QUOTE = 60
KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
INSTEAD_OF_TEXT = {
    "integer": "write the number in digits, without quotes: 8192",
    "number": "write the number in digits, without quotes: 1.5",
    "boolean": "write true or false, without quotes",
}
OTHER_WORDS = {
    "nf4": "bnb-nf4",
    "bitsandbytes": "bnb-nf4",
    "half": "fp16",
    "float16": "fp16",
    "bfloat16": "bf16",
    "float32": "fp32",
    "float8": "fp8",
    "w4a16": "int4",
    "w8a8": "int8",
    "llamacpp": "llama.cpp",
    "llama-server": "llama.cpp",
    "trtllm": "tensorrt-llm",
    "hf": "transformers",
}
"""What others call our choices."""
NAMED = {
    "memory": "an amount of memory",
    "storage": "an amount of storage",
    "parameters": "a number of parameters",
    "power": "electric power",
}


class Mistake(NamedTuple):
    """One mistake: where, whether the key itself is wrong, what, and what to do."""

    path: Path
    at_key: bool
    message: str
    help: str = ""


class Fault(Protocol):
    """What jsonschema says of one mistake, with the types that hold for our schemas."""

    validator: str
    validator_value: Any
    schema: Mapping[str, Any]
    instance: object
    context: Sequence[Fault]
    absolute_path: Sequence[str | int]
    schema_path: Sequence[str | int]


def mistakes(schema_name: str, data: object) -> list[Mistake]:
    """All mistakes of `data` against a schema; of more than `MOST` the first ones, and that there are more."""
    found: dict[Mistake, None] = {}
    for mistake in _found(_validator(schema_name), data):
        if len(found) == MOST:
            more = Mistake((), True, f"there are more than {MOST} mistakes; the others are not listed")
            return [*found, more]
        found[mistake] = None
    return list(found)


def _found(validator: Draft202012Validator, data: object) -> Iterator[Mistake]:
    for error in validator.iter_errors(data):
        yield from _explain(cast("Fault", error), cast("Mapping[str, Any]", validator.schema))


@cache
def _validator(schema_name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(schema_name)))


def _explain(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    explain = EXPLAINERS.get(str(error.validator), _other)
    yield from explain(error, root)


def _path(error: Fault) -> Path:
    return tuple(error.absolute_path)


def _unknown_keys(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    known = list(error.schema.get("properties", {}))
    patterns = tuple(key.removeprefix("^") for key in error.schema.get("patternProperties", {}))
    assert isinstance(error.instance, dict)
    for key in error.instance:
        if key in known or (patterns and key.startswith(patterns)):
            continue
        yield Mistake((*_path(error), key), True, f"unknown key {quote(key)}", _elsewhere(key, known, root))


def _elsewhere(key: str, known: Sequence[str], root: Mapping[str, Any]) -> str:
    """Where a key belongs that is not known here: elsewhere as it is spelt, here as it may have been meant."""
    homes = [
        name.lower()
        for name, body in root.get("$defs", {}).items()
        for branch in body.get("anyOf", [body])
        if key in branch.get("properties", {}) and name.lower() in root["properties"]
    ]
    if homes:
        return f"did you mean {homes[0]}.{key}?"
    if key in root["properties"]:
        return f"{key} stands at the top level"
    near = difflib.get_close_matches(key.lower().replace("-", "_"), known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"


def _missing_keys(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    assert isinstance(error.instance, dict)
    for key in error.schema["required"]:
        if key not in error.instance:
            shown = error.schema["properties"][key]
            examples = _resolve(shown, root).get("examples") or [None]
            example = f", for example `{key}: {examples[0]}`" if isinstance(examples[0], str) else ""
            yield Mistake(_path(error), True, f"the key {key} is missing", f"add it{example}")


def _wrong_kind(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    wanted = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    yield _kind_mistake(error, kinds)


def _kind_mistake(error: Fault, kinds: Sequence[str], help_text: str = "") -> Mistake:
    words = " or ".join(KINDS[kind] for kind in kinds if kind != "null")
    is_number = isinstance(error.instance, (int, float)) and not isinstance(error.instance, bool)
    if not help_text and is_number and set(kinds) <= {"string", "null"}:
        help_text = f"write it in quotes: '{error.instance}'"
    if not help_text and isinstance(error.instance, str) and len(kinds) == 1:
        help_text = INSTEAD_OF_TEXT.get(kinds[0], "")
    return Mistake(_path(error), False, f"expected {words}, found {described(error.instance)}", help_text)


def _not_listed(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    choices = [error.validator_value] if error.validator == "const" else list(error.validator_value)
    words = [word for word in choices if not error.schema.get("x-lower") or word == word.lower()]
    if not isinstance(error.instance, str):
        yield Mistake(_path(error), False, f"expected one of {_listed(words)}, found {described(error.instance)}")
        return
    meant = OTHER_WORDS.get(error.instance.lower())
    near = [meant] if meant in words else difflib.get_close_matches(error.instance.lower(), words, n=1, cutoff=0.6)
    remedy = f"did you mean {near[0]}?" if near else f"one of {_listed(words)}"
    yield Mistake(_path(error), False, f"{quote(error.instance)} is not one of the choices", remedy)


def _listed(words: Sequence[object]) -> str:
    return ", ".join(map(str, words))


def _branches(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    """Of several forms, explain the one that the value was meant to have."""
    if error.schema.get("x-quantity") is not None:
        yield from _bad_quantity(error, error.schema)
        return
    branches = [_resolve(branch, root) for branch in error.validator_value]
    quantities = [form for branch in branches for form in _forms(branch, root) if "x-quantity" in form]
    if quantities and isinstance(error.instance, (int, float)):
        yield from _bad_quantity(error, quantities[0])
        return
    meant = [i for i, branch in enumerate(branches) if _could_be(branch, error.instance, root)]
    if not meant:
        yield _kind_mistake(
            error, sorted({kind for branch in branches for kind in _kinds(branch, root)}, key=list(KINDS).index)
        )
        return
    for inner in error.context:
        if inner.schema_path[0] == meant[0]:
            yield from _explain(inner, root)


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Mapping[str, Any] = root["$defs"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _forms(schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The single forms of a schema that allows several."""
    schema = _resolve(schema, root)
    if "anyOf" not in schema or "x-quantity" in schema:
        return [schema]
    return [form for branch in schema["anyOf"] for form in _forms(branch, root)]


def _kinds(schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[str]:
    schema = _resolve(schema, root)
    if "anyOf" in schema:
        return [kind for branch in schema["anyOf"] for kind in _kinds(branch, root)]
    kind = schema.get("type", list(KINDS) if "enum" not in schema and "const" not in schema else "string")
    return [kind] if isinstance(kind, str) else list(kind)


def _could_be(schema: Mapping[str, Any], instance: object, root: Mapping[str, Any]) -> bool:
    kinds = _kinds(schema, root)
    return any(Draft202012Validator.TYPE_CHECKER.is_type(instance, kind) for kind in kinds)


def _bad_text(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    if "x-quantity" in error.schema:
        yield from _bad_quantity(error, error.schema)
    else:
        yield Mistake(_path(error), False, f"{quote(error.instance)} is not written as it must be")


def _bad_quantity(error: Fault, schema: Mapping[str, Any]) -> Iterator[Mistake]:
    kind = schema["x-quantity"]
    if isinstance(error.instance, bool) or not isinstance(error.instance, (str, int, float)):
        found = f"expected {NAMED[kind]}, found {described(error.instance)}"
        yield Mistake(_path(error), False, found, f"such as {schema['examples'][0]}")
        return
    try:
        getattr(quantity, kind)(str(error.instance))
    except quantity.NotAQuantity as problem:
        yield Mistake(_path(error), False, str(problem))
    else:
        yield Mistake(_path(error), False, f"{quote(error.instance)} is out of range")


def _out_of_range(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "minLength": "of a length of at least",
        "maxLength": "of a length of at most",
        "minItems": "with a number of items of at least",
    }[str(error.validator)]
    yield Mistake(_path(error), False, f"must be {words} {error.validator_value}, is {described(error.instance)}")


def _other(error: Fault, root: Mapping[str, Any]) -> Iterator[Mistake]:
    yield Mistake(_path(error), False, f"does not fit the schema ({error.validator})")


EXPLAINERS = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "type": _wrong_kind,
    "enum": _not_listed,
    "const": _not_listed,
    "anyOf": _branches,
    "pattern": _bad_text,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "minLength": _out_of_range,
    "maxLength": _out_of_range,
    "minItems": _out_of_range,
}


def quote(value: object) -> str:
    """A value of the user's for a message: quoted, on one line, cut where it is long."""
    text = " ".join(str(value).split())
    return repr(text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…")


def described(value: object) -> str:
    """A value of any kind for a message: what it is, and itself where it is short."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return f"the text {quote(value)}" if isinstance(value, str) else f"a {type(value).__name__}"  # TOML has dates
