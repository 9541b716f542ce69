"""Facts about models that are handed out only for a token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmlint.facts.fact import Flag, Group, fact

if TYPE_CHECKING:
    from llmlint.unit import Unit

TOKENS = r"(?:.*_)?(?:HF|HUGGING_?FACE)(?:_?HUB)?(?:_\w+)?_?(?:TOKEN|KEY|SECRET)(?:_PATH|_FILE)?|HF_TOKEN_PATH"
"""Variables in which people pass one, some of which a script hands on."""
ELSEWHERE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "VLLM_USE_MODELSCOPE", "SGLANG_USE_MODELSCOPE", "HF_ENDPOINT")
"""Variables by which nothing is asked of Hugging Face itself."""
LOADERS = ("vllm", "sglang", "tgi", "tensorrt-llm", "transformers")
"""Engines that load repositories as their makers publish them."""
SIGN_IN = (
    r"(?i)\blogin\b|hf_token|hugging_?face_?(?:hub_)?token|hf auth|/run/secrets|snapshot_download|hf download"
    r"|huggingface-cli"
)
"""What a script says that signs in, or fetches the model by itself."""


class GatedFacts(Group):
    """A model that asks for a token."""

    @fact()
    def model(self) -> Flag:
        """Whether a manifest has its engine load a model of Hugging Face that is known to be gated."""
        unit, written = self.facts.plan.unit, self.facts.deployment.model
        if unit is None or written.id is None or written.source == "local" or self.facts.engine.name not in LOADERS:
            return False
        from llmlint.catalog.gated import is_gated

        return is_gated(written.id)

    @fact()
    def token(self) -> Flag:
        """Whether a token may reach the engine, or is not needed: a variable, a file, an argument, the platform."""
        unit = self.facts.plan.unit
        return unit is None or _may_have_token(unit)

    @fact()
    def cache_is_empty(self) -> Flag:
        """Whether nothing is mounted in which weights or a stored login could lie, and nothing else puts them there."""
        unit = self.facts.plan.unit
        if unit is None or unit.launch is None or unit.image is None or unit.format not in ("compose", "kubernetes"):
            return False
        from llmlint import images

        known = images.image(unit.image.value)
        own = known is not None and known.official and "build" not in unit.notes
        kept = any(volume.kind != "memory" for volume in unit.volumes)
        return own and not kept and not unit.launch.scripted


def _may_have_token(unit: Unit) -> bool:
    supplied = "token" in unit.supplies and unit.format != "systemd"  # a login may be stored there, which is not told
    if supplied or not unit.environment_complete or unit.fragment:
        return True
    variables = unit.environment.values()
    if any(re.fullmatch(TOKENS, one.name) and one.value != "" for one in variables):
        return True
    if any(one.name in ELSEWHERE and one.value not in ("", "0", "false") for one in variables):
        return True
    if any(volume.kind == "secret" for volume in unit.volumes):
        return True
    launch = unit.launch
    words = (*(unit.entrypoint or ()), *(unit.arguments or ()), *(launch.words if launch is not None else ()))
    if launch is not None and any(re.fullmatch(TOKENS, name) for name in launch.variables):
        return True
    return any(re.search(SIGN_IN, word.text) or word.text.startswith(("--hf-token", "--hf_token")) for word in words)
