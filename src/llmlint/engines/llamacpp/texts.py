"""llama.cpp's own words for what goes wrong, and ours for what a reader must know."""

from __future__ import annotations

from llmlint.engines.llamacpp.fit import Fitted
from llmlint.engines.llamacpp.placement import Load
from llmlint.engines.llamacpp.settings import Settings
from llmlint.engines.request import Request
from llmlint.engines.weights.mixtures import label
from llmlint.quantity import both_sizes

NO_LAYERS = "The model's layers are not known, so neither its cache nor its placement is."
NOT_COUNTED = ("mmproj", "override-tensor", "lora", "lora-scaled", "rpc")
MEANT = "llama.cpp has no {0}: {1} files are taken to be meant."
NO_FILE = "llama.cpp loads GGUF files; weights in {0} have none."
NO_CONTEXT = "No --ctx-size is given and the model's own context is not known."
LEAST_MEMORY = "No memory is stated: it fits the {0} that the GPU may use of the least that the chip is sold with."
MOST_MEMORY = (
    "No memory is stated: it does not fit the {0} that the GPU may use of the most that the chip is sold with."
)
HOST_FULL = "The layers and buffers that stay on the host do not fit its memory."
EXPERTS = "The experts of {0} layers stay on the host: the server starts, and generates more slowly."
OFFLOADED = "{host} of {all} layers stay on the host: the server starts, and generates much more slowly."


def cache_type(settings: Settings) -> str:
    """A cache type that llama.cpp does not have."""
    return f"Cache types {settings.key_type} and {settings.value_type}: at least one is not llama.cpp's."


def out_of_memory(load: Load, device: int, failure: str) -> str:
    """What the log says when a device is too small."""
    held = load.devices[device]
    what = f"allocating {held.weights / 2**20:.2f} MiB on device {device}: cudaMalloc failed: out of memory"
    lines = [f"failed to fit params to free device memory: {failure}"] if failure else []
    return "; ".join([*lines, what, f"unable to allocate CUDA{device} buffer"])


def remarks(request: Request, settings: Settings, found: Fitted) -> tuple[str, ...]:
    """What the reader must know, most important first."""
    load, layers, said = found.load, (request.model.layers or 0) + 1, []
    if request.weights in ("int8", "int4"):
        said.append(MEANT.format(request.weights, label(request.weights)))
    if load.devices and load.layers < layers:
        said.append(OFFLOADED.format(host=layers - load.layers, all=layers))
    if load.parted:
        said.append(EXPERTS.format(load.parted))
    asked = settings.context or request.model.max_ctx or 0
    if load.context < asked:
        said.append(f"--fit reduces the context from {asked} to {load.context} tokens to fit the GPU.")
    longest = load.context if settings.unified else settings.cells(load.context)
    if request.context and request.context > longest:
        said.append(
            f"Requests longer than {longest} tokens are refused: "
            f"request ({request.context} tokens) exceeds the available context size ({longest} tokens)."
        )
    if not settings.flash and settings.value_type not in ("f16", "f32", "bf16"):
        said.append("A quantised V cache needs flash attention; builds refuse it or turn flash attention on.")
    if settings.prompt_cache and request.ram is not None and request.ram < 3 * settings.prompt_cache:
        said.append(f"The prompt cache may take {both_sizes(settings.prompt_cache)} of host memory (--cache-ram).")
    if any(name in request.flags for name in NOT_COUNTED) or (
        "spec-draft-model" in request.flags and not request.draft
    ):
        said.append(
            "Draft models that nobody knows, projectors, LoRA, remote devices and --override-tensor are not counted."
        )
    return tuple(said)
