"""Values as people write them: the building blocks of the models of deployment, rule and configuration files.

A quantity is text in the file (`24GB`) and a number inside the program (bytes, parameters, watts). The markers here
tell both to pydantic: validation turns what is written into what is meant, the JSON Schema shows what may be written.
Keys that begin with `x-` in the schema say how the two are joined; `shape.py` compiles them for the hot path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from llmlint import quantity

LARGEST_COUNT = 10**15
"""No plan counts more of anything; keeps arithmetic far from overflow."""


class Quantity:
    """Marks a field as a quantity of one kind: memory, storage, parameters or power."""

    def __init__(self, kind: str, description: str, examples: tuple[str, ...], plain: int | None = None) -> None:
        self.kind = kind
        self.shown: JsonSchemaValue = {"description": description, "examples": list(examples), "x-quantity": kind}
        self.plain = plain
        """The least plain number that is taken without a unit; None where a unit is compulsory."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Turn the text into a number, by the function of `quantity` that is named for the kind."""
        read: Callable[[str], int] = getattr(quantity, self.kind)
        text = _after(core_schema.str_schema(strict=True), read)
        if self.plain is None:
            return text
        number = core_schema.int_schema(strict=True, ge=self.plain, le=LARGEST_COUNT)
        return core_schema.union_schema([text, _whole(number)], mode="left_to_right")

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Show the pattern that the text must match."""
        text: JsonSchemaValue = {"type": "string", "pattern": quantity.PATTERNS[self.kind]}
        if self.plain is None:
            return text | self.shown
        number = {"type": "integer", "minimum": self.plain, "maximum": LARGEST_COUNT}
        return {"anyOf": [text, number]} | self.shown


class Spellings:
    """Marks a choice whose values may be written in capitals too (`FP16`, `Q4_K_M`); the program sees small letters."""

    def __init__(self, *values: str) -> None:
        self.spelled = {spelling: value for value in values for spelling in (value, value.upper(), _mixed(value))}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take either spelling, give the small one."""
        return _after(core_schema.literal_schema(list(self.spelled)), self.spelled.__getitem__)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """List the small spellings first: editors offer them in this order."""
        small = list(dict.fromkeys(self.spelled.values()))
        return {"type": "string", "enum": small + [word for word in self.spelled if word not in small], "x-lower": True}


def _mixed(value: str) -> str:
    """As Ollama and file names have GGUF types: q4_K_M."""
    head, line, tail = value.partition("_")
    return head + line + tail.upper()


class OneOrMany:
    """Marks a list that may be written as its only item."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Wrap what is not a list."""
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, list) else [value], handler(source)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Allow the item beside the list."""
        many = handler(schema)
        return {"anyOf": [many, many["items"]], "x-one-or-many": True}


def _after(schema: CoreSchema, function: Callable[[Any], Any]) -> CoreSchema:
    return core_schema.no_info_after_validator_function(function, schema)


def _whole(schema: CoreSchema) -> CoreSchema:
    return core_schema.no_info_before_validator_function(whole, schema)


def whole(value: object) -> object:
    """7.0 is an integer to JSON Schema, so it is one here."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Part(BaseModel):
    """A mapping with fixed keys; a key without a value counts as not written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

    shorthand: ClassVar[str | None] = None
    """The field that a single value in place of the mapping stands for."""
    extensions: ClassVar[bool] = False
    """Whether keys that begin with `x-`, and `$schema`, are passed over."""

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data if cls.shorthand is None or data is None else {cls.shorthand: data}
        if cls.extensions:
            return {key: value for key, value in data.items() if not is_extension(key)}
        return data

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the shorthand beside the mapping."""
        reference = handler(schema)
        written = handler.resolve_ref_schema(reference)
        if cls.extensions:
            written["patternProperties"] = {"^x-": {}}
            written["properties"]["$schema"] = {"description": "For editors; not read."}
            written["x-extensions"] = True
        if cls.shorthand is not None and "anyOf" not in written:
            long = dict(written)
            field = _without_null(long["properties"][cls.shorthand])
            short = {key: value for key, value in field.items() if key not in {"title", "default", "description"}}
            written.clear()
            written.update(
                {"anyOf": [short, long], "x-shorthand": cls.shorthand, "description": long.get("description", "")}
            )
        return reference


def _without_null(schema: JsonSchemaValue) -> JsonSchemaValue:
    branches = [branch for branch in schema.get("anyOf", []) if branch != {"type": "null"}]
    return branches[0] if len(branches) == 1 else schema


def is_extension(key: str) -> bool:
    """Whether a key is the user's own (`x-…`) or an editor's (`$schema`)."""
    return key.startswith("x-") or key == "$schema"


Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=1000)]
Count: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST_COUNT), BeforeValidator(whole)]
NotNegative: TypeAlias = Annotated[int, Field(ge=0, le=LARGEST_COUNT), BeforeValidator(whole)]
Number: TypeAlias = Annotated[float, Field(gt=0, le=LARGEST_COUNT)]
Settings: TypeAlias = Mapping[str, Any]

Memory: TypeAlias = Annotated[
    int, Quantity("memory", "Memory with its unit, as it is sold: 24GB and 24GiB both mean 24 × 2³⁰ bytes.", ("24GB",))
]
Storage: TypeAlias = Annotated[
    int, Quantity("storage", "Storage with its unit, as it is sold: 1TB means 10¹² bytes.", ("1TB", "500GB"))
]
Parameters: TypeAlias = Annotated[
    int,
    Quantity("parameters", "A number of parameters: 8B, 770M, or written out.", ("70B", "8.03B", "770M"), 100_000),
]
Power: TypeAlias = Annotated[int, Quantity("power", "Electric power: 850W or 1.2kW.", ("850W", "1.2kW"))]
