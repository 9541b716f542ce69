"""Facts about the environment variables of a container: names that the engine does not read, and old ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, Place, Places, fact

if TYPE_CHECKING:
    from llmlint.engines.versions import Version
    from llmlint.unit import Unit, Variable

RENAMED: dict[str, tuple[tuple[str, ...], str]] = {
    "HUGGING_FACE_HUB_TOKEN": (("HF_TOKEN",), "HF_TOKEN took its place"),
    "HUGGINGFACE_HUB_CACHE": (("HF_HUB_CACHE",), "HF_HUB_CACHE took its place"),
    "TRANSFORMERS_CACHE": ((), "HF_HOME took its place"),
    "PYTORCH_TRANSFORMERS_CACHE": ((), "HF_HOME took its place"),
}
"""Names of huggingface_hub and Transformers that are read for now, those beside which they do no harm (a token is
written under both, for old and new), and how it is said."""
SUCCESSORS: dict[str, tuple[str, ...]] = {
    "HUGGING_FACE_HUB_TOKEN": ("HF_TOKEN",),
    "HUGGINGFACE_HUB_CACHE": ("HF_HUB_CACHE",),
    "TRANSFORMERS_CACHE": ("HF_HUB_CACHE", "HF_HOME"),
    "PYTORCH_TRANSFORMERS_CACHE": ("HF_HUB_CACHE", "HF_HOME", "TRANSFORMERS_CACHE"),
}
"""The name under which the same value means the same, and others beside which it would mean something else. The folder
of TRANSFORMERS_CACHE is laid out as that of HF_HUB_CACHE, which stands in for it (transformers/utils/hub.py)."""
OF_TGI: dict[str, Version] = {"HUGGINGFACE_HUB_CACHE": (), "HUGGING_FACE_HUB_TOKEN": (2, 1)}
"""Variables of TGI's launcher, with the version from which on it takes the new name too: the folder is an option of its
own (launcher/src/main.rs), HF_TOKEN came in June 2024 (huggingface/text-generation-inference#2066)."""
ENGINES_OWN: dict[str, tuple[str, Version, str]] = {
    "VLLM_USE_V1": ("vllm", (0, 11, 2), "vLLM has engine V1 only, and no longer reads it"),
    "VLLM_ATTENTION_BACKEND": ("vllm", (0, 16), "--attention-backend took its place"),
}
"""Variables that an engine gave up: from which version on, and how it is said (vllm/envs.py of the released wheels)."""
HUB_READERS = ("vllm", "sglang", "tgi", "tensorrt-llm", "transformers", "mlx")
"""Engines that load through huggingface_hub."""
WRAPPERS = ("VLLM_ADDITIONAL_ARGS", "VLLM_ARGS", "VLLM_EXTRA_ARGS")
"""Names that scripts around an engine read."""


class EnvironmentFacts(Group):
    """Environment variables."""

    @property
    def _unit(self) -> Unit | None:
        return self.facts.plan.unit

    @fact()
    def outdated(self) -> Places:
        """Variables whose names are old, with what took their place."""
        unit = self._unit
        if unit is None:
            return ()
        found = []
        for name, variable in unit.environment.items():
            said = self._hub(name, unit) or self._own(name)
            if said and variable.spot.path:
                place = Place(("container", "environment", name), f"{name}: {said}", variable.spot, name)
                found.append(place._replace(replacement=self._successor(name)))
        return tuple(found)

    def _hub(self, name: str, unit: Unit) -> str:
        others, said = RENAMED.get(name, ((), ""))
        current = any(other in unit.environment for other in others)
        own = self.facts.engine.name == "tgi" and self._is_of_tgi(name)
        return said if self.facts.engine.name in HUB_READERS and not current and not own else ""

    def _is_of_tgi(self, name: str) -> bool:
        """Whether TGI's launcher itself reads a variable under its old name, and knows no other."""
        from llmlint.engines.versions import parsed

        version = parsed(self.facts.engine.version)
        until = OF_TGI.get(name, ())
        return name in OF_TGI and (not until or (version is not None and version < until))

    def _successor(self, name: str) -> str | None:
        """The name that has taken its place with the same meaning; empty for one that nothing reads any more."""
        unit = self._unit
        if unit is None or self._is_used(name):
            return None
        if name in SUCCESSORS:
            new, *others = SUCCESSORS[name]
            return new if unit.environment.keys().isdisjoint((new, *others)) else None
        return "" if name == "VLLM_USE_V1" and self.facts.engine.version is not None else None

    def _own(self, name: str) -> str:
        from llmlint.engines.versions import parsed

        engine, since, said = ENGINES_OWN.get(name, ("", (), ""))
        version = parsed(self.facts.engine.version)
        return said if engine == self.facts.engine.name and (version is None or version >= since) else ""

    @fact()
    def none_outdated(self) -> Flag:
        """Whether all variables have their present names."""
        return not self.outdated

    @fact()
    def unread(self) -> Places:
        """Variables named as if they were the engine's that it does not read, with what may have been meant."""
        unit, engine = self._unit, self.facts.engine.name
        if unit is None or engine is None or not self._is_plain:
            return ()
        from llmlint.engines import variables
        from llmlint.engines.versions import parsed

        version, found = parsed(self.facts.engine.version), []
        for name, variable in unit.environment.items():
            if not name.startswith(variables.prefixes(engine) or ("\0",)) or name in ENGINES_OWN or name in WRAPPERS:
                continue
            why = variables.fault(engine, name, version)
            if why and not self._is_used(name):
                found.append(self._unread(variable, why))
        return tuple(found)

    def _unread(self, variable: Variable, why: str) -> Place:
        from llmlint.engines.variables import nearest

        near = nearest(self.facts.engine.name or "", variable.name) if why == "reads no such variable" else ""
        text = f"{variable.name}: {self.facts.engine.title} {why}" + (f"; did you mean {near}?" if near else "")
        return Place(("container", "environment", variable.name), text, variable.spot, variable.name, near or None)

    @property
    def _is_plain(self) -> bool:
        """Whether nothing but the engine reads the variables: the project's own image, and no script in front."""
        unit = self._unit
        if unit is None or unit.image is None or unit.launch is None or unit.launch.scripted or unit.fragment:
            return False
        from llmlint import images

        known = images.image(unit.image.value)
        return (
            known is not None and known.official and not {"build"} & unit.notes.keys() and not unit.supplies & {"image"}
        )

    def _is_used(self, name: str) -> bool:
        """Whether the file fills the variable in somewhere, so that it has a reader."""
        unit = self._unit
        text = str(unit.home.document.data) if unit is not None else ""
        return re.search(rf"\$[({{]?{re.escape(name)}\b", text) is not None

    @fact()
    def all_read(self) -> Flag:
        """Whether the engine reads all variables that are named as if they were its own."""
        return not self.unread

    @fact()
    def unexpanded(self) -> Places:
        """References to variables in a form that Kubernetes does not fill in: `$NAME`, `${NAME}`."""
        unit = self._unit
        if unit is None or unit.format != "kubernetes" or unit.launch is None or unit.launch.scripted:
            return ()
        found = [self._in_value(variable) for variable in unit.environment.values()]
        words = (*(unit.entrypoint or ()), *(unit.arguments or ()))
        if not any(word.text.rsplit("/", 1)[-1] in ("sh", "bash", "ash") for word in words):
            found += [_reference(word.text, unit, word.spot.path, word.spot) for word in words]
        return tuple(place for place in found if place is not None)

    def _in_value(self, variable: Variable) -> Place | None:
        assert self._unit is not None
        value = variable.value or ""
        if variable.source != "literal" or re.fullmatch(r"\$\{?\w+\}?", value):  # envsubst fills in whole values
            return None
        return _reference(value, self._unit, ("container", "environment", variable.name), variable.spot)

    @fact()
    def all_expanded(self) -> Flag:
        """Whether Kubernetes fills in all references to the container's own variables."""
        return not self.unexpanded


def _reference(text: str, unit: Unit, path: tuple[str | int, ...], spot: object) -> Place | None:
    """The first reference in a text to one of the container's own variables."""
    for match in re.finditer(r"(?<!\$)\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))", text):
        name = match[1] or match[2]
        if name in unit.environment:
            return Place(path, f"the reference to {name}", spot)  # type: ignore[arg-type]  # a Spot
    return None
