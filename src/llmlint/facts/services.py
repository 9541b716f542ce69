"""Facts about Services whose names become variables of the container."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Place, Places, fact

READ = {"vllm": ("VLLM_PORT",)}
"""Variables that an engine reads and that Kubernetes may set: for a Service `vllm`, VLLM_PORT is `tcp://10.0.0.1:8000`
(Kubernetes, Accessing the Service; vLLM, Environment Variables)."""


class ServiceFacts(Group):
    """Services in the namespace of the container."""

    @fact()
    def are_linked(self) -> Flag:
        """Whether Kubernetes writes addresses of Services into the environment of an engine that may misread them."""
        unit, name = self.facts.plan.unit, self.facts.engine.name
        return unit is not None and name in READ and unit.service_links is not False and bool(unit.services)

    @fact()
    def none_shadows(self) -> Flag:
        """Whether none of them sets a variable that the engine reads."""
        return not self.shadowing

    @fact()
    def shadowing(self) -> Places:
        """Services whose variables the engine reads as its own."""
        unit = self.facts.plan.unit
        if unit is None:
            return ()
        wanted = [one for one in READ.get(self.facts.engine.name or "", ()) if one not in unit.environment]
        found = {name.value: name for name in unit.services if _variable(name.value) in wanted}
        return tuple(Place(("container", "image"), _variable(name), said.spot) for name, said in found.items())


def _variable(service: str) -> str:
    """The variable that Kubernetes sets to the URL of a Service's first port."""
    return f"{service.upper().replace('-', '_')}_PORT"
