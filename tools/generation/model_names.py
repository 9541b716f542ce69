"""From `model_type` in a config.json to the names that engines go by: the class, and a GGUF file's architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

MAPPINGS = (
    "MODEL_MAPPING_NAMES",
    "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES",
    "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
    "MODEL_FOR_VISION_2_SEQ_MAPPING_NAMES",
    "MODEL_FOR_PRETRAINING_MAPPING_NAMES",
    "MODEL_FOR_MASKED_LM_MAPPING_NAMES",
    "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES",
    "MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES",
)
HEAD = """\
# Names of architectures: `model_type` of a config.json, the classes that its checkpoints name, and the architectures of
# GGUF files made from them. A checkpoint has one of the classes; an engine that has any of them is taken to load it.
# Classes: models/auto/modeling_auto.py of Transformers 5.24.0; for model types that are not in it the classes that
# vLLM and SGLang register (tools/generation/model_names.py lists them); and other spellings of these in the engines'
# tables. GGUF: the classes that are registered in conversion/*.py of the llama.cpp that llama-cpp-python 0.3.36 ships,
# with their model_arch.
# Written by tools/first_versions.py. Facts only; Transformers is Apache-2.0, llama.cpp is MIT.
# columns: model_type, classes, GGUF architectures
"""
CODE_OF_THEIR_OWN = {
    "aquila": ("AquilaModel", "AquilaForCausalLM"),
    "baichuan": ("BaiChuanForCausalLM", "BaichuanForCausalLM"),
    "bailing_moe": ("BailingMoeForCausalLM", "BailingMoeV2ForCausalLM"),
    "chatglm": ("ChatGLMModel", "ChatGLMForConditionalGeneration"),
    "deepseek": ("DeepseekForCausalLM",),
    "deepseek_v32": ("DeepseekV32ForCausalLM",),
    "deepseek_vl_v2": ("DeepseekVLV2ForCausalLM", "DeepseekOCRForCausalLM"),
    "dots_ocr": ("DotsOCRForCausalLM",),
    "exaone": ("ExaoneForCausalLM",),
    "internlm2": ("InternLM2ForCausalLM",),
    "internlm3": ("InternLM3ForCausalLM",),
    "internvl_chat": ("InternVLChatModel",),
    "interns1": ("InternS1ForConditionalGeneration",),
    "kimi_k2": ("DeepseekV3ForCausalLM",),
    "kimi_k25": ("KimiK25ForConditionalGeneration",),
    "kimi_k3": ("KimiK3ForConditionalGeneration",),
    "kimi_linear": ("KimiLinearForCausalLM",),
    "kimi_vl": ("KimiVLForConditionalGeneration",),
    "mimo": ("MiMoForCausalLM",),
    "mimo_v2": ("MiMoV2ForCausalLM", "MiMoV2OmniForCausalLM"),
    "mimo_v2_flash": ("MiMoV2FlashForCausalLM",),
    "minicpm": ("MiniCPMForCausalLM",),
    "minicpmv": ("MiniCPMV",),
    "minimax_m1": ("MiniMaxM1ForCausalLM",),
    "minimax_text_01": ("MiniMaxText01ForCausalLM",),
    "minimax_m3": ("MiniMaxM3SparseForCausalLM", "MiniMaxM3SparseForConditionalGeneration"),
    "molmo": ("MolmoForCausalLM",),
    "nemotron-nas": ("DeciLMForCausalLM",),
    "phi3_v": ("Phi3VForCausalLM",),
    "phi4mm": ("Phi4MMForCausalLM",),
    "qwen": ("QWenLMHeadModel",),
    "solar": ("SolarForCausalLM",),
    "step3p5": ("Step3p5ForCausalLM",),
    "xverse": ("XverseForCausalLM", "XverseMoeForCausalLM"),
}
"""Model types whose code comes with the checkpoint, and the classes that vLLM or SGLang register for them."""
LATER_NAMED = {
    "deepseek_v32": ("deepseek2",),
    "granitemoehybrid": ("granite", "granitemoe"),
    "ministral3": ("llama",),
    "mistral3": ("llama",),
}
"""Other architectures that GGUF files of a model type have or had: those without state-space layers, or older than the
name. They load in builds that lack the type's own."""


def table(transformers: Path, llama_cpp: Path, registered: set[str]) -> str:
    """The table as text; `registered` are all classes that some engine knows."""
    named_classes = classes(transformers / "transformers" / "models" / "auto" / "modeling_auto.py")
    for model_type, own in CODE_OF_THEIR_OWN.items():
        named_classes.setdefault(model_type, set()).update(own)
    spellings: dict[str, set[str]] = {}
    for name in registered:
        spellings.setdefault(_folded(name), set()).add(name)
    gguf = _gguf(llama_cpp)
    lines = []
    for model_type, named in sorted(named_classes.items()):
        named |= {other for name in named for other in spellings.get(_folded(name), ())}
        made = {name for one in named for name in gguf.get(one, ())}
        made |= set(LATER_NAMED.get(model_type, ())) if made else set()
        lines.append(f"{model_type}\t{' '.join(sorted(named))}\t{' '.join(sorted(made))}\n")
    return HEAD + "".join(lines)


def _folded(name: str) -> str:
    """Ernie4_5ForCausalLM and Ernie4_5_ForCausalLM, PhimoeForCausalLM and PhiMoEForCausalLM are the same class."""
    return name.replace("_", "").lower()


def classes(path: Path) -> dict[str, set[str]]:
    """Classes by model type, of all mappings that hold models for an engine."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        title = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(title, ast.Name) and title.id in MAPPINGS and isinstance(node, ast.Assign):
            for pair in ast.walk(node.value):
                texts = [part.value for part in ast.walk(pair) if isinstance(part, ast.Constant)]
                if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[0], ast.Constant):
                    model_type, *named = map(str, texts)
                    found.setdefault(model_type, set()).update(named)
    return found


def _gguf(llama_cpp: Path) -> dict[str, set[str]]:
    """Architectures of GGUF files by the class of the checkpoint."""
    titles = _titles(llama_cpp / "gguf-py" / "gguf" / "constants.py")
    bases: dict[str, list[str]] = {}
    own: dict[str, str] = {}
    registered: list[tuple[str, str]] = []
    for definition in _definitions(llama_cpp):
        bases[definition.name] = [base.id for base in definition.bases if isinstance(base, ast.Name)]
        for made in filter(None, map(_architecture, definition.body)):
            own[definition.name] = made
        registered += [(name, definition.name) for name in _registered(definition)]
    found: dict[str, set[str]] = {}
    for name, converter in registered:
        made = _inherited(converter, own, bases)
        if made in titles:
            found.setdefault(name, set()).add(titles[made])
    return found


def _inherited(converter: str, own: dict[str, str], bases: dict[str, list[str]]) -> str:
    """The architecture of a class, or of the nearest of its first bases that sets one; empty for none."""
    while converter not in own and bases.get(converter):
        converter = bases[converter][0]
    return own.get(converter, "")


def _definitions(llama_cpp: Path) -> Iterator[ast.ClassDef]:
    for path in (llama_cpp / "convert_hf_to_gguf.py", *sorted((llama_cpp / "conversion").glob("*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (node for node in tree.body if isinstance(node, ast.ClassDef))


def _architecture(statement: ast.stmt) -> str:
    """QWEN3 of `model_arch = gguf.MODEL_ARCH.QWEN3`."""
    text = ast.unparse(statement)
    return text.rpartition(".")[2] if text.startswith("model_arch") and "MODEL_ARCH." in text else ""


def _registered(definition: ast.ClassDef) -> list[str]:
    calls = [call for call in definition.decorator_list if isinstance(call, ast.Call)]
    calls = [call for call in calls if ast.unparse(call.func).endswith(".register")]
    return [str(word.value) for call in calls for word in call.args if isinstance(word, ast.Constant)]


def _titles(path: Path) -> dict[str, str]:
    """GGUF names by the member of MODEL_ARCH, without those of multimodal projectors."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and target.id == "MODEL_ARCH_NAMES" and isinstance(node, ast.AnnAssign):
            pairs = zip(node.value.keys, node.value.values, strict=True) if isinstance(node.value, ast.Dict) else ()
            titles = {ast.unparse(key).rpartition(".")[2]: value for key, value in pairs if key is not None}
            found = {key: value.value for key, value in titles.items() if isinstance(value, ast.Constant)}
            return {key: str(value) for key, value in found.items() if key != "MMPROJ"}
    return {}
