"""Facts about the machine as a whole: as the file says, else as its instance type has it."""

from __future__ import annotations

from math import inf

from llmlint.facts.fact import Flag, Group, Text, Words, fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from llmlint.catalog.rows import Machine, Match


class MachineFacts(Group):
    """The target machine."""

    @fact()
    def match(self) -> Match[Machine] | None:
        """What the catalogue says of the instance type. Not for rules."""
        machine = self.facts.deployment.machine
        if machine is None or machine.instance is None:
            return None
        found = [self.facts.catalogue.machine(name) for name in self._instances(machine.instance)]
        return min(found, key=self._gpu_memory)

    def _instances(self, first: str) -> tuple[str, ...]:
        """The instance types any of which the file takes."""
        unit = self.facts.plan.unit
        named = tuple(said.value for said in unit.instances) if unit is not None else ()
        return named if first in named else (first,)

    def _gpu_memory(self, match: Match[Machine]) -> float:
        """Bytes of one GPU of an instance type, by which the smallest is found; what is not known is never smallest."""
        row = match.row
        card = self.facts.catalogue.accelerator(row.accelerator).row if row is not None and row.accelerator else None
        return card.memory_bytes * row.partition if row is not None and card is not None and card.memory_bytes else inf

    @property
    def alternatives(self) -> int:
        """How many kinds of GPUs these instance types have."""
        machine = self.facts.deployment.machine
        names = self._instances(machine.instance) if machine is not None and machine.instance is not None else ()
        rows = [row for name in names if (row := self.facts.catalogue.machine(name).row) is not None]
        return max(len({row.accelerator for row in rows}), 1)

    @property
    def most_gpus(self) -> tuple[str, int] | None:
        """Of the instance types that the file takes the one with most GPUs, and how many; None where one is unknown."""
        machine = self.facts.deployment.machine
        names = self._instances(machine.instance) if machine is not None and machine.instance is not None else ()
        rows = [self.facts.catalogue.machine(name).row for name in names]
        found = [(row.id, row.count) for row in rows if row is not None and row.partition >= 1]
        return max(found, key=lambda one: one[1]) if found and len(found) == len(rows) else None

    @fact("machine.instance")
    def row(self) -> Machine | None:
        """The catalogue's row of the instance type. Not for rules."""
        return self.match.row if self.match is not None else None

    @fact("machine.instance")
    def instance(self) -> Text | None:
        """The cloud instance type; the smallest where the file takes any of several."""
        return self.match.name if self.match is not None else None

    @fact()
    def instance_known(self) -> Flag:
        """Whether the catalogue knows the instance type; yes where none is named."""
        return self.match is None or self.match.row is not None

    @fact()
    def instance_remedy(self) -> Words:
        """Instance types that come near the one written, or what to write of the machine instead."""
        near = self.facts.catalogue.suggest_machines(self.instance) if self.instance is not None else ()
        return (
            f"did you mean {' or '.join(near)}?"
            if near
            else "describe the machine instead: `gpus`, `ram` and `storage` suffice"
        )

    @fact("machine.tier")
    def tier(self) -> Literal["entry", "mid", "professional"] | None:
        """The tier that the file declares."""
        machine = self.facts.deployment.machine
        return machine.tier if machine is not None else None

    @fact()
    def unified_memory(self) -> Flag:
        """Whether CPU and GPU share one memory: as the file says, else as the named GPU or Apple chip has it."""
        return bool(self.facts.on_machine(lambda facts: facts.machine.says_unified))

    @property
    def says_unified(self) -> bool | None:
        """What this deployment says of it; None where it says nothing."""
        machine = self.facts.deployment.machine
        if machine is not None and machine.unified_memory is not None:
            return machine.unified_memory
        cards = self.facts.gpu.named
        if cards:
            return all(card.row is not None and card.row.unified for card in cards)
        cpu = self.facts.cpu.row
        return True if cpu is not None and cpu.series == "apple.m" else None

    @fact()
    def is_apple(self) -> Flag:
        """Whether the chip is one of Apple's: by the CPU's name, or the GPU's."""
        return bool(self.facts.on_machine(lambda facts: facts.machine.says_apple))

    @property
    def says_apple(self) -> bool | None:
        """What this deployment says of it; None where it names no known chip."""
        cpu = self.facts.cpu.row
        if cpu is not None:
            return cpu.series == "apple.m"
        rows = [card.row for card in self.facts.gpu.named if card.row is not None]
        return any(row.vendor == "apple" for row in rows) if rows else None

    @fact("machine.network")
    def network(self) -> Literal["online", "isolated"] | None:
        """Whether the machine can reach the internet."""
        return self.facts.on_machine(lambda facts: facts.machine.says_network)

    @property
    def says_network(self) -> Literal["online", "isolated"] | None:
        """What this deployment says of it."""
        machine = self.facts.deployment.machine
        return machine.network if machine is not None else None

    @fact("machine.cooling")
    def cooling(self) -> Text | None:
        """How the machine is cooled."""
        machine = self.facts.deployment.machine
        return machine.cooling if machine is not None else None
