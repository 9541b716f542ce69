"""Facts about the manifest that a deployment was read from; a native file has none."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Place, Places, Text, fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.unit import Supplied, Unit


class ManifestFacts(Group):
    """The manifest."""

    @property
    def unit(self) -> Unit | None:
        """What it says of this engine's processes."""
        return self.facts.plan.unit

    @fact()
    def exists(self) -> Flag:
        """Whether the deployment was read from a manifest, not from a file of llmlint's own format."""
        return self.unit is not None

    @fact()
    def format(self) -> Text:
        """The format of the file: native, compose, kubernetes and so on."""
        return self.facts.plan.format

    @fact()
    def kind(self) -> Text:
        """The kind of object that it is: Deployment, Job, InferenceService, service of Compose; empty for none."""
        return self.unit.kind if self.unit is not None else ""

    @fact()
    def is_whole(self) -> Flag:
        """Whether the file holds all of it: no patch of Kustomize, no runtime whose service is elsewhere.

        Only then is what it does not say missing.
        """
        return self.unit is not None and not self.unit.fragment

    @fact()
    def serves(self) -> Flag:
        """Whether it answers requests for as long as it runs: no batch job."""
        return self.unit is not None and self.unit.serves

    def supplies(self, what: Supplied) -> bool:
        """Whether the platform sees to something by itself."""
        return self.unit is not None and what in self.unit.supplies

    @fact()
    def requests_gpus(self) -> Flag:
        """Whether it asks for GPUs, in whatever number; TPUs and the like are none."""
        return self.unit is not None and self.unit.gpus is not None and self.unit.gpus.vendor != "other"

    @fact()
    def knows_gpu_type(self) -> Flag:
        """Whether the file, or who lints it, says which GPUs they are: by name, memory or instance type."""
        unit, machine = self.unit, self.facts.deployment.machine
        if unit is None or unit.gpu_names or unit.instance is not None:
            return True
        if machine is None or machine.instance is not None:
            return machine is not None
        return any(gpu.name or gpu.memory for gpu in machine.gpus or ())

    @fact()
    def gpu_place(self) -> Places:
        """Where the GPUs are asked for. Where findings point."""
        unit = self.unit
        return (Place(("machine", "gpus"), "", unit.gpus.spot),) if unit is not None and unit.gpus is not None else ()
