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

    @fact()
    def agrees(self) -> Flag:
        """Whether --quantization and --dtype agree with the weights' format, as far as that is known."""
        return not self.mismatch
