"""Facts about a deployment, by subject. Their docstrings are the reference that users read (`llmlint facts`).

`Facts` works nothing out by itself: each fact is computed when a rule first asks for it.
"""

from __future__ import annotations

from llmlint.facts.architecture import ArchitectureFacts
from llmlint.facts.context import ContextFacts
from llmlint.facts.devices import CpuFacts, GpuFacts, PowerFacts
from llmlint.facts.draft import DraftFacts
from llmlint.facts.engine import EngineFacts
from llmlint.facts.estimate import EstimateFacts
from llmlint.facts.fact import Tries, fact
from llmlint.facts.flags import FlagFacts
from llmlint.facts.host import RamFacts, StorageFacts
from llmlint.facts.kv import KvFacts
from llmlint.facts.link import LinkFacts
from llmlint.facts.machine import MachineFacts
from llmlint.facts.manifest import ManifestFacts
from llmlint.facts.memory import UnifiedFacts, VramFacts
from llmlint.facts.model import ModelFacts
from llmlint.facts.offload import OffloadFacts
from llmlint.facts.parallel import ParallelFacts
from llmlint.facts.precision import PrecisionFacts
from llmlint.facts.quantization import QuantizationFacts
from llmlint.facts.share import ShareFacts
from llmlint.facts.shared import SharedFacts
from llmlint.facts.speed import SpeedFacts
from llmlint.facts.support import SupportFacts
from llmlint.facts.tier import TierFacts
from llmlint.facts.workload import NamesFacts, NetworkFacts, WorkloadFacts
from llmlint.typed import TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llmlint.catalog import Catalogue
    from llmlint.facts.cache import CacheFacts
    from llmlint.facts.command import CommandFacts
    from llmlint.facts.container import ContainerFacts
    from llmlint.facts.default_context import DefaultContextFacts
    from llmlint.facts.environment import EnvironmentFacts
    from llmlint.facts.gated import GatedFacts
    from llmlint.facts.habits import HabitFacts
    from llmlint.facts.image import ImageFacts
    from llmlint.facts.limits import LimitFacts
    from llmlint.facts.loading import LoadingFacts
    from llmlint.facts.mending import MendingFacts
    from llmlint.facts.neighbours import NeighbourFacts
    from llmlint.facts.probes import ProbeFacts
    from llmlint.facts.requested import RequestedFacts
    from llmlint.facts.rollout import RolloutFacts
    from llmlint.facts.secrets import SecretFacts
    from llmlint.facts.services import ServiceFacts
    from llmlint.facts.shm import SharedMemoryFacts
    from llmlint.facts.slots import SlotFacts
    from llmlint.facts.smallest import SmallestFacts
    from llmlint.facts.spelling import SpellingFacts
    from llmlint.facts.suited import SuitedFacts
    from llmlint.plans import Plan

Answer = TypeVar("Answer")


class Facts:
    """All facts of one plan, by group."""

    def __init__(
        self, plan: Plan, catalogue: Catalogue, folder: str = "", siblings: Sequence[Facts] = (), position: int = 0
    ) -> None:
        self.plan = plan
        self.deployment = plan.deployment
        self.catalogue = catalogue
        self.folder = folder
        """Where relative paths of local models start: the folder of the deployment file."""
        self.siblings = siblings
        """The facts of all deployments of the file, in order, these among them."""
        self.position = position
        """Which of the siblings these are."""
        self.tries: Tries = siblings[0].tries if siblings else Tries()
        """What has been tried for the remedies of the file."""
        self.is_largest = False
        """Whether GPUs whose names fit several count as those with the most memory, not with the least."""

    @property
    def of_largest(self) -> Facts:
        """The same with GPUs whose names fit several as those with the most memory."""
        others: list[Facts] = []
        for one in self.siblings or (self,):
            facts = Facts(one.plan, self.catalogue, self.folder, others, len(others))
            facts.is_largest, facts.tries = True, self.tries
            others.append(facts)
        return others[self.position]

    @property
    def residents(self) -> list[Facts]:
        """These facts, then those of the file's other deployments that run on the same machine."""
        name = self.shared.name
        if name is None:
            return [self]
        return [self, *(facts for facts in self.siblings if facts is not self and facts.shared.name == name)]

    def on_machine(self, ask: Callable[[Facts], Answer | None]) -> Answer | None:
        """The first answer among the residents: where several share a machine, one of them may describe it for all."""
        if self.shared.name is None:
            return ask(self)
        return next((answer for facts in self.residents if (answer := ask(facts)) is not None), None)

    @fact()
    def model(self) -> ModelFacts:
        """The model that is run."""
        return ModelFacts(self)

    @fact()
    def precision(self) -> PrecisionFacts:
        """The number format of the weights."""
        return PrecisionFacts(self)

    @fact()
    def workload(self) -> WorkloadFacts:
        """What is asked of the model."""
        return WorkloadFacts(self)

    @fact()
    def estimate(self) -> EstimateFacts:
        """What the model needs, and where it goes."""
        return EstimateFacts(self)

    @fact()
    def engine(self) -> EngineFacts:
        """What the engine would do."""
        return EngineFacts(self)

    @fact()
    def flags(self) -> FlagFacts:
        """The engine's arguments."""
        return FlagFacts(self)

    @fact()
    def context(self) -> ContextFacts:
        """The engine's context."""
        return ContextFacts(self)

    @fact()
    def kv(self) -> KvFacts:
        """How many requests the engine's cache holds."""
        return KvFacts(self)

    @fact()
    def share(self) -> ShareFacts:
        """The share of a GPU's memory that the engine takes."""
        return ShareFacts(self)

    @fact()
    def parallel(self) -> ParallelFacts:
        """How the engine divides the model among GPUs."""
        return ParallelFacts(self)

    @fact()
    def quantization(self) -> QuantizationFacts:
        """Whether the engine's arguments agree with the weights' format."""
        return QuantizationFacts(self)

    @fact()
    def support(self) -> SupportFacts:
        """What the engine's kernels run on."""
        return SupportFacts(self)

    @fact()
    def architecture(self) -> ArchitectureFacts:
        """Whether the engine's release knows the model's architecture."""
        return ArchitectureFacts(self)

    @fact()
    def draft(self) -> DraftFacts:
        """The draft model of speculative decoding."""
        return DraftFacts(self)

    @fact()
    def link(self) -> LinkFacts:
        """Weights that the engine leaves in system memory."""
        return LinkFacts(self)

    @fact()
    def speed(self) -> SpeedFacts:
        """How fast the plan serves."""
        return SpeedFacts(self)

    @fact()
    def vram(self) -> VramFacts:
        """The memory of the accelerators."""
        return VramFacts(self)

    @fact()
    def offload(self) -> OffloadFacts:
        """What does not fit the accelerators and goes elsewhere."""
        return OffloadFacts(self)

    @fact()
    def unified(self) -> UnifiedFacts:
        """Memory that CPU and GPU share."""
        return UnifiedFacts(self)

    @fact()
    def machine(self) -> MachineFacts:
        """The target machine."""
        return MachineFacts(self)

    @fact()
    def gpu(self) -> GpuFacts:
        """The accelerators."""
        return GpuFacts(self)

    @fact()
    def cpu(self) -> CpuFacts:
        """The processor."""
        return CpuFacts(self)

    @fact()
    def ram(self) -> RamFacts:
        """System memory."""
        return RamFacts(self)

    @fact()
    def storage(self) -> StorageFacts:
        """The storage that holds the model."""
        return StorageFacts(self)

    @fact()
    def power(self) -> PowerFacts:
        """What the parts draw and the supply gives."""
        return PowerFacts(self)

    @fact()
    def tier(self) -> TierFacts:
        """What the declared tier asks for."""
        return TierFacts(self)

    @fact()
    def names(self) -> NamesFacts:
        """Names in the file that mean several things, or none."""
        return NamesFacts(self)

    @fact()
    def network(self) -> NetworkFacts:
        """What must be fetched, and whether it can be."""
        return NetworkFacts(self)

    @fact()
    def shared(self) -> SharedFacts:
        """The machine that several deployments of the file share."""
        return SharedFacts(self)

    @fact()
    def manifest(self) -> ManifestFacts:
        """The manifest that it was read from."""
        return ManifestFacts(self)

    @fact()
    def smallest(self) -> SmallestFacts:
        """The smallest machine of the catalogue that would serve it."""
        from llmlint.facts.smallest import SmallestFacts

        return SmallestFacts(self)

    @fact()
    def cache(self) -> CacheFacts:
        """Where the engine keeps models that it downloads."""
        from llmlint.facts.cache import CacheFacts

        return CacheFacts(self)

    @fact()
    def default_context(self) -> DefaultContextFacts:
        """The context of an engine that is told none."""
        from llmlint.facts.default_context import DefaultContextFacts

        return DefaultContextFacts(self)

    @fact()
    def limits(self) -> LimitFacts:
        """What the container may use."""
        from llmlint.facts.limits import LimitFacts

        return LimitFacts(self)

    @fact()
    def loading(self) -> LoadingFacts:
        """How long the engine takes until it answers."""
        from llmlint.facts.loading import LoadingFacts

        return LoadingFacts(self)

    @fact()
    def mending(self) -> MendingFacts:
        """What edits write."""
        from llmlint.facts.mending import MendingFacts

        return MendingFacts(self)

    @fact()
    def probes(self) -> ProbeFacts:
        """The health checks of the container."""
        from llmlint.facts.probes import ProbeFacts

        return ProbeFacts(self)

    @fact()
    def rollout(self) -> RolloutFacts:
        """How a Deployment replaces its pods."""
        from llmlint.facts.rollout import RolloutFacts

        return RolloutFacts(self)

    @fact()
    def services(self) -> ServiceFacts:
        """Services in the namespace of the container."""
        from llmlint.facts.services import ServiceFacts

        return ServiceFacts(self)

    @fact()
    def spelling(self) -> SpellingFacts:
        """The id of the model, as it is written."""
        from llmlint.facts.spelling import SpellingFacts

        return SpellingFacts(self)

    @fact()
    def command(self) -> CommandFacts:
        """How the engine's command line is written in a manifest."""
        from llmlint.facts.command import CommandFacts

        return CommandFacts(self)

    @fact()
    def container(self) -> ContainerFacts:
        """The container around the engine."""
        from llmlint.facts.container import ContainerFacts

        return ContainerFacts(self)

    @fact()
    def environment(self) -> EnvironmentFacts:
        """Its environment variables."""
        from llmlint.facts.environment import EnvironmentFacts

        return EnvironmentFacts(self)

    @fact()
    def gated(self) -> GatedFacts:
        """A model that is handed out for a token only."""
        from llmlint.facts.gated import GatedFacts

        return GatedFacts(self)

    @fact()
    def habits(self) -> HabitFacts:
        """Options that people copy, and that do no good."""
        from llmlint.facts.habits import HabitFacts

        return HabitFacts(self)

    @fact()
    def image(self) -> ImageFacts:
        """The container's image."""
        from llmlint.facts.image import ImageFacts

        return ImageFacts(self)

    @fact()
    def requested(self) -> RequestedFacts:
        """How a manifest asks for GPUs."""
        from llmlint.facts.requested import RequestedFacts

        return RequestedFacts(self)

    @fact()
    def secrets(self) -> SecretFacts:
        """Keys and tokens in the file."""
        from llmlint.facts.secrets import SecretFacts

        return SecretFacts(self)

    @fact()
    def shm(self) -> SharedMemoryFacts:
        """/dev/shm of the container."""
        from llmlint.facts.shm import SharedMemoryFacts

        return SharedMemoryFacts(self)

    @fact()
    def slots(self) -> SlotFacts:
        """Requests that llama.cpp serves at once."""
        from llmlint.facts.slots import SlotFacts

        return SlotFacts(self)

    @fact()
    def neighbours(self) -> NeighbourFacts:
        """Engines of the file that run beside this one."""
        from llmlint.facts.neighbours import NeighbourFacts

        return NeighbourFacts(self)

    @fact()
    def suited(self) -> SuitedFacts:
        """What suits the hardware."""
        from llmlint.facts.suited import SuitedFacts

        return SuitedFacts(self)
