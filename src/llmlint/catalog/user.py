"""A user's own catalogue file: its form, and its rows. Imported only where such a file is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, ValidationError

from llmlint.catalog.counting import groups_of
from llmlint.catalog.decoding import GIB, MIB, quantisation, usable
from llmlint.catalog.own_rows import Changes, UserRows
from llmlint.deployment import Category, LayerGroup
from llmlint.finding import Path
from llmlint.mistakes import mistakes
from llmlint.written import Count, Memory, NotNegative, Number, OneOrMany, Parameters, Part, Text

Texts: TypeAlias = Annotated[list[Text], OneOrMany()]


class InvalidCatalogue(ValueError):
    """A catalogue file that does not have the form; `problems` are a path inside its data and a sentence each."""

    def __init__(self, problems: tuple[tuple[Path, str], ...]) -> None:
        super().__init__("; ".join(message for _, message in problems))
        self.problems = problems


class Params(Part):
    """Parameter counts of a model. The total alone will do."""

    shorthand: ClassVar[str | None] = "total"

    total: Parameters
    """All that are stored."""
    active: Parameters | None = None
    """Those of the text tower that one token uses, in a mixture of experts."""
    text: Parameters | None = None
    """Of the text tower."""
    vision: Parameters | None = None
    """Of the encoder of images."""
    mtp: Parameters | None = None
    """Of multi-token prediction, which is loaded only for speculative decoding."""
    extra: Parameters | None = None
    """Stored but not loaded a second time."""


class QuantConfig(Part):
    """How the checkpoint itself is quantised, as its config.json has it."""

    quant_method: Text = Field(examples=["fp8", "awq"])
    """Method: fp8, awq, gptq, mxfp4, modelopt."""
    quant_algo: Text | None = None
    """Its algorithm, where the method has several: NVFP4."""
    weight_block_size: list[Count] | None = None
    """Elements that share a scale."""


class ModelRow(Part):
    """A model. Of one that the catalogue has, only what differs need be written."""

    id: Text = Field(examples=["our-company/our-model-8b"])
    """The name that deployments use; of a known model, its Hugging Face id."""
    aliases: Texts | None = None
    """Other names."""
    ollama: Texts | None = None
    """Ollama tags."""
    category: Category | None = None
    """What kind of model it is; text if neither this nor the catalogue says."""
    thinking: Literal["always", "switchable"] | None = None
    """Whether it reasons before it answers."""
    params: Params | None = None
    """Its parameter counts; counted from its layers if not written."""
    arch: Text | None = None
    """`model_type` of its config.json."""
    hidden: Count | None = None
    """Width of the model."""
    vocab: Count | None = None
    """Rows of the vocabulary."""
    tied: bool | None = None
    """Embedding and output head are one matrix."""
    norm_bias: bool | None = None
    """Its norms have biases."""
    head_bias: bool | None = None
    """Its output head has a bias."""
    encoder: bool | None = None
    """It generates nothing and keeps no cache."""
    max_ctx: Count | None = None
    """The longest context it was made for, in tokens."""
    groups: list[LayerGroup] | None = None
    """Its layers, those of equal structure together."""
    dtype: Literal["bfloat16", "float16", "float32"] | None = None
    """Type of the checkpoint's tensors."""
    quant: QuantConfig | None = None
    """Set where the checkpoint itself is quantised."""
    downloadable: bool | None = None
    """False where the weights are not to be had."""
    license: Text | None = None
    """Under what terms it is published."""
    released: Text | None = None
    """When it was published."""
    notes: Texts | None = None
    """What else is worth knowing."""


class AcceleratorRow(Part):
    """A GPU or another accelerator. Of one that the catalogue has, only what differs need be written."""

    id: Text = Field(examples=["rtx-4090-48gb"])
    """The name that deployments use."""
    name: Text | None = None
    """As marketed, for messages."""
    aliases: Texts | None = None
    """Other names: as the driver prints it, or as a node's label has it."""
    vendor: Text | None = None
    """Who makes it, in small letters."""
    arch: Text | None = None
    """Its generation."""
    cc: Text | None = None
    """CUDA compute capability, in quotes: "8.9"."""
    memory: Memory | None = None
    """Of one card, as sold."""
    reported_mib: Count | None = None
    """MiB that the driver reports."""
    usable_mib: Count | None = None
    """MiB that programs see; estimated if not written."""
    devices_per_card: Count | None = None
    """How many devices one card shows up as."""
    unified: bool | None = None
    """Shares its memory with the CPU."""
    bw_gbs: Number | None = None
    """Bandwidth of its memory in GB a second."""
    dense_tflops: dict[str, Number] | None = None
    """TFLOPS without sparsity by format: bf16, int8, fp8, fp4."""
    tdp_w: Count | None = None
    """Rated power in watts."""
    link: Text | None = None
    """What joins it to the machine."""
    formats: Texts | None = None
    """Number formats that it computes in: fp16, bf16, int8, fp8, fp4."""
    notes: Texts | None = None
    """What else is worth knowing."""


class MachineRow(Part):
    """A machine type. Of one that the catalogue has, only what differs need be written."""

    id: Text = Field(examples=["lab/big-box"])
    """Provider and type."""
    aliases: Texts | None = None
    """Other names."""
    accelerator: Text | None = None
    """Name of its accelerators; needed for a machine that the catalogue does not have."""
    count: NotNegative | None = None
    """How many accelerators; 1 if neither this nor the catalogue says."""
    partition: Annotated[float, Field(gt=0, le=1)] | None = None
    """The share of one accelerator that it gets."""
    vcpu: Count | None = None
    """Processor cores as the cloud counts them."""
    ram: Memory | None = None
    """System memory."""
    local_disk_gb: NotNegative | None = None
    """Local disks in GB; 0 for none."""
    local_disk_kind: Literal["nvme", "ssd", "none"] | None = None
    """What they are."""
    notes: Texts | None = None
    """What else is worth knowing."""


class CatalogueFile(Part):
    """A catalogue of your own: models, accelerators and machines that extend or replace the shipped ones."""

    extensions: ClassVar[bool] = True

    models: list[ModelRow] | None = None
    """Models."""
    accelerators: list[AcceleratorRow] | None = None
    """GPUs and other accelerators."""
    machines: list[MachineRow] | None = None
    """Machine types, of clouds or your own."""


def user_rows(data: object) -> UserRows:
    """The rows of a catalogue file's data. Raises `InvalidCatalogue`."""
    try:
        file = CatalogueFile.model_validate(data)
    except ValidationError as error:
        raise InvalidCatalogue(tuple(_problems(data, error))) from None
    return UserRows(
        models=tuple(_model(row, position) for position, row in enumerate(file.models or ())),
        accelerators=tuple(_accelerator(row) for row in file.accelerators or ()),
        machines=tuple(_machine(row) for row in file.machines or ()),
    )


def _problems(data: object, error: ValidationError) -> Iterator[tuple[Path, str]]:
    """In the schema's words; in pydantic's, should the schema have nothing to say."""
    found = mistakes("catalogue", data)
    if found:
        yield from ((mistake.path, f"{mistake.message}. {mistake.help}".removesuffix(". ")) for mistake in found)
    else:
        yield from ((tuple(one["loc"]), one["msg"]) for one in error.errors(include_url=False))


RENAMED = {"bw_gbs": "bandwidth", "ram": "ram_bytes", "memory": "memory_bytes", "local_disk_kind": "disk_kind"}
"""Fields of a file that rows call otherwise."""


def _stated(row: Part) -> dict[str, Any]:
    """What the file states, under the rows' names, lists as tuples."""
    stated = {RENAMED.get(name, name): getattr(row, name) for name in type(row).model_fields}
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in stated.items() if value is not None
    }


def _model(row: ModelRow, position: int) -> Changes:
    changes = _stated(row)
    if row.groups is not None:
        groups = groups_of(row.groups)
        if groups is None:
            path: Path = ("models", position, "groups")
            raise InvalidCatalogue(((path, "lacks a size that layers of this kind cannot be counted without"),))
        changes["groups"] = groups
    if row.quant is not None:
        changes["quant"] = quantisation({"weight_block_size": (), **row.quant.model_dump(exclude_none=True)})
    if row.params is not None:
        del changes["params"]
        counts = row.params
        loaded = counts.total - (counts.mtp or 0) - (counts.extra or 0)
        changes |= {"stored": counts.total, "parameters": loaded, "published": counts.total}
        changes |= {name: value for name, value in counts.model_dump(exclude={"total"}).items() if value is not None}
    return changes


def _accelerator(row: AcceleratorRow) -> Changes:
    changes = _stated(row)
    for name in ("reported", "usable"):
        mebibytes = changes.pop(f"{name}_mib", None)
        if mebibytes is not None:
            changes[f"{name}_bytes"] = mebibytes * MIB
    if row.usable_mib is not None:
        changes["usable_basis"] = "measured"
    elif row.memory is not None or row.reported_mib is not None:
        sold = row.memory / GIB if row.memory is not None else None
        memory = {"marketed_gb": sold, "cuda_total_mib": None, "reserved_mib": None}
        changes["usable_bytes"], changes["usable_basis"] = usable(memory, row.reported_mib, 1)
    if row.bw_gbs is not None:
        changes["bandwidth"] = row.bw_gbs * 1e9
    if row.dense_tflops is not None:
        changes["dense_tflops"] = tuple(row.dense_tflops.items())
    return changes


def _machine(row: MachineRow) -> Changes:
    changes = _stated(row)
    disk = changes.pop("local_disk_gb", None)
    return changes if disk is None else changes | {"disk_bytes": disk * 10**9}
