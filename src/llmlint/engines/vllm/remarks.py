"""What a reader must know of an estimate of vLLM, and of what it does not cover."""

from __future__ import annotations

from llmlint.engines import cards
from llmlint.engines.cards import Device
from llmlint.engines.request import Request
from llmlint.engines.versions import shown
from llmlint.engines.vllm import assumed, memory, releases
from llmlint.engines.vllm.settings import Settings


def remarks(request: Request, setting: Settings, device: Device, budget: int, outside: int) -> tuple[str, ...]:
    """Sentences in the order of their weight. `outside`: bytes of graphs that the budget does not count."""
    row = device.card.row
    world, there = setting.tensor * setting.pipeline, cards.count(request) or 0
    wanted = world * setting.replicas
    found = []
    if wanted > there and not cards.lacking(request, world):
        found.append(f"tensor × pipeline × data parallel needs {wanted} GPUs, there are {there}")
    if setting.replicas > 1 and memory.mixture(request.model):
        found.append("data-parallel ranks divide the experts among them: the weights are an upper bound")
    if setting.drafts:
        found.append("the draft model of speculative decoding is not counted")
    if request.unified or (row is not None and row.unified):
        found.append("the share is one of memory that the system uses too")
    if outside and budget + outside > device.usable:
        found.append("CUDA graphs lie outside the share in this version and may not fit beside it")
    return (*found, *_doubts(request, setting, device))


def unstated(older: str, newest: str, starts: bool) -> str:
    """What is assumed where no version is stated; `starts`: the newest would where an older one would not."""
    if starts:
        return f"no version is stated: vLLM {older} would not start, {newest} would; engine.version decides"
    return (
        f"no version is stated: figures are those of vLLM {older}, whose profiling run takes more, intervals reach to "
        f"{newest}; engine.version narrows them"
    )


def _doubts(request: Request, setting: Settings, device: Device) -> list[str]:
    """What the figures rest on where that is less than usual."""
    found = []
    if request.version is None and not assumed.is_open(request):
        why = ", the last that takes it as it is" if setting.version != releases.NEWEST else ""
        what = "whatever is newest runs" if request.newest else "no version is stated"
        found.append(f"{what}: vLLM {shown(setting.version)} is assumed{why}")
    if not device.measured and device.card.usable_basis != "declared":
        found.append("nobody has recorded what programs see of this GPU's memory: estimated from what is sold")
    if setting.version >= (0, 20) and not releases.runs_v2(setting.version, request.model):
        found.append("no run of this version with model runner V1 was recorded: its peak may be 15 to 38 bytes a logit")
    return found
