"""What the files say a model is made of, held against what its tensors hold, and the row that comes of both."""

from __future__ import annotations

from collections.abc import Mapping

from llmlint.catalog.counting import cache, ffn_parameters, mixer_parameters, state
from llmlint.catalog.rows import Model
from llmlint.catalog.structure import Layer, Structure, grouped
from llmlint.tuples import NamedTuple

UNEXPLAINED = 0.05
"""Share of a layer's parameters that may be unknown to us; with more, the description is not that of the tensors."""


class Held(NamedTuple):
    """Parameters that the tensors hold."""

    layers: Mapping[int, int]
    """By the number of the layer."""
    rest: int = 0
    """Embedding, head, last norm and whatever else stands outside of the layers."""
    head: int = 0
    """The part of `rest` that is the output head; 0 where the files have none."""
    vision: int = 0
    """Encoders of images, video and sound, with what joins them to the text."""
    mtp: int = 0
    """Layers for multi-token prediction."""
    buffers: int = 0
    """Constants that engines compute for themselves, such as rotary frequencies."""

    @property
    def total(self) -> int:
        """Everything."""
        return sum(self.layers.values()) + self.rest + self.vision + self.mtp + self.buffers


def layer_parameters(layer: Layer, found: Structure) -> int:
    """Parameters that a layer's description accounts for."""
    hidden = found.hidden or 0
    norms = layer.norms * hidden * (2 if found.norm_bias else 1)
    return mixer_parameters(layer.mixer, hidden) + ffn_parameters(layer.ffn, hidden) + norms + layer.extra


def reconciled(found: Structure, held: Held) -> Structure:
    """The shape with what the tensors hold beyond it as `extra`, or without layers where the two do not fit."""
    if found.layers is None:
        return found
    layers = []
    for number, layer in enumerate(found.layers):
        described, there = layer_parameters(layer, found), held.layers.get(number, 0)
        if described > there or there - described > UNEXPLAINED * there:
            what = f"layer {number} has {there:,} parameters where its description accounts for {described:,}"
            return found._replace(layers=None, notes=(*found.notes, f"{what}: no estimate of the KV cache"))
        layers.append(layer._replace(extra=layer.extra + there - described))
    return found._replace(layers=tuple(layers))


def held_row(row: Model, found: Structure, held: Held) -> Model:
    """The row of a model whose tensors were counted; a head that repeats a tied embedding is stored but not loaded."""
    copied = held.head if found.tied else 0
    extra = held.buffers + copied
    parameters = held.total - held.mtp - extra
    text = parameters - held.vision
    row = row._replace(
        parameters=parameters,
        stored=held.total,
        text=text,
        vision=held.vision or None,
        mtp=held.mtp or None,
        extra=extra or None,
    )
    return with_layers(row, found)


def described_row(row: Model, found: Structure) -> Model:
    """The row of a model of which only the description is at hand."""
    if found.layers is None or found.hidden is None or found.vocab is None:
        return with_layers(row, found)
    norm = found.hidden * (2 if found.norm_bias else 1)
    text = found.vocab * found.hidden * (1 if found.tied else 2) + (norm if found.final_norm else 0)
    text += found.vocab if found.head_bias else 0
    text += sum(layer_parameters(layer, found) for layer in found.layers)
    return with_layers(row._replace(parameters=text, stored=text, text=text), found)


def with_layers(row: Model, found: Structure) -> Model:
    """The row with all of the shape but its counts."""
    row = row._replace(
        arch=found.arch,
        hidden=found.hidden,
        vocab=found.vocab,
        tied=found.tied,
        norm_bias=found.norm_bias,
        head_bias=found.head_bias,
        max_ctx=found.max_ctx,
        notes=(*row.notes, *found.notes),
    )
    if found.layers is None or found.hidden is None:
        return row
    hidden, groups = found.hidden, grouped(found.layers)
    idle = sum(g.n * (ffn_parameters(g.ffn, hidden) - ffn_parameters(g.ffn, hidden, active=True)) for g in groups)
    active = row.text - idle if row.text is not None else None
    return row._replace(groups=groups, kv16=cache(groups), state32=state(groups, hidden), active=active)
