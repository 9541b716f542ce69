"""Parameters and cache sizes from a model's layers: the one place where they are counted.

Counts are exact to the parameter for checkpoints that store each tensor once; the catalogue's own check holds every row
to what its repository publishes. Cache sizes are those of 16-bit elements; state sizes those of fp32.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmlint.catalog.rows import Cache, Ffn, LayerGroup, Mixer, Model

NEEDED = {
    "gqa": ("heads", "kv_heads", "head_dim"),
    "mla": ("heads", "kv_lora", "nope", "rope", "v"),
    "gdn": ("k_heads", "v_heads", "k_dim", "v_dim", "conv"),
    "mamba2": ("heads", "head_dim", "groups", "state", "conv"),
    "shortconv": ("conv",),
    "dense": ("inter",),
    "moe": ("experts", "active", "inter"),
    "none": (),
}
"""Without these a mixer or feed-forward block of the kind cannot be counted."""


def mixer_parameters(mixer: Mixer, hidden: int) -> int:
    """Parameters of one layer's mixer for a model of width `hidden`."""
    return _MIXERS[mixer.kind](mixer, hidden)


def _gqa(mixer: Mixer, hidden: int) -> int:
    queries, keys = mixer.heads * mixer.head_dim, mixer.kv_heads * mixer.head_dim
    value_dim = mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
    values, out = mixer.kv_heads * value_dim, mixer.heads * value_dim
    total = hidden * (2 * queries if mixer.gate else queries) + hidden * keys + out * hidden
    total += 0 if mixer.k_eq_v else hidden * values
    total += (queries + keys + values if mixer.qkv_bias else 0) + (hidden if mixer.o_bias else 0)
    total += {"head": 2 * mixer.head_dim, "full": queries + keys, None: 0}[mixer.qk_norm]
    return total + (mixer.heads if mixer.sinks else 0)


def _mla(mixer: Mixer, hidden: int) -> int:
    width, rank = mixer.nope + mixer.rope, mixer.q_lora
    total = hidden * rank + rank + rank * mixer.heads * width if rank else hidden * mixer.heads * width
    total += hidden * (mixer.kv_lora + mixer.rope) + mixer.kv_lora
    total += mixer.kv_lora * mixer.heads * (mixer.nope + mixer.v) + mixer.heads * mixer.v * hidden
    if mixer.indexer_heads:
        heads, dim = mixer.indexer_heads, mixer.indexer_dim
        total += (rank or hidden) * heads * dim + hidden * dim + 2 * dim + hidden * heads
    return total


def _gdn(mixer: Mixer, hidden: int) -> int:
    """Gated delta net: projections of q, k, v, z, then beta and alpha, convolution, decay, norm, output."""
    keys, values = mixer.k_heads * mixer.k_dim, mixer.v_heads * mixer.v_dim
    total = hidden * (2 * keys + 2 * values) + 2 * hidden * mixer.v_heads
    return total + (2 * keys + values) * mixer.conv + 2 * mixer.v_heads + mixer.v_dim + values * hidden


def _mamba2(mixer: Mixer, hidden: int) -> int:
    inner, states = mixer.heads * mixer.head_dim, mixer.groups * mixer.state
    total = hidden * (2 * inner + 2 * states + mixer.heads) + (inner + 2 * states) * (mixer.conv + 1)
    return total + 3 * mixer.heads + inner + inner * hidden


def _shortconv(mixer: Mixer, hidden: int) -> int:
    return 4 * hidden * hidden + hidden * mixer.conv


def _none(_mixer: Mixer, _hidden: int) -> int:
    return 0


_MIXERS = {
    "gqa": _gqa,
    "mla": _mla,
    "gdn": _gdn,
    "mamba2": _mamba2,
    "shortconv": _shortconv,
    "none": _none,
}


def ffn_parameters(ffn: Ffn, hidden: int, active: bool = False) -> int:
    """Parameters of one layer's feed-forward block; with `active`, only the experts that a token is routed to."""
    if ffn.kind == "none":
        return 0
    matrices = 3 if ffn.gated else 2
    if ffn.kind == "dense":
        return matrices * hidden * ffn.inter + (ffn.inter + hidden if ffn.bias else 0)
    used = ffn.active if active else ffn.experts
    width = hidden if ffn.latent is None else ffn.latent
    total = used * matrices * width * ffn.inter + hidden * ffn.experts
    total += 2 * hidden * ffn.latent if ffn.latent is not None else 0
    total += used * (2 * ffn.inter + hidden) if ffn.bias else 0
    total += ffn.experts if ffn.router_bias else 0
    total += ffn.shared * matrices * hidden * ffn.shared_inter
    total += hidden if ffn.shared_gate else 0
    return total + 3 * hidden * ffn.dense_inter


def text_parameters(model: Model, active: bool = False) -> int | None:
    """Embedding, layers, final norm and output head of the text tower; None where the row has no layers."""
    if model.groups is None or model.hidden is None or model.vocab is None or model.tied is None:
        return None
    norm = model.hidden * (2 if model.norm_bias else 1)
    total = model.vocab * model.hidden * (1 if model.tied else 2) + norm
    total += model.vocab if model.head_bias else 0
    for group in model.groups:
        layer = mixer_parameters(group.mixer, model.hidden) + ffn_parameters(group.ffn, model.hidden, active)
        total += group.n * (layer + group.norms * norm + group.extra)
    return total


def cache(groups: Sequence[LayerGroup]) -> Cache:
    """Bytes of the 16-bit cache for one token, over all layers that keep one."""
    full = sliding = 0
    window = None
    for group in groups:
        mixer = group.mixer
        if mixer.kind == "gqa":
            value_dim = mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
            size = 2 * group.n * mixer.kv_heads * (mixer.head_dim + value_dim)
            full, sliding = (full, sliding + size) if mixer.window else (full + size, sliding)
            window = mixer.window or window
        elif mixer.kind == "mla":
            full += 2 * group.n * (mixer.kv_lora + mixer.rope + mixer.indexer_dim)
    return Cache(full, sliding, window)


def state(groups: Sequence[LayerGroup], hidden: int) -> int:
    """Bytes of fp32 recurrent state for one sequence."""
    return sum(4 * group.n * _state(group.mixer, hidden) for group in groups)


def _state(mixer: Mixer, hidden: int) -> int:
    if mixer.kind == "gdn":
        keys, values = mixer.k_heads * mixer.k_dim, mixer.v_heads * mixer.v_dim
        return (mixer.conv - 1) * (2 * keys + values) + values * mixer.k_dim
    if mixer.kind == "mamba2":
        inner = mixer.heads * mixer.head_dim
        return (mixer.conv - 1) * (inner + 2 * mixer.groups * mixer.state) + inner * mixer.state
    return (mixer.conv - 1) * hidden if mixer.kind == "shortconv" else 0


def counted(model: Model) -> Model:
    """The row with its counts and cache sizes recomputed from its layers; unchanged where it has none."""
    text = text_parameters(model)
    if text is None or model.groups is None or model.hidden is None:
        return model
    loaded = text + (model.vision or 0)
    return model._replace(
        text=text,
        parameters=loaded,
        stored=loaded + (model.mtp or 0) + (model.extra or 0),
        active=text_parameters(model, active=True),
        kv16=cache(model.groups),
        state32=state(model.groups, model.hidden),
    )


def described_parameters(architecture: Any) -> int | None:
    """Parameters of a model that a deployment file describes by its layers; None where the description is not whole."""
    model = described_model("", architecture)
    return model.parameters if model is not None else None


def described_model(name: str, architecture: Any) -> Model | None:
    """The row of a model described by an object with the fields of `deployment.Architecture`, written or None.

    None where something is missing without which it cannot be counted.
    """
    if architecture.groups is None or architecture.hidden is None or architecture.vocab is None:
        return None
    groups = groups_of(architecture.groups)
    if groups is None:
        return None
    tied = bool(architecture.tied)
    fields = {"hidden": architecture.hidden, "vocab": architecture.vocab, "tied": tied, "max_ctx": architecture.max_ctx}
    return counted(Model(name)._replace(groups=groups, **fields))


def groups_of(described: Sequence[Any]) -> tuple[LayerGroup, ...] | None:
    """Layers described by objects with the fields of `deployment.LayerGroup`; None where one lacks what it needs."""
    groups = [_group(group) for group in described]
    whole = tuple(group for group in groups if group is not None)
    return whole if len(whole) == len(groups) else None


def _group(described: Any) -> LayerGroup | None:
    mixer, ffn = _part(Mixer, described.mixer), _part(Ffn, described.ffn)
    if mixer is None or ffn is None:
        return None
    return LayerGroup(described.n, mixer, ffn, described.norms, described.extra)


def _part(kind: type[Any], described: Any) -> Any:
    """A mixer or feed-forward block made of the fields that are written; None where one is missing that it needs."""
    written = {name: value for name in kind.__annotations__ if (value := getattr(described, name, None)) is not None}
    indexer = getattr(described, "indexer", None)
    if indexer:
        written |= {"indexer_heads": indexer.get("heads", 0), "indexer_dim": indexer.get("dim", 0)}
    return kind(**written) if all(written.get(name) for name in NEEDED[described.kind]) else None
