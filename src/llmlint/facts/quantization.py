"""Facts about quantisation as the arguments ask for it, against the checkpoint that the file names."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Place, Places, Words, fact

OPTIONS = {"vllm": "quantization", "sglang": "quantization", "tgi": "quantize"}
"""The option that names a method, by engine. TGI's methods (launcher/src/main.rs, 3.3.7) are called as vLLM's are."""
CHECKPOINTS = {
    "awq": {"awq", "awq_marlin", "auto_awq", "moe_wna16", "inc", "auto-round", "humming"},
    "gptq": {"gptq", "gptq_marlin", "auto_gptq", "marlin", "gptq_bitblas", "moe_wna16", "inc", "auto-round", "humming"},
    "bnb-nf4": {"bitsandbytes"},
    "mxfp4": {"mxfp4", "gpt_oss_mxfp4", "quark", "humming", "compressed-tensors", "modelopt_mixed"},
    "nvfp4": {"modelopt_fp4", "modelopt", "modelopt_mixed", "compressed-tensors", "petit_nvfp4", "humming", "fp_quant"},
}
"""--quantization that agrees with a checkpoint of a format: names and overrides of vLLM 0.33.0 (config/model.py) and
SGLang 0.5.23 (configs/model_config.py). Other formats have too many methods to judge."""
NEEDS_CHECKPOINT = {"awq", "awq_marlin", "gptq", "gptq_marlin", "marlin", "auto_awq", "auto_gptq", "modelopt_fp4"}
"""Methods that do not quantise what is loaded, but read checkpoints that are quantised already."""
SIXTEEN = ("fp16", "bf16")
KNOWN = {"awq", "awq_marlin", "gptq", "gptq_marlin", "bitsandbytes", "mxfp4", "modelopt_fp4", "fp8", "gguf"}
"""Methods that are for checkpoints of one kind, or for 16-bit ones, and no others."""


class QuantizationFacts(Group):
    """Whether --quantization and --dtype agree with the weights' format."""

    @fact()
    def mismatch(self) -> Words:
        """How --quantization or --dtype contradicts the weights' format; empty where they agree, or nobody knows."""
        option = OPTIONS.get(self.facts.engine.name or "")
        if option is None:
            return ""
        method, weights = self.facts.engine.word(option), self.facts.precision.weights
        if method is not None and (self.facts.precision.stated or self._is_plain):
            agreed = CHECKPOINTS.get(weights)
            if agreed is not None and method not in agreed and (method in NEEDS_CHECKPOINT or method in KNOWN):
                return f"--{option} {method} does not match weights in {weights}"
            if weights in SIXTEEN and method in NEEDS_CHECKPOINT:
                return f"--{option} {method} reads a quantised checkpoint, and the weights are in {weights}"
        return self._type_mismatch

    @property
    def _is_plain(self) -> bool:
        """Whether the manifest names a repository that the catalogue has, itself and no copy, as not quantised."""
        model = self.facts.model
        row = model.row if self.facts.plan.unit is not None and model.basis == "catalogue" else None
        return row is not None and row.quant is None and self.facts.deployment.model.id == row.id

    @property
    def _type_mismatch(self) -> str:
        written = self.facts.deployment.precision
        stated = written.weights if written is not None else None
        asked = self.facts.engine.word("dtype")
        if stated in SIXTEEN and asked in ("float32", "float"):
            return f"--dtype {asked} loads weights in 32 bits, and precision says {stated}"
        if stated == "fp32" and asked in ("half", "float16", "bfloat16"):
            return f"--dtype {asked} loads weights in 16 bits, and precision says fp32"
        return ""

    @fact()
    def place(self) -> Places:
        """The argument that contradicts the format. Where findings point."""
        option = OPTIONS.get(self.facts.engine.name or "", "quantization")
        name = "dtype" if self.mismatch.startswith("--dtype") else option
        return (Place(self.facts.engine.place(name), ""),)

    @fact("engine.version", "model.id")
    def is_known(self) -> Flag | None:
        """Whether the stated release of vLLM knows the quantisation method of the checkpoint; None where no release is
        stated, or the checkpoint's config names no method."""
        version, method = self._version, self._method
        if version is None or method is None:
            return None
        return self._first <= version <= (self._last or version)

    @property
    def _version(self) -> tuple[int, ...] | None:
        from llmlint.engines.versions import parsed

        stated = self.facts.engine.version
        return (
            parsed(stated) if self.facts.engine.name == "vllm" and stated is not None and "dev" not in stated else None
        )

    @property
    def _method(self) -> str | None:
        """quant_method of the checkpoint's config; gguf of a file of that format."""
        row, named = self.facts.model.row, self.facts.deployment.model.id or ""
        if named.endswith(".gguf"):
            return "gguf"
        quant = row.quant if row is not None and self.facts.model.basis in ("catalogue", "local") else None
        return quant.method if quant is not None and quant.precision == self.facts.precision.weights else None

    @property
    def _first(self) -> tuple[int, ...]:
        from llmlint.engines.vllm.methods import OLDEST, SINCE

        return SINCE.get(self._method or "", OLDEST[:2])

    @property
    def _last(self) -> tuple[int, ...] | None:
        from llmlint.engines.vllm.methods import UNTIL

        return UNTIL.get(self._method or "")

    @fact()
    def lack(self) -> Words:
        """Which releases know the checkpoint's method."""
        from llmlint.engines.versions import shown

        if self.is_known is None:
            return "nothing is known of the checkpoint's method, or of the release"
        since, until = shown(self._first), self._last
        range_ = f"vLLM {since} to {shown(until)} do" if until is not None else f"vLLM {since} is the first that does"
        return f"vLLM {self.facts.engine.version} does not know the quantisation method {self._method}: {range_}"

    @fact()
    def release(self) -> Words:
        """A release that knows it."""
        from llmlint.engines.versions import shown

        too_old = self._version is not None and self._version < self._first
        return f"{shown(self._first)} or newer" if too_old or self._last is None else f"{shown(self._last)}"

    @fact()
    def agrees(self) -> Flag:
        """Whether --quantization and --dtype agree with the weights' format, as far as that is known."""
        return not self.mismatch
