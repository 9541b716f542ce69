"""Facts about health checks: whether they leave the engine the time to load, and whether there are any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts import where
from llmlint.facts.fact import Count, Flag, Group, Number, Place, Places, Words, fact
from llmlint.facts.sold import duration

if TYPE_CHECKING:
    from llmlint.unit import Probe

KUBERNETES = (0.0, 10.0, 3)
COMPOSE = (0.0, 30.0, 3)
"""Delay, period and failures that count where nothing is written (Kubernetes, Probe v1; Docker, HEALTHCHECK)."""
PORTS = {"vllm": 8000, "sglang": 30000, "llama.cpp": 8080, "tensorrt-llm": 8000}
"""Ports on which engines listen unless they are told otherwise; TGI's differs between program and images."""
OF_IMAGES = {"tgi": 80}
"""Ports that the project's own images set (PORT in TGI's Dockerfile)."""
WITHOUT = ("ssl-keyfile", "ssl-certfile", "ssl-key-file", "ssl-cert-file", "uds", "api-prefix")
"""Options with which there is no /health over plain HTTP on that port."""
OWN = r"localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]"
"""Names by which a container speaks of itself."""
IN_PODS = ("kubernetes", "helmrelease")
"""Formats in which a container has the probes that are written, and no others."""


class ProbeFacts(Group):
    """The health checks of the container."""

    def _probe(self, kind: str) -> Probe | None:
        unit = self.facts.plan.unit
        return unit.probes.get(kind) if unit is not None else None

    @property
    def _is_served(self) -> bool:
        """Whether an engine serves in a container whose probes are those of the file."""
        unit = self.facts.plan.unit
        if unit is None or self.facts.engine.name is None:
            return False
        return not unit.fragment and unit.serves and "probes" not in unit.supplies and not self._only_pulls

    @property
    def _only_pulls(self) -> bool:
        """Whether a script that starts no server runs in an image of Ollama: most such pull models for another one."""
        launch = self.facts.plan.unit.launch if self.facts.plan.unit is not None else None
        hidden = launch is not None and launch.scripted and not launch.program
        return hidden and self.facts.engine.name == "ollama"

    @fact()
    def liveness_waits_alone(self) -> Flag:
        """Whether a liveness probe asks an engine that loads, and no startup probe holds it back."""
        asks = _asks(self._probe("liveness")) and self._probe("startup") is None
        return asks and self._is_served and self.facts.loading.comes_first

    @fact()
    def liveness_budget(self) -> Number:
        """Seconds from the start of the container until the liveness probe has it killed; 0 without one."""
        return _budget(self._probe("liveness"), KUBERNETES)

    @fact()
    def liveness_time(self) -> Words:
        """The same for messages, with the sum."""
        return _time(self._probe("liveness"), KUBERNETES)

    @fact()
    def liveness_place(self) -> Places:
        """The liveness probe. Where findings point."""
        return self._place("liveness")

    @fact()
    def startup_asks(self) -> Flag:
        """Whether a startup probe asks an engine that loads."""
        return _asks(self._probe("startup")) and self._is_served and self.facts.loading.comes_first

    @fact()
    def startup_budget(self) -> Number:
        """Seconds from the start of the container until the startup probe has it killed; 0 without one."""
        return _budget(self._probe("startup"), KUBERNETES)

    @fact()
    def startup_time(self) -> Words:
        """The same for messages, with the sum."""
        return _time(self._probe("startup"), KUBERNETES)

    @fact()
    def startup_place(self) -> Places:
        """The startup probe. Where findings point."""
        return self._place("startup")

    @fact()
    def health_asks(self) -> Flag:
        """Whether a healthcheck of Compose asks an engine that loads."""
        return _asks(self._probe("health")) and self._is_served and self.facts.loading.comes_first

    @fact()
    def health_budget(self) -> Number:
        """Seconds from the start of the container until its healthcheck calls it unhealthy; 0 without one."""
        return _budget(self._probe("health"), COMPOSE)

    @fact()
    def health_time(self) -> Words:
        """The same for messages, with the sum."""
        return _time(self._probe("health"), COMPOSE)

    @fact()
    def health_place(self) -> Places:
        """The healthcheck. Where findings point."""
        return self._place("health")

    def _place(self, kind: str) -> Places:
        probe = self._probe(kind)
        return () if probe is None else (Place(("container", "probes", kind), "", probe.spot._replace(key=True)),)

    @fact()
    def is_in_pod(self) -> Flag:
        """Whether an engine serves in a pod that has no other probes than those of the file."""
        unit = self.facts.plan.unit
        return self._is_served and unit is not None and unit.format in IN_PODS and not unit.probes_disabled

    @fact()
    def is_in_compose(self) -> Flag:
        """Whether an engine serves in a service of Compose whose healthcheck nobody switched off."""
        unit = self.facts.plan.unit
        off = unit is None or unit.probes_disabled or self._has_its_own
        return self._is_served and unit is not None and unit.format == "compose" and not off

    @property
    def _has_its_own(self) -> bool:
        """Whether the image brings a healthcheck that fits: llama.cpp's servers ask port 8080 (its Dockerfiles)."""
        return self.is_official and self.facts.engine.name == "llama.cpp" and self.port in (None, 8080)

    @property
    def is_official(self) -> bool:
        """Whether the image is the project's own."""
        from llmlint.images import image

        unit = self.facts.plan.unit
        known = image(unit.image.value) if unit is not None and unit.image is not None else None
        return known is not None and known.official and unit is not None and "build" not in unit.notes

    @fact()
    def number(self) -> Count:
        """Health checks that are written."""
        return len(self.facts.plan.unit.probes) if self.facts.plan.unit is not None else 0

    @fact()
    def has_readiness(self) -> Flag:
        """Whether a readiness probe is written."""
        return self._probe("readiness") is not None

    @fact()
    def missing_place(self) -> Places:
        """The container. Where findings about what it lacks point."""
        unit = self.facts.plan.unit
        return () if unit is None else (Place(("container", "image"), "", where.container(unit)),)

    @fact()
    def path(self) -> Words:
        """What to ask the engine for."""
        port = self.port or PORTS.get(self.facts.engine.name or "")
        on = f"port {port}" if port else "the port of the engine"
        return {"ollama": "/ on port 11434"}.get(self.facts.engine.name or "", f"/health on {on}")

    @fact("engine.args")
    def health_port(self) -> Count | None:
        """The port on which to ask for /health; None where nobody knows it, or the engine has no such path."""
        return self.port if self.facts.engine.name != "ollama" and not self.is_hidden else None

    @property
    def is_hidden(self) -> bool:
        """Whether options keep /health from being there over plain HTTP."""
        flags = self.facts.engine.flags
        return flags is not None and any(name in flags.values for name in WITHOUT)

    @fact("model.id", "model.parameters")
    def startup_failures(self) -> Count:
        """How often a startup probe that asks every ten seconds has to be let fail for a first start."""
        return int(self.facts.loading.enough)

    @fact("engine.args")
    def port(self) -> Count | None:
        """The port on which the engine listens, as its arguments or its default have it; None where nobody knows."""
        unit, flags = self.facts.plan.unit, self.facts.engine.flags
        if unit is None or unit.launch is None or unit.launch.scripted or flags is None:
            return None
        written = flags.values.get("port")
        if written is not None:
            return int(str(written)) if re.fullmatch(r"\d{1,5}", str(written)) else None
        usual = {**PORTS, **(OF_IMAGES if self.is_official else {})}
        return usual.get(self.facts.engine.name or "") if not self._is_wrapped else None

    @property
    def _is_wrapped(self) -> bool:
        """Whether an image of somebody's own, or variables that nobody sees, may choose another port."""
        unit = self.facts.plan.unit
        if unit is None or not unit.environment_complete or "build" in unit.notes:
            return True
        program = " ".join(word.text for word in unit.launch.program) if unit.launch is not None else ""
        return "dynamo" in program or any(
            name in unit.environment for name in ("PORT", "LLAMA_ARG_PORT", "UVICORN_PORT")
        )

    @fact()
    def port_shown(self) -> Words:
        """The same for messages."""
        return str(self.port or "its own port")

    @fact()
    def asks_by_number(self) -> Flag:
        """Whether a health check names the port of an engine whose own is known."""
        return self._is_served and self.port is not None and any(self._numbered())

    def _numbered(self) -> list[tuple[str, Probe]]:
        unit = self.facts.plan.unit
        probes = unit.probes.items() if unit is not None else ()
        return [(kind, probe) for kind, probe in probes if isinstance(probe.port, int) and _is_own(probe)]

    @fact()
    def mismatched(self) -> Places:
        """Health checks that ask another port than the engine's, with the port."""
        own = self.port
        return tuple(
            Place(("container", "probes", kind), str(probe.port), probe.spot._replace(key=True))
            for kind, probe in self._numbered()
            if probe.port != own
        )

    @fact()
    def all_match(self) -> Flag:
        """Whether all health checks that name a port name the engine's."""
        return not self.mismatched

    @fact()
    def tests_engine(self) -> Flag:
        """Whether some health check asks the engine, not only whether its port is open."""
        unit = self.facts.plan.unit
        return unit is None or not unit.probes or any(probe.kind != "tcp" for probe in unit.probes.values())

    @fact()
    def open_ports(self) -> Places:
        """The first health check that only opens a connection. Where findings point."""
        unit = self.facts.plan.unit
        found = [kind for kind, probe in (unit.probes if unit is not None else {}).items() if probe.kind == "tcp"]
        return self._place(found[0]) if found else ()


def _asks(probe: Probe | None) -> bool:
    """Whether a probe speaks with the engine."""
    if probe is None:
        return False
    if probe.kind == "exec":
        return probe.port is not None or re.search(r"\b(?:curl|wget|urllib|requests)\b", probe.command) is not None
    return probe.kind in ("http", "tcp", "grpc")


def _is_own(probe: Probe) -> bool:
    """Whether a probe asks its own container, not a gateway beside it."""
    return not probe.command or re.search(rf"//(?:{OWN})(?=[:/\s'\"]|$)", probe.command) is not None


def _budget(probe: Probe | None, otherwise: tuple[float, float, int]) -> float:
    if probe is None:
        return 0.0
    delay, period, failures = _terms(probe, otherwise)
    return delay + period * failures


def _terms(probe: Probe, otherwise: tuple[float, float, int]) -> tuple[float, float, int]:
    delay = probe.initial_delay if probe.initial_delay is not None else otherwise[0]
    period = probe.period if probe.period is not None else otherwise[1]
    failures = probe.failure_threshold if probe.failure_threshold is not None else otherwise[2]
    return delay, period, failures


def _time(probe: Probe | None, otherwise: tuple[float, float, int]) -> str:
    if probe is None:
        return ""
    delay, period, failures = _terms(probe, otherwise)
    return f"{duration(delay + period * failures)} ({delay:g} s + {failures} × {period:g} s)"
