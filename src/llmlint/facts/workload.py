"""Facts about the workload, about what must be fetched, and about names that are not clear."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Number, Place, Places, Words, fact
from llmlint.quantity import binary_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from llmlint.catalog.rows import Accelerator
    from llmlint.facts.devices import Cards

PUBLIC_REGISTRIES = ("docker.io", "ghcr.io", "quay.io", "nvcr.io", "gcr.io", "public.ecr.aws", "mcr.microsoft.com")

NO_CARD = ("none", "no", "false", "n/a", "cpu", "-")
COUNTED = r"(\d+)\s*[xX×]\s*(\S.*)"
"""A number of cards before their name: 2x RTX 4090."""


class WorkloadFacts(Group):
    """What is asked of the model."""

    @fact("workload.purpose")
    def purpose(self) -> Literal["inference", "training", "fine-tuning"]:
        """What the machine is for: inference if the file does not say."""
        workload = self.facts.deployment.workload
        return (workload.purpose if workload is not None else None) or "inference"

    @fact("workload.context")
    def context(self) -> Number | None:
        """Tokens of a request, prompt and answer together."""
        workload = self.facts.deployment.workload
        return workload.context if workload is not None else None

    @fact("workload.concurrency")
    def concurrency(self) -> Number | None:
        """Requests in flight at once."""
        workload = self.facts.deployment.workload
        return workload.concurrency if workload is not None else None


class NamesFacts(Group):
    """Names in the file that mean several things, or nothing that the catalogue knows."""

    @fact()
    def ambiguous(self) -> Places:
        """Names that fit several models or devices, with the candidates."""
        return (*self.facts.model.ambiguous_places, *self._devices())

    def _devices(self) -> Places:
        found = []
        for card in self.facts.gpu.named:
            if card.match is None or card.match.status != "ambiguous" or self._agrees(card):
                continue
            by_power = self._same_memory(card)
            names = ", ".join(_rated(row) if by_power else _described(row) for row in card.match.candidates)
            least = f"; counted as the one with the least memory, {binary_size(card.memory)}" if card.memory else ""
            if by_power:
                least = "; counted with the least power"
            found.append(Place(_name_path(card.position), f"{card.label} could mean {names}{least}"))
        return tuple(found)

    def _marketed(self, name: str) -> str:
        row = self.facts.catalogue.accelerator(name).row
        return row.name if row is not None and row.name else name

    def _agrees(self, card: Cards) -> bool:
        """Whether the candidates agree on the facts that are used, or the file settles what they differ in."""
        assert card.match is not None
        machine = self.facts.deployment.machine
        same_power = machine is None or machine.psu is None or len({row.tdp_w for row in card.match.candidates}) == 1
        return self._same_memory(card) and same_power

    def _same_memory(self, card: Cards) -> bool:
        """Whether the candidates have the same memory, or the file states it."""
        assert card.match is not None
        machine = self.facts.deployment.machine
        listed = (machine.gpus if machine is not None else None) or []
        stated = card.position is not None and listed[card.position].memory is not None
        return stated or len({row.memory_bytes for row in card.match.candidates}) == 1

    @property
    def least_counts(self) -> bool:
        """Whether a GPU counts as the one with the least memory among several that its name fits."""
        cards = self.facts.gpu.named
        return any(
            card.match is not None and card.match.status == "ambiguous" and not self._same_memory(card)
            for card in cards
        )

    @fact()
    def any_ambiguous(self) -> Flag:
        """Whether there is such a name."""
        return bool(self.ambiguous)

    @fact()
    def unknown_devices(self) -> Places:
        """Accelerators that the catalogue does not know, with the names that come near."""
        found = []
        for card in self.facts.gpu.named:
            if card.match is None or card.match.status != "unknown":
                continue
            near = [self._marketed(name) for name in self.facts.catalogue.suggest_accelerators(card.label)]
            text = f"{card.label} is not in the catalogue" + (f" ({card.match.why})" if card.match.why else "")
            text += f", did you mean {' or '.join(near)}?" if near else ""
            text += f"; it counts with its {binary_size(card.memory)}, its power is not known" if card.memory else ""
            found.append(Place(_name_path(card.position), text))
        return tuple(found)

    @fact()
    def device_remedy(self) -> Words:
        """What makes the unknown accelerators known: their memory helps where it is not written yet."""
        import re

        unknown = [card for card in self.facts.gpu.named if card.match is not None and card.match.status == "unknown"]
        if any(card.label.lower() in NO_CARD for card in unknown):
            return "for no GPU write `gpus: []`"
        counted = next((found for card in unknown if (found := re.match(COUNTED, card.label))), None)
        if counted is not None:
            return f"write {{name: {counted[2]}, count: {counted[1]}}}"
        own = "or add it to a catalogue of your own"
        if all(card.memory for card in unknown):
            return f"correct the name, leave it out, {own}"
        return f"correct the name, or write `memory: 24GB` instead of it, {own}"

    @fact()
    def any_unknown_device(self) -> Flag:
        """Whether there is such an accelerator."""
        return bool(self.unknown_devices)


def _described(row: Accelerator) -> str:
    return f"{row.name} ({binary_size(row.memory_bytes)})" if row.memory_bytes is not None else row.name


def _rated(row: Accelerator) -> str:
    return f"{row.name} ({row.tdp_w} W)" if row.tdp_w is not None else f"{row.name} (power not known)"


def _name_path(position: int | None) -> tuple[str | int, ...]:
    return ("machine", "gpus", position or 0, "name")


class NetworkFacts(Group):
    """What must be fetched from the internet at start."""

    @fact()
    def fetched(self) -> Places:
        """The model and the image, where they come from the internet."""
        deployment = self.facts.deployment
        found = []
        if not self.facts.model.is_local and deployment.model.id is not None and self.facts.model.status != "closed":
            found.append(Place(("model", "id"), f"the model {deployment.model.id}"))
        image = deployment.container.image if deployment.container is not None else None
        if image is not None and _is_public(image):
            found.append(Place(("container", "image"), f"the image {image}"))
        return tuple(found)

    @fact()
    def any_fetched(self) -> Flag:
        """Whether anything is."""
        return bool(self.fetched)


def _is_public(image: str) -> bool:
    """Whether an image lies in a public registry: a first part without dot, colon or `localhost` means Docker Hub."""
    first, slash, _ = image.partition("/")
    names_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    return not names_host or first in PUBLIC_REGISTRIES
