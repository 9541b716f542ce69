"""A unit: what a manifest says of one engine's processes, in the same words whatever the format.

Readers fill it; `readers.draft` makes the plan of it, and facts about manifests look at it. Sizes are bytes, times
seconds. What is not written is None or empty, and never stands for a default of the platform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from llmlint.tuples import NamedTuple

if TYPE_CHECKING:
    from llmlint.plans import Plan, Spot

Value = TypeVar("Value")
Supplied: TypeAlias = Literal["image", "model", "token", "probes", "shared-memory", "gpus", "storage", "arguments"]
"""What a platform sees to by itself, so that its absence in the file is no fault."""
VolumeKind: TypeAlias = Literal["persistent", "ephemeral", "memory", "host", "config", "secret", "unknown"]
Source: TypeAlias = Literal["literal", "secret", "config", "caller", "default"]


class Said(Generic[Value]):
    """A value and where it is written."""

    __slots__ = ("spot", "value")

    def __init__(self, value: Value, spot: Spot) -> None:
        self.value = value
        self.spot = spot

    def __repr__(self) -> str:
        return f"Said({self.value!r}, {self.spot.path!r})"


class Word(NamedTuple):
    """One word of a command line."""

    text: str
    """Quotes removed, variables filled in as far as they are known; what is not known stands as `$NAME`, `${…}`."""
    spot: Spot
    item: bool = True
    """It is an item of a list of its own, not part of a string that is split."""


class Variable(NamedTuple):
    """An environment variable."""

    name: str
    value: str | None
    """None where it is set to what the file does not tell: a secret, the caller's."""
    spot: Spot
    source: Source = "literal"


class GpuRequest(NamedTuple):
    """How GPUs are asked for."""

    number: int | None
    """Of one copy of the unit; None for all that there are, or an unknown number."""
    vendor: str
    """nvidia, amd, intel, or other: accelerators that are no GPUs (TPU, Neuron, Gaudi), a slice of one (mig)."""
    spot: Spot
    fraction: bool = False
    """They are slices or shares of a GPU (MIG, time-slicing)."""
    devices: tuple[str, ...] = ()
    """Those asked for by number or id."""


class Volume(NamedTuple):
    """Storage that the container sees."""

    mount: str
    kind: VolumeKind
    spot: Spot
    size: int | None = None
    """Bytes; what a claim asks for, a size limit."""
    size_spot: Spot | None = None
    read_only: bool = False
    name: str = ""
    """Of the volume, claim or host folder."""
    storage_class: str = ""


class Probe(NamedTuple):
    """A health check. Times in seconds; None where the file does not say."""

    spot: Spot
    kind: Literal["http", "tcp", "exec", "grpc", "unknown"] = "unknown"
    path: str | None = None
    port: int | str | None = None
    initial_delay: float | None = None
    period: float | None = None
    timeout: float | None = None
    failure_threshold: int | None = None
    command: str = ""


class Amounts(NamedTuple):
    """Resources granted to a container, or its limits."""

    cpu: Said[float] | None = None
    memory: Said[int] | None = None
    ephemeral_storage: Said[int] | None = None
    gpus: Said[int] | None = None


class Launch(NamedTuple):
    """The engine's own command line."""

    engine: str
    """By its name in a deployment file."""
    words: tuple[Word, ...]
    """Behind the program, settings from the environment in front."""
    program: tuple[Word, ...] = ()
    """The words that launch it; empty where the image's entry point does."""
    variables: Mapping[str, Variable] = {}
    """Set by the script for this command: assignments in front of it, and those that were exported before."""
    scripted: bool = False
    """It is launched by a shell script, which may do more."""
    extended: bool = False
    """The program is a fork of the engine or wraps it, and takes options that the engine does not know."""
    wrapped: bool = False
    """It is extended by a program around it, which leaves what it does not know to the engine itself."""
    container: Unit | None = None
    """What `docker run` makes of the unit, where that is how it is launched."""


class Unit:
    """One group of processes of one engine."""

    def __init__(self, name: str, format: str, home: Spot) -> None:  # noqa: PLR0915  # fields, a statement each
        self.name = name
        """For reports: `Deployment/vllm`, `services.llm`."""
        self.format = format
        self.home = home
        """What stands for the unit where nothing better does: its name or image."""
        self.kind = ""
        """Of the object in its format: Deployment, StatefulSet, Job, service, InferenceService."""
        self.supplies: frozenset[Supplied] = frozenset()
        self.fragment = False
        """Only a part of what will run: a Kustomize patch, a runtime without its service. Nothing is missing in it."""
        self.image: Said[str] | None = None
        self.entrypoint: tuple[Word, ...] | None = None
        """What replaces the image's own entry point, as written."""
        self.arguments: tuple[Word, ...] | None = None
        """What is passed to it, as written."""
        self.scripts: tuple[Word, ...] = ()
        """Shell commands that the format runs one after another, in place of an entry point and its arguments."""
        self.beside: tuple[tuple[Word, ...], ...] = ()
        """Commands that run beside the engine: hooks, containers before it and next to it."""
        self.launch: Launch | None = None
        """The engine's command line, found in these words; set by `readers.launch`."""
        self.version: Said[str] | None = None
        """Of the engine, from a pin in a script; else the image's tag tells."""
        self.engine: Said[str] | None = None
        """Named by the format itself (KubeAI's `engine: VLLM`)."""
        self.model: Said[str] | None = None
        """Named by the format itself, not by the command line."""
        self.settings: list[tuple[str, Said[str]]] = []
        """Options of the engine that the format has as keys, by the engine's names (`--max-model-len`)."""
        self.environment: dict[str, Variable] = {}
        self.environment_complete = True
        """No where variables come from places that the file does not show (`env_file`, `envFrom`)."""
        self.gpus: GpuRequest | None = None
        self.gpu_names: tuple[Said[str], ...] = ()
        """GPU types that the file names, any of which may be given."""
        self.gpu_numbers: tuple[int, ...] = ()
        """How many of each of these, where it differs; then `gpus` has no number."""
        self.gpu_memory: Said[int] | None = None
        self.instance: Said[str] | None = None
        """The cloud's instance type, as in the catalogue (`aws/g6.12xlarge`)."""
        self.instances: tuple[Said[str], ...] = ()
        """Where any of several would do, all of them; `instance` is the first."""
        self.nodes = 1
        """Machines over which one copy of the engine spreads."""
        self.ram: Said[int] | None = None
        """Of the machine, not of the container."""
        self.disk: Said[int] | None = None
        """Of the machine, in bytes."""
        self.disk_kind = ""
        self.limits = Amounts()
        self.requests = Amounts()
        self.shared_memory: Said[int] | None = None
        """Size of /dev/shm where the file states it."""
        self.shared_memory_volume: Spot | None = None
        """A volume in memory mounted there, with or without a size."""
        self.host_ipc = False
        """/dev/shm is the host's, without a limit of its own."""
        self.volumes: list[Volume] = []
        self.ports: list[Said[int]] = []
        self.probes: dict[str, Probe] = {}
        """By startup, liveness, readiness; `health` for Compose's healthcheck."""
        self.probes_disabled = False
        self.replicas: Said[int] | None = None
        self.strategy: Said[str] | None = None
        """recreate, rolling-update."""
        self.surge: tuple[int | str | None, int | str | None] = (None, None)
        """maxSurge and maxUnavailable as written."""
        self.service_links: bool | None = None
        self.namespace = ""
        self.labels: Mapping[str, str] = {}
        """Of the object, of its pods, and of the nodes that they ask for; of a Compose service and its nodes."""
        self.services: tuple[Said[str], ...] = ()
        """Names of the Services of its namespace in the files that are applied with it."""
        self.profiles: tuple[str, ...] = ()
        """Compose profiles: units of different ones need not run together."""
        self.serves = True
        """It answers requests; no for a batch job."""
        self.file = ""
        """Of a unit of another file, its name."""
        self.before: Callable[[], Sequence[Plan]] = tuple
        """Deployments of files that are applied together with this one and come before it by their names, of those that
        may be given the same GPUs."""
        self.apart: Sequence[Unit] = ()
        """Units of another file of the run that this one adds to, as they are there: what is wrong with them is told
        in that file, and here only what comes of the two together."""
        self.told: frozenset[str] = frozenset()
        """Other files of the run in which that is told which is written there, this one's share in it included."""
        self.notes: dict[str, Said[str]] = {}
        """What only one format has and a rule speaks of, by a name that the rule's fact documents."""
