"""mlx_lm.server: weights, caches that grow by steps, and the working set that macOS lets a GPU have.

Read in mlx-lm 0.32.0 (commit d78bf58): mlx_lm/server.py (main: the wired limit is the recommended working set),
generate.py (wired_limit warns above nine tenths), models/cache.py (KVCache.step, LRUPromptCache). Beyond the working
set command buffers fail: there is no spilling. No recorded run has been compared.
"""

from __future__ import annotations

from llmlint.engines import cards, grown, options, passes
from llmlint.engines.estimate import Item
from llmlint.engines.grown import Form
from llmlint.engines.interval import Left, left
from llmlint.engines.mlx.sizes import weights
from llmlint.engines.outcome import Cache, Outcome, Verdict
from llmlint.engines.request import Request
from llmlint.engines.versions import shown
from llmlint.quantity import binary_size
from llmlint.tuples import NamedTuple

NAME = "mlx"
NEWEST = (0, 32, 0)
GIB = 2**30
CLOSE = 0.9
"""Part of the working set above which mlx_lm warns."""
STEP = 256
"""Tokens by which a cache grows."""
PREFILL = 2048
"""Prompt tokens of one pass (--prefill-step-size)."""
AT_ONCE = 32
"""Requests that are decoded together (--decode-concurrency)."""
KEPT = 10
"""Caches of earlier prompts that the server keeps (--prompt-cache-size)."""
RUNTIME = (0.3, 0.1, 1.0)
"""GiB of compiled kernels and MLX's own buffers (rule of thumb)."""
FULL = (
    "[METAL] Command buffer execution failed: "
    "Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)"
)
"""As printed in ml-explore/mlx#479, which brought the message."""
OTHER_FORM = "mlx_lm loads MLX's own formats and 16-bit checkpoints; weights in {} are neither"
RECORDED = "few runs of MLX have been recorded, and none of its memory: the activations are a rule of thumb"
NO_MEMORY = ("machine.ram",)


class Sums(NamedTuple):
    """The terms of the one GPU."""

    budget: int
    """The working set, or the card's memory."""
    weights: Item
    step: Item | None
    runtime: Item
    room: Left
    """What is left for caches."""


def outcome(request: Request) -> Outcome:
    """What mlx_lm.server would do with a request."""
    blank = Outcome(NAME, shown(request.version or NEWEST))
    weight = weights(request.model, request.weights)
    if weight is None:
        known = request.model.parameters is not None
        said = (OTHER_FORM.format(request.weights),) if known else ()
        return blank._replace(unknown=("precision",) if known else ("model.parameters",), remarks=said)
    blank = blank._replace(storage=(weight,) if request.model_basis != "local" else ())
    budget = _budget(request)
    if budget is None:
        return blank._replace(gpu=(weight,), unknown=NO_MEMORY if request.unified else ("machine.gpus",))
    return _whole(request, _sums(request, budget, weight), blank)


def _budget(request: Request) -> int | None:
    """What the GPU may use: of shared memory the working set, else what programs see of a card."""
    if request.unified:
        return request.working_set
    device = cards.smallest(request) if request.cards else None
    return device.usable if device is not None else None


def _sums(request: Request, budget: int, weight: Item) -> Sums:
    prompt = options.positive(request.flags, "prefill-step-size") or PREFILL
    step = passes.peak(request.model, min(prompt, request.context or prompt))
    likely, low, high = (round(end * GIB) for end in RUNTIME)
    runtime = Item("runtime", likely, "rule-of-thumb", "kernels and buffers of MLX", low, high)
    held = [weight, runtime, *((step,) if step is not None else ())]
    return Sums(budget, weight, step, runtime, left(budget, held))


def _whole(request: Request, sums: Sums, blank: Outcome) -> Outcome:
    fails = sums.weights.bytes + sums.runtime.bytes > sums.budget
    close = sums.weights.bytes > CLOSE * sums.budget or sums.room.low <= 0
    verdict: Verdict = "does-not-fit" if fails else "tight" if close else "fits"
    cached = _cache(request, sums)
    steps = (sums.step,) if sums.step is not None else ()
    return blank._replace(
        usable=sums.budget,
        budget=sums.budget,
        gpu=(sums.weights, *steps, sums.runtime),
        cache=cached if not fails else None,
        verdict=verdict,
        refusal=FULL if fails else "",
        unknown=() if request.model.groups else ("model.architecture",),
        remarks=_remarks(request, sums, cached),
    )


def _cache(request: Request, sums: Sums) -> Cache:
    """Caches grow as tokens come: how many fit is what is left, divided by their size."""
    groups, model = request.model.groups or (), request.model
    if not groups or model.encoder or model.kv16 is None:
        return Cache()
    form, room = Form(step=STEP), max(sums.room.likely - model.state32, 0)
    longest = grown.longest(groups, room, form, model.max_ctx or grown.LONGEST)
    tokens = request.context or longest
    each = grown.of_request(groups, tokens, form) + model.state32
    most = options.positive(request.flags, "decode-concurrency") or AT_ONCE
    return Cache(
        bytes_per_token=grown.per_token(groups, form),
        needed_bytes=each * (request.concurrency or 1) if request.context else None,
        max_context=longest,
        max_concurrency=min(max(sums.room.likely, 0) / each, float(most)) if each else None,
    )


def _remarks(request: Request, sums: Sums, cached: Cache) -> tuple[str, ...]:
    said = [RECORDED]
    if CLOSE * sums.budget < sums.weights.bytes <= sums.budget:
        said.insert(
            0, f"mlx_lm warns that the model is close to the most that macOS recommends, {binary_size(sums.budget)}"
        )
    kept = options.positive(request.flags, "prompt-cache-size") or KEPT
    each = (cached.needed_bytes or 0) // (request.concurrency or 1)
    if each * kept > max(sums.room.likely, 0) > each > 0 and not request.flags.get("prompt-cache-bytes"):
        said.append(
            f"the server keeps the caches of {kept} earlier prompts, {binary_size(each * kept)} at this context, "
            "and there is not that much left: --prompt-cache-bytes limits them"
        )
    return tuple(said)
