"""Reads configurations of Ray Serve: the models of `ray.serve.llm`, which vLLM serves on GPUs that Ray finds.

`engine_kwargs` are vLLM's options in snake case. A copy of a model gets as many GPUs as its parallelism needs, or as
its placement group says, on whatever machines the cluster has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from llmlint.finding import Path
from llmlint.plans import Spot
from llmlint.readers.nested import spots
from llmlint.readers.values import at, items, mapping, number, text, whole
from llmlint.readers.wording import plain
from llmlint.tuples import NamedTuple
from llmlint.unit import GpuRequest, Said, Unit, Variable

if TYPE_CHECKING:
    from llmlint.document import Document
    from llmlint.readers.registry import Surroundings

FORMAT = "ray serve"
SINGLE = ("llm_config", "prefill_config", "decode_config")
"""Keys of one model in the arguments of builders that take no list."""
MOST_MODELS = 100
MOST_OPTIONS = 300
VENDORS = (
    ("AMD-", "amd"),
    ("Intel-GPU", "intel"),
    ("Intel-", "other"),
    ("TPU", "other"),
    ("aws-", "other"),
    ("Ascend", "other"),
    ("MXC", "other"),
)
"""Beginnings of Ray's names of accelerators that are not NVIDIA's."""


class Serving(NamedTuple):
    """A configuration, and where its values are."""

    data: Any
    spot: Callable[..., Spot]


class Model(NamedTuple):
    """One model of it."""

    serving: Serving
    path: Path
    data: dict[str, Any]
    application: Path
    """Of the application that serves it; empty where there is none around it."""

    @property
    def name(self) -> str:
        """The name under which it is served."""
        return text(self.data, "model_loading_config", "model_id") or ".".join(map(str, self.path))

    @property
    def home(self) -> Spot:
        """What stands for it."""
        return self.serving.spot(*self.path, "model_loading_config", "model_id")

    @property
    def gpus(self) -> int | None:
        """Of one copy; None where a variable says."""
        bundles = items(self.data, "placement_group_config", "bundles")
        if bundles:
            return round(sum(number(bundle, "GPU") or 0 for bundle in bundles))
        options = mapping(self.data, "engine_kwargs")
        product = 1
        for key in ("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size"):
            count = whole(options, key)
            if options.get(key) is not None and (count is None or count < 1):
                return None
            product *= count if count is not None else 1
        return product


def recognises(data: Any) -> bool:
    """Whether it configures a model."""
    return next(models(Serving(data, spots(None))), None) is not None


def units(documents: Sequence[Document], surroundings: Surroundings) -> list[Unit]:
    """The models of all documents. The cluster that runs them stands elsewhere."""
    found = []
    for document in documents:
        for model in models(Serving(document.data, spots(document))):
            unit = Unit(model.name, FORMAT, model.home)
            unit.kind, unit.fragment = "application", True
            fill(unit, model)
            found.append(unit)
    return found


def models(serving: Serving) -> Iterator[Model]:
    """The models that a configuration holds; those that it names by files are not seen."""
    places = [(("applications", index, "args"), ("applications", index)) for index in _indices(serving, "applications")]
    found = 0
    for path, application in [*places, ((), ())]:
        for steps in _configs(at(serving.data, *path)):
            data = mapping(serving.data, *path, *steps)
            if mapping(data, "model_loading_config") and found < MOST_MODELS:
                found += 1
                yield Model(serving, (*path, *steps), data, application)


def _indices(serving: Serving, key: str) -> range:
    return range(min(len(items(serving.data, key)), MOST_MODELS))


def _configs(data: Any) -> Iterator[Path]:
    for index in range(len(items(data, "llm_configs"))):
        yield ("llm_configs", index)
    for key in SINGLE:
        yield (key,)
    yield ()


def fill(unit: Unit, model: Model) -> None:
    """What the configuration says of one model."""
    serving, path, data = model.serving, model.path, model.data
    engine = (text(data, "llm_engine") or "vllm").lower()
    engine = engine if engine in ("vllm", "sglang") else "vllm"
    unit.engine = Said(engine, model.home)
    unit.model = _source(model)
    unit.settings = _settings(model)
    _environment(unit, model)
    _accelerator(unit, model)
    for steps in (("num_replicas",), ("autoscaling_config", "min_replicas")):
        count = whole(data, "deployment_config", *steps)
        if count is not None and unit.replicas is None:
            unit.replicas = Said(count, serving.spot(*path, "deployment_config", *steps))
    unit.supplies |= {"image", "probes", "gpus"}


def _source(model: Model) -> Said[str] | None:
    """Where the model is loaded from: a repository, a folder, a bucket; its name where nothing else is said."""
    base: Path = ("model_loading_config", "model_source")
    for steps in (base, (*base, "bucket_uri"), ("model_loading_config", "model_id")):
        found = text(model.data, *steps)
        if found:
            return Said(found, model.serving.spot(*model.path, *steps))
    return None


def _settings(model: Model) -> list[tuple[str, Said[str]]]:
    found = []
    for key, value in list(mapping(model.data, "engine_kwargs").items())[:MOST_OPTIONS]:
        spot = model.serving.spot(*model.path, "engine_kwargs", key)
        option = "--" + key.replace("_", "-")
        if value is False and key.startswith("enable_"):
            found.append((option.replace("--", "--no-", 1), Said("true", spot)))
        elif value is not None:
            written = json.dumps(value, default=str) if isinstance(value, (dict, list)) else plain(value)
            found.append((option, Said(written, spot)))
    return found


def _environment(unit: Unit, model: Model) -> None:
    """Variables of the application, then those of the model."""
    for base in (model.application, model.path):
        variables = mapping(model.serving.data, *base, "runtime_env", "env_vars")
        for name, value in variables.items():
            spot = model.serving.spot(*base, "runtime_env", "env_vars", name)
            known = None if isinstance(value, (dict, list)) else plain(value)
            unit.environment[name] = Variable(name, known, spot)


def _accelerator(unit: Unit, model: Model) -> None:
    """The type of the GPUs, and how many a copy gets where they are asked for at all."""
    spot = model.serving.spot
    name = text(model.data, "accelerator_type")
    vendor = next((vendor for start, vendor in VENDORS if (name or "").startswith(start)), "nvidia")
    if name and vendor != "other":
        unit.gpu_names = (Said(catalogue_name(name), spot(*model.path, "accelerator_type")),)
    where: Path = ("accelerator_type",) if name else ()
    for steps in (("placement_group_config",), ("engine_kwargs", "tensor_parallel_size")):
        if at(model.data, *steps) is not None:
            where = steps
            break
    if where and at(model.data, "accelerator_config", "kind") != "cpu":
        unit.gpus = GpuRequest(model.gpus, vendor, spot(*model.path, *where))


def catalogue_name(name: str) -> str:
    """Ray's name of an accelerator as others write it: `A100-80G` is an A100 of 80 GB."""
    short = re.sub(r"^(?:AMD-(?:Instinct|Radeon)-|Intel-)|-(?:OAM|HF)$", "", name)
    return re.sub(r"-(\d+)G$", r"-\1GB", short)
