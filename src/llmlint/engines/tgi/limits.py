"""TGI's limits in tokens: what is set, what it chooses, and the combinations that its launcher refuses.

Read at tags v1.4.5, v2.0.0, v2.4.0, v3.0.0 and v3.3.7: launcher/src/main.rs.
"""

from __future__ import annotations

from llmlint.engines import options
from llmlint.engines.options import Flags
from llmlint.engines.request import Request
from llmlint.engines.versions import Version
from llmlint.tuples import NamedTuple

NEWEST: Version = (3, 3, 7)
CHOSEN_FROM: Version = (3,)
"""Since then the longest request is what memory and model allow; before, 4,096 tokens at most."""
UNSET_FROM: Version = (2,)
"""Since then limits that are not set follow the model; before, they were fixed numbers."""
CAPPED = 4096
OLD_TOTAL, OLD_PREFILL = 2048, 4096
ROOM = 50
"""Tokens by which the prefill limit exceeds the longest prompt, 2.x."""


class Limits(NamedTuple):
    """Tokens; None where the server finds the limit by itself."""

    prompt: int | None
    total: int | None
    """Prompt and answer of one request."""
    prefill: int | None
    """Prompt tokens of one pass, which are what the warm-up is made with."""
    stated: bool
    """The file says how long a request may be."""


def limits(request: Request) -> Limits:
    """The limits that the launcher hands to the server."""
    flags, version = request.flags, request.version or NEWEST
    prompt, total = _prompt(flags), options.positive(flags, "max-total-tokens")
    prefill = options.positive(flags, "max-batch-prefill-tokens")
    stated = total is not None
    if version < UNSET_FROM:
        return Limits(prompt or OLD_TOTAL // 2, total or OLD_TOTAL, prefill or OLD_PREFILL, stated)
    if version < CHOSEN_FROM:
        most = min(request.model.max_ctx or CAPPED, CAPPED)
        total = total or most
        prompt = prompt or min(most, total) - 1
        return Limits(prompt, total, prefill or prompt + ROOM, stated)
    return Limits(prompt, total, prefill, stated)


def conflict(flags: Flags) -> str:
    """The launcher's words where the arguments contradict each other; empty where they do not."""
    new, old = options.positive(flags, "max-input-tokens"), options.positive(flags, "max-input-length")
    prompt, total = _prompt(flags), options.positive(flags, "max-total-tokens")
    batch = options.positive(flags, "max-batch-total-tokens")
    if new is not None and old is not None:
        return f"Both `max_input_tokens` ({new}) and `max_input_length` ({old}) are set."
    if prompt is not None and total is not None and prompt >= total:
        return f"`max_input_tokens`({prompt}) must be < `max_total_tokens`({total})"
    if total is not None and batch is not None and total > batch:
        return f"`max_total_tokens` must be <= `max_batch_total_tokens`. Given: {total} and {batch}"
    if flags.get("sharded") in (True, "true") and options.whole(flags, "num-shard") in (0, 1):
        return "`sharded` is true but `num_shard` <= 1"
    return ""


def _prompt(flags: Flags) -> int | None:
    return options.positive(flags, "max-input-tokens", "max-input-length")
