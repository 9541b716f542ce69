"""Makes plans of units: a deployment in the program's own types, and the place in the file of each of its values."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from llmlint import images
from llmlint.engines.versions import parsed
from llmlint.finding import Path
from llmlint.plans import Plan, Spot
from llmlint.readers import launch, settings
from llmlint.readers.devices import visible_gpus
from llmlint.readers.forks import is_batch, is_wrapped, takes_more
from llmlint.readers.model_name import is_name, model_name
from llmlint.readers.native import record
from llmlint.readers.options import Options
from llmlint.readers.pulled import pulled
from llmlint.unit import Amounts, Launch, Said, Unit, Word

if TYPE_CHECKING:
    from llmlint.deployment import Deployment


RAY = r"(?<![\w.-])ray\s+start\b"


def plans(unit: Unit) -> list[Plan]:
    """A plan for every engine that the unit starts; one where the format names the engine or the model itself."""
    return [plan(one) for one in launched(unit)]


def launched(unit: Unit) -> list[Unit]:
    """The unit as each engine that it starts has it."""
    found = launch.launches(unit)
    if launch.is_simulated(unit):
        return []
    if not found and unit.engine is not None:
        found = [Launch(unit.engine.value, unit.arguments or ())]
    if not found and unit.model is None and unit.image is not None and unit.entrypoint is None:
        _fill_from_nim(unit, unit.image)
    if not found and unit.model is not None:  # a platform that chooses the engine by itself
        found = [Launch("", (), scripted=True)]
    return [_copy(unit, one) for one in found]


def _fill_from_nim(unit: Unit, image: Said[str]) -> None:
    """The model of a NIM, which brings an engine of its own choice, and fetches the model with NVIDIA's key."""
    model = images.nim_model(image.value)
    if model:
        unit.model = Said(model, image.spot)
        unit.supplies |= {"model", "arguments", "token", "storage"}


def _copy(unit: Unit, found: Launch) -> Unit:
    """The unit as this launch has it: in its container, with the variables that the script sets."""
    own = copy.copy(found.container if found.container is not None else unit)
    if found.variables:
        own.environment = {**own.environment, **found.variables}
        own.gpus = visible_gpus(own)
    from_environment = settings.words(found.engine, own)
    from_format = tuple(word for option, said in own.settings for word in _setting(option, said))
    ray = _starts_ray(own)
    if ray is not None:
        own.notes = {**own.notes, "ray": ray}
    launched = found._replace(words=(*from_environment, *from_format, *found.words), wrapped=is_wrapped(found))
    extended = takes_more(launched, own.image.value if own.image is not None else "")
    own.launch = launched._replace(extended=extended)
    own.serves = own.serves and not is_batch(found)
    return own


def _starts_ray(unit: Unit) -> Said[str] | None:
    """Where a script makes a Ray cluster, in which other machines may take part: `ray start --head`."""
    words = (*(unit.entrypoint or ()), *(unit.arguments or ()), *unit.scripts)
    return next((Said("", word.spot) for word in words if re.search(RAY, word.text) is not None), None)


def _setting(option: str, said: Said[str]) -> tuple[Word, ...]:
    if said.value in {"", "true"}:
        return (Word(option, said.spot),)
    return () if said.value == "false" else (Word(option, said.spot), Word(said.value, said.spot))


def plan(unit: Unit) -> Plan:
    """The plan of a unit whose launch is found."""
    draft = Draft(unit)
    return Plan(draft.deployment(), unit.home.document, unit.format, draft.origins, unit)


class Draft:
    """Collects the values of one deployment and where they are written."""

    def __init__(self, unit: Unit) -> None:
        assert unit.launch is not None
        self.unit = unit
        self.launch: Launch = unit.launch
        self.origins: dict[Path, Spot] = {(): unit.home}
        self.version = self._version()

    def deployment(self) -> Deployment:
        """All of it."""
        values = {
            "name": self.unit.name,
            "model": self._model(),
            "engine": self._engine(),
            "machine": self._machine(),
            "container": self._container(),
        }
        made: Deployment = record("Deployment", values)
        return made

    def _put(self, path: Path, spot: Spot | None) -> None:
        if spot is not None:
            self.origins[path] = spot

    def _said(self, values: dict[str, Any], path: Path, said: Said[Any] | None) -> None:
        """One value under the last name of its path, if it is said."""
        if said is not None and said.value is not None:
            values[str(path[-1])] = said.value
            self._put(path, said.spot)

    def _version(self) -> str | None:
        unit = self.unit
        if unit.version is not None:
            self._put(("engine", "version"), unit.version.spot)
            return unit.version.value
        if unit.image is None or not images.is_filled(unit.image.value):
            return None
        known = images.image(unit.image.value)
        if known is None or known.engine != self.launch.engine or not known.official:
            return None
        self._put(("engine", "version"), unit.image.spot)
        return images.version(unit.image.value) or self._version_of_comment(unit.image)

    @staticmethod
    def _version_of_comment(image: Said[str]) -> str | None:
        """Of an image that is pinned by its digest alone, the tag that people write behind it: `# v0.9.2`."""
        _, tag, digest = images.parts(image.value)
        behind = getattr(image.spot.document, "comment_behind", None)
        if tag or not digest or behind is None or not image.spot.document.holds(image.spot.path):
            return None
        words = behind(image.spot.path).split()
        return images.version(f"image:{words[-1]}") if len(words) in (1, 2) else None

    def _engine(self) -> Any:
        words = self.launch.words
        for index, word in enumerate(words):
            self._put(("engine", "args", index), word.spot)
        home = words[0].spot if words else self.unit.home
        program = self.launch.program[0].spot if self.launch.program else None
        image = self.unit.image.spot if self.unit.image is not None else self.unit.home
        self._put(("engine", "args"), home._replace(span=None) if words and words[0].item else home)
        self._put(("engine", "name"), program or image)
        self._put(("engine",), program or image)
        if not self.launch.engine:
            return None
        values = {"name": self.launch.engine, "version": self.version, "args": [word.text for word in words] or None}
        return record("Engine", values)

    def _model(self) -> Any:
        words = Options(self.launch, parsed(self.version))
        said = self.unit.model if self.unit.model is not None else words.model() or self._pulled()
        values: dict[str, Any] = {}
        if said is not None and is_name(said.value):
            name, local = model_name(said.value, self.launch.engine)
            if name:
                values = {"id": name, "source": "local" if local else None}
        if said is not None:
            self._put(("model",), said.spot)
            self._put(("model", "id"), said.spot)
        self._said(values, ("model", "revision"), words.value("revision"))
        return record("Model", values)

    def _pulled(self) -> Said[str] | None:
        """What is fetched for an Ollama server, which is told of no model itself."""
        if self.launch.engine != "ollama":
            return None
        own = (*(self.unit.entrypoint or ()), *(self.unit.arguments or ()))
        return pulled((own, self.unit.scripts, *self.unit.beside))

    def _machine(self) -> Any:
        unit = self.unit
        values: dict[str, Any] = {}
        self._said(values, ("machine", "instance"), unit.instance)
        self._said(values, ("machine", "ram"), unit.ram)
        gpus = self._gpus()
        if gpus is not None:
            values["gpus"] = gpus
        if unit.disk is not None:
            kind = unit.disk_kind if unit.disk_kind in ("nvme", "ssd", "hdd", "network") else None
            values["storage"] = record("StorageDevice", {"free": unit.disk.value, "kind": kind})
            self._put(("machine", "storage"), unit.disk.spot)
            self._put(("machine", "storage", "free"), unit.disk.spot)
        return record("Machine", values) if values else None

    def _gpus(self) -> list[Any] | None:
        """The accelerators as far as the file tells; None where type or number is unknown to it."""
        unit, request = self.unit, self.unit.gpus
        if request is not None:
            self._put(("machine", "gpus"), request.spot)
        if unit.gpu_names:
            self._put(("machine", "gpus", 0, "name"), unit.gpu_names[0].spot)
            if request is None:
                self._put(("machine", "gpus"), unit.gpu_names[0].spot)
        if request is None or request.fraction or request.vendor == "other":
            return None
        number = request.number if request.number is not None else next(iter(unit.gpu_numbers), None)
        if number is None or number < 1:
            return None
        if not unit.gpu_names and unit.gpu_memory is None and unit.instance is not None:
            return None
        count = number * max(unit.nodes, 1)
        values: dict[str, Any] = {"count": count, "name": unit.gpu_names[0].value if unit.gpu_names else None}
        self._put(("machine", "gpus", 0, "count"), request.spot)
        self._said(values, ("machine", "gpus", 0, "memory"), unit.gpu_memory)
        return [record("Gpu", values)]

    def _container(self) -> Any:
        unit = self.unit
        values: dict[str, Any] = {}
        self._said(values, ("container", "image"), unit.image)
        if unit.entrypoint:
            values["entrypoint"] = [word.text for word in unit.entrypoint]
            self._put(("container", "entrypoint"), unit.entrypoint[0].spot)
        for name, variable in unit.environment.items():
            self._put(("container", "environment", name), variable.spot)
        values["environment"] = {name: variable.value for name, variable in unit.environment.items()} or None
        self._said(values, ("container", "shared_memory"), unit.shared_memory)
        for name, amounts in (("limits", unit.limits), ("requests", unit.requests)):
            values[name] = self._amounts(name, amounts)
        self._said(values, ("container", "replicas"), unit.replicas)
        self._said(values, ("container", "strategy"), unit.strategy)
        for kind, probe in unit.probes.items():
            self._put(("container", "probes", kind), probe.spot)
        for index, volume in enumerate(unit.volumes):
            self._put(("container", "volumes", index), volume.spot)
        return record("Container", values)

    def _amounts(self, name: str, amounts: Amounts) -> Any:
        values: dict[str, Any] = {}
        for field in Amounts._fields:
            self._said(values, ("container", name, field), getattr(amounts, field))
        return record("Resources", values) if values else None
