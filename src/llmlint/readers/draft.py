"""Makes plans of units: a deployment in the program's own types, and the place in the file of each of its values."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from llmlint.engines.flags import parse
from llmlint.engines.versions import parsed
from llmlint.finding import Path
from llmlint.plan import Plan, Spot
from llmlint.readers import images, launch, settings
from llmlint.readers.native import record
from llmlint.readers.variables import is_filled
from llmlint.unit import Amounts, Launch, Said, Unit, Word

if TYPE_CHECKING:
    from llmlint.deployment import Deployment

MODEL_OPTIONS: dict[str, tuple[str, ...]] = {
    "vllm": ("model", "model-tag"),
    "sglang": ("model-path",),
    "tgi": ("model-id",),
    "llama.cpp": ("hf-repo", "model", "model-url", "docker-repo", "hf-file"),
    "tensorrt-llm": ("model",),
    "transformers": ("force-model", "model"),
    "mlx": ("model",),
}
"""Options that name the model, the first that is set counts."""
NO_NAMES = frozenset(
    [
        "model",
        "models",
        "mnt",
        "data",
        "snapshots",
        "hub",
        "weights",
        "checkpoint",
        "workspace",
        "hf",
        "main",
        "default",
        "root",
        "app",
        "cache",
    ]
)
"""Parts of paths that tell nothing of a model."""
PATH = r"(?:/|\./|\.\./|~/|[a-z][a-z0-9+.-]*://|[A-Za-z]:\\).*"
PLACEHOLDERS = r"(?i)(?:your|my|replace|change|example|placeholder|insert|todo|xxx)[-_ ].*|.*replace[-_]?me.*|<.*>|xxx+"


def plans(unit: Unit) -> list[Plan]:
    """A plan for every engine that the unit starts; one where the format names the engine or the model itself."""
    found = launch.launches(unit)
    if not found and unit.engine is not None:
        found = [Launch(unit.engine.value, unit.arguments or ())]
    if not found and unit.model is not None:  # a platform that chooses the engine by itself
        found = [Launch("", (), scripted=True)]
    return [plan(_copy(unit, one)) for one in found]


def _copy(unit: Unit, found: Launch) -> Unit:
    own = copy.copy(unit)
    from_environment = settings.words(found.engine, unit)
    from_format = tuple(word for option, said in unit.settings for word in _setting(option, said))
    own.launch = found._replace(words=(*from_environment, *from_format, *found.words))
    return own


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
        return images.version(unit.image.value)

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
        said = self.unit.model if self.unit.model is not None else self._model_of_words()
        values: dict[str, Any] = {}
        if said is not None and is_filled(said.value) and not re.fullmatch(PLACEHOLDERS, said.value):
            name, local = model_name(said.value, self.launch.engine)
            if name:
                values = {"id": name, "source": "local" if local else None}
        if said is not None:
            self._put(("model",), said.spot)
            self._put(("model", "id"), said.spot)
        revision = self._value("revision")
        if revision is not None:
            self._said(values, ("model", "revision"), revision)
        return record("Model", values)

    def _model_of_words(self) -> Said[str] | None:
        words = self.launch.words
        names = MODEL_OPTIONS.get(self.launch.engine, ())
        if self.launch.engine == "llama.cpp" and (named := self._value("hf-repo")) is not None:
            file = self._value("hf-file")
            return named if file is None else Said(f"{named.value}/{file.value}", named.spot)
        for name in names:
            if (found := self._value(name)) is not None:
                return found
        positional = self.launch.engine in ("vllm", "sglang", "tensorrt-llm", "transformers")
        if positional and words and not words[0].text.startswith("-"):
            return Said(words[0].text, words[0].spot)
        return self._stray() if positional else None

    def _stray(self) -> Said[str] | None:
        """A model that stands behind the options: the last word, where it looks like one."""
        words = self.launch.words
        if len(words) > 1 and re.fullmatch(r"[\w.-]+/[\w.-]+", words[-1].text) and words[-2].text.startswith("--"):
            option = words[-2].text
            alone = parse(self.launch.engine, [option], parsed(self.version))
            if "=" in option or not alone.problems:
                return Said(words[-1].text, words[-1].spot)
        return None

    def _value(self, name: str) -> Said[str] | None:
        """The text of an option on the command line, at its value."""
        words = self.launch.words
        flags = parse(self.launch.engine, [word.text for word in words], parsed(self.version))
        value = flags.values.get(name)
        if not isinstance(value, str) or not value:
            return self._unfilled(name)
        at = next((index for index in range(len(words) - 1, -1, -1) if _gives(words[index].text, value)), None)
        return Said(value, words[at].spot if at is not None else self.unit.home)

    def _unfilled(self, name: str) -> Said[str] | None:
        """An option whose value holds a variable that nobody filled in."""
        words = self.launch.words
        spellings = (f"--{name}",)
        for index, word in enumerate(words):
            base, equals, value = word.text.partition("=")
            if base in spellings and equals:
                return Said(value, word.spot)
            if base in spellings and index + 1 < len(words):
                return Said(words[index + 1].text, words[index + 1].spot)
        return None

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
        if request is None or request.fraction or not request.number or request.vendor == "other":
            return None
        if not unit.gpu_names and unit.gpu_memory is None and unit.instance is not None:
            return None
        count = request.number * max(unit.nodes, 1)
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


def _gives(word: str, value: str) -> bool:
    return word == value or word.endswith(f"={value}")


def model_name(written: str, engine: str) -> tuple[str, bool]:
    """A model's name as the catalogue may know it, of an id, URL or path, and whether the files are local.

    Paths are those of the target machine: of them the last part that says something is kept, never looked up here.
    """
    text = written.strip().rstrip("/")
    for scheme in ("hf://", "hf.co/", "https://huggingface.co/", "huggingface.co/", "ollama://", "modelscope://"):
        if text.lower().startswith(scheme):
            return _repository(text[len(scheme) :]), False
    cached = re.search(r"models--([\w.-]+?)--([\w.-]+)", text)
    if cached is not None:
        return f"{cached[1]}/{cached[2]}", True
    if re.fullmatch(PATH, text) or (engine == "llama.cpp" and text.lower().endswith(".gguf")):
        parts = [part for part in re.split(r"[/\\]+", text.partition("://")[2] or text) if part]
        for part in reversed(parts):
            if part.lower() not in NO_NAMES and not re.fullmatch(r"[0-9a-f]{40}", part):
                return _gguf_name(part), True
        return "", True
    return _repository(text) if engine != "ollama" else text, False


def _repository(text: str) -> str:
    """`org/repo` of a longer path in a repository, with the file or quantisation that follows."""
    text = text.split("?", 1)[0]
    found = re.match(r"([\w.-]+/[\w.-]+)/(?:resolve|blob)/[^/]+/(.+)", text)
    if found is not None:
        return _gguf_name(found[2].rsplit("/", 1)[-1]) if found[2].lower().endswith(".gguf") else found[1]
    parts = text.split("/")
    if len(parts) > 2 and parts[-1].lower().endswith(".gguf"):
        return _gguf_name(parts[-1])
    return text


def _gguf_name(name: str) -> str:
    """The name of a file without its ending and the number of its part."""
    bare = re.sub(r"(?i)\.gguf$", "", name)
    return re.sub(r"-\d{5}-of-\d{5}$", "", bare)


def all_plans(units: Iterable[Unit]) -> list[Plan]:
    """The plans of several units in order."""
    return [one for unit in units for one in plans(unit)]
