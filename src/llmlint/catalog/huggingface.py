"""From a Hugging Face config.json to a model's shape and the number format of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmlint.catalog.families import FAMILIES, Family
from llmlint.catalog.mixers import switched
from llmlint.catalog.settings import NotStated, Settings
from llmlint.catalog.structure import Layer, Structure

TEXT_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")
"""Where multimodal models keep the settings of their language model."""


def structure(config: Mapping[str, Any]) -> Structure:
    """The shape that a config.json describes; what it leaves open is None, with a note."""
    text = text_part(config)
    named = text.get("model_type")
    arch = named if isinstance(named, str) and 0 < len(named) <= 60 else None
    family = FAMILIES.get(arch or "")
    settings = Settings(text, family.defaults if family else None)
    found = Structure(
        arch=arch,
        hidden=settings.number("hidden_size", "n_embd", "d_model"),
        vocab=settings.number("vocab_size"),
        tied=_tied(config, settings),
        max_ctx=settings.number("max_position_embeddings", "n_positions", "max_seq_len"),
    )
    if family is None:
        which = f"the model type {arch!r}" if arch else "a model whose config.json names no type"
        return found._replace(notes=(f"the layers of {which} are not known: no estimate of the KV cache",))
    return _with_layers(found, settings, family)


def text_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of the language model, which multimodal models nest, some twice."""
    for _ in range(2):
        nested = [config[key] for key in TEXT_PARTS if isinstance(config.get(key), dict)]
        if not nested:
            break
        config = nested[0]
    return config


def _tied(config: Mapping[str, Any], settings: Settings) -> bool | None:
    """As the outer config.json says, else the inner, else the class's default: False but for a few families."""
    for key in ("tie_word_embeddings", "tie_embedding"):
        for value in (config.get(key), settings.raw.get(key)):
            if isinstance(value, bool):
                return value
    return settings.flag("tie_word_embeddings")


def _with_layers(found: Structure, settings: Settings, family: Family) -> Structure:
    try:
        layers = tuple(_layer(settings, family, number) for number in range(settings.layers))
    except NotStated as missing:
        return found._replace(notes=(f"{missing}: no estimate of the KV cache",))
    return found._replace(
        norm_bias=family.norm_bias,
        head_bias=switched(settings, family.head_bias),
        final_norm=family.final_norm,
        layers=layers,
    )


def _layer(settings: Settings, family: Family, number: int) -> Layer:
    ffn = family.ffn(settings, number)
    norms = family.norms if isinstance(family.norms, int) else family.norms(settings)
    return Layer(family.mixer(settings, family.attention, number), ffn, norms, family.extra(settings, ffn))
