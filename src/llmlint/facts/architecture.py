"""Facts about the model's architecture and the engine's release: whether the one knows the other."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Text, Words, fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from llmlint.engines.first_versions import Support

Standing: TypeAlias = 'Literal["known", "by-transformers", "too-new"]'
OTHER_CODE = ("hf-overrides", "json-model-override-args", "model-impl")
"""Arguments that may set another architecture than the checkpoint's, or another implementation."""
DEVELOPMENT = "dev"
"""In the version of a build between two releases: vLLM 0.6.1.dev238 has what came 238 changes after 0.6.1."""
BORROWED = "same-geometry#"
"""Marks rows whose structure, architecture included, was taken from another row that is named after it."""
CERTAIN = ("catalogue", "alias", "user", "derived-from-name", "local")
"""How a name must have been recognised for its row's architecture to be the model's."""


class ArchitectureFacts(Group):
    """Whether the engine's release knows the model's architecture."""

    @fact("model.id")
    def type(self) -> Text | None:
        """The model's architecture: `model_type` of its config.json, or what its GGUF file says. None where the
        catalogue has it only by analogy with another model."""
        match = self.facts.model.match
        row = match.row if match is not None and match.basis in CERTAIN else None
        if row is None or not row.downloadable:
            return None
        lent = [source.removeprefix(BORROWED) for source in row.prov if source.startswith(BORROWED)]
        return row.arch if all(_one_family(row.id, lender) for lender in lent) else None

    @fact("engine.version", "model.id")
    def standing(self) -> Standing | None:
        """What the stated release of the engine does with the architecture: known, or too-new; by-transformers where it
        has no code of its own, and the installed Transformers may have some. None where no release is stated, none
        that was read has it, or it depends on code that comes with the checkpoint."""
        engine = self.facts.engine
        if engine.version is None or DEVELOPMENT in engine.version or self.type is None or self.is_set_otherwise:
            return None
        from llmlint.engines.first_versions import judged

        if not judged(engine.name or "", self.type):
            return None
        support = self.support
        if support is None or support.always:
            return "known"
        if support.falls_back and support.transformers is None and self._brings_code:
            return None
        if not support.falls_back:
            return "by-transformers" if engine.name == "transformers" and self._brings_code else "too-new"
        return "too-new" if support.excluded and not self._brings_code else "by-transformers"

    @fact()
    def support(self) -> Support | None:
        """What the engine's release lacks. Not for rules."""
        from llmlint.engines.first_versions import lacking
        from llmlint.engines.versions import parsed

        engine, version = self.facts.engine.name, parsed(self.facts.engine.version)
        if engine is None or version is None or self.type is None or self.is_set_otherwise:
            return None
        return lacking(engine, self.type, version)

    @fact()
    def is_set_otherwise(self) -> Flag:
        """Whether the arguments choose the architecture, or read a checkpoint that names none. Not for rules."""
        values = self.facts.engine.flags.values if self.facts.engine.flags is not None else {}
        formats = (values.get("config-format"), values.get("load-format"))
        if "mistral" in formats or any(name in values for name in OTHER_CODE):
            return True
        row = self.facts.model.row  # models that also see are served by mlx-vlm, with versions of its own
        return self.facts.engine.name == "mlx" and row is not None and row.category == "multimodal"

    @property
    def _brings_code(self) -> bool:
        """Whether code that comes with the checkpoint may be run."""
        values = self.facts.engine.flags.values if self.facts.engine.flags is not None else {}
        return values.get("trust-remote-code") not in (None, False)

    @fact()
    def lack(self) -> Words:
        """What the engine's release lacks, and which release first has it."""
        support, engine = self.support, self.facts.engine.name or ""
        if support is None:
            return ""
        from llmlint.engines.first_versions import release

        first = f"{release(engine, support.first)} is the first release that does"
        if engine == "llama.cpp":
            first = f"of the builds that were read, {release(engine, support.first)} is the first that does"
        return f"{self._release} does not know {support.name}: {first}"

    @property
    def _release(self) -> str:
        from llmlint.engines.first_versions import release
        from llmlint.engines.versions import parsed

        version = parsed(self.facts.engine.version)
        return f"{self.facts.engine.title} {release(self.facts.engine.name or '', version) if version else ''}".strip()

    @fact()
    def detour(self) -> Words:
        """What loading by way of Transformers takes."""
        support = self.support
        if support is None or not support.falls_back:
            return "nothing else loads it there"
        if support.transformers is None:
            return "without code that comes with the checkpoint, Transformers does not have it either"
        if not support.transformers:
            return "Transformers has it"
        since = ".".join(map(str, support.transformers))
        if support.excluded:
            return f"Transformers has it since {since}, newer than this release takes"
        return f"Transformers has it since {since}, and this release also takes older ones"

    @fact()
    def newer(self) -> Words:
        """The release to move to."""
        support, engine = self.support, self.facts.engine.name or ""
        if support is None:
            return "no other release is needed"
        from llmlint.engines.first_versions import release

        return f"engine.version: {release(engine, support.first)} or newer"

    @fact("engine.version", "model.id")
    def is_dropped(self) -> Flag | None:
        """Whether the stated release of vLLM refuses an architecture that older ones had, and Transformers has no class
        of it to fall back to. None where no release is stated, or the architecture is set otherwise."""
        version = self._stated
        if version is None or self.facts.engine.name != "vllm" or self.type is None or self.is_set_otherwise:
            return None
        from llmlint.engines.vllm.assumed import LAST

        return self.type in LAST and version > LAST[self.type] and not self._in_transformers

    @property
    def _stated(self) -> tuple[int, ...] | None:
        from llmlint.engines.versions import parsed

        return parsed(self.facts.engine.version)

    @property
    def _in_transformers(self) -> bool:
        from llmlint.engines.first_versions import names, table

        return table("transformers").earliest(names("transformers", self.type or "")) is not None

    @fact()
    def last(self) -> Words:
        """The last release that has the architecture."""
        from llmlint.engines.versions import shown
        from llmlint.engines.vllm.assumed import LAST

        return shown(LAST[self.type]) if self.type in LAST else "no release"

    @fact()
    def may_load(self) -> Flag:
        """No where the release is known not to load it."""
        return self.standing != "too-new"


def _one_family(name: str, lender: str) -> bool:
    """Whether two ids are of one vendor and begin alike: Qwen/Qwen-7B and Qwen/Qwen-7B-Chat are one architecture."""
    (vendor, _, own), (other_vendor, _, other) = name.partition("/"), lender.partition("/")
    return vendor == other_vendor and own.lower().split("-")[:2] == other.lower().split("-")[:2]
